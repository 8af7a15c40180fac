"""The plugins that are installed: what they bring, whether it can be used, and what of it a dataset needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import load_parameters
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.engine.registry import (
    PREFIX,
    Entry,
    Installed,
    Registry,
    installed,
    plugins,
    plugins_used,
)
from synthmill.generators.formats import FORMATS
from synthmill.generators.version import VERSION

REGISTRIES: Mapping[str, Registry[Any]] = {one.group: one for one in (STRATEGIES, KINDS, FORMATS)}


@dataclass(frozen=True)
class EntryState:
    """One thing that a package brings."""

    group: str
    """`strategies`, `column_kinds` or `formats`."""
    name: str
    state: str
    """`ok` or `broken`."""
    reason: str | None
    """Why it is broken."""


@dataclass(frozen=True)
class PackageState:
    """A package with strategies, column kinds or formats, and what is wrong with it."""

    name: str
    version: str
    state: str
    """`ok`, or `broken` where anything that it brings is."""
    reason: str | None
    """Why nothing of it can be read; what is wrong with one thing alone is said there."""
    entries: tuple[EntryState, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def package_states() -> list[PackageState]:
    """Synthmill itself and all plugins. Imports all that they bring."""
    return [_package_state(one) for one in installed()]


def _package_state(one: Installed) -> PackageState:
    entries = tuple(_entry_state(entry) for entry in one.entries)
    broken = one.problem or any(entry.reason for entry in entries)
    state = "broken" if broken else "ok"
    return PackageState(one.package.name, one.package.version, state, one.problem or None, entries)


def _entry_state(entry: Entry) -> EntryState:
    reason = problem_of(entry)
    return EntryState(entry.group, entry.name, "broken" if reason else "ok", reason or None)


def problem_of(entry: Entry) -> str:
    """Why something that a package brings can't be used; empty if it can. Imports it."""
    registry = REGISTRIES.get(entry.group)
    if registry is None:
        known = ", ".join(PREFIX + group for group in REGISTRIES)
        return f"Synthmill {VERSION} has no {PREFIX}{entry.group}, only {known}"
    return registry.problem(entry)


def usable_plugins() -> Sequence[str]:
    """Identities of all that plugins bring and that can be used here. Imports it."""
    return [entry.identity for one in plugins() for entry in one.entries if not problem_of(entry)]


def plugins_needed(recipe: Recipe, output: Output) -> tuple[str, ...]:
    """Identities of what a dataset is made with that plugins bring; for most datasets nothing.

    Raises as `make_plan` does for what isn't here.
    """
    with plugins_used() as used:
        if recipe.plugins:
            load_parameters(STRATEGIES.get(recipe.strategy), recipe.parameters)
        FORMATS.get(output.format)
    return tuple(sorted(entry.identity for entry in used))
