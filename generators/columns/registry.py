"""The column kinds by name: those of `kinds`, and those of plugins."""

from __future__ import annotations

from collections.abc import Mapping

from synthmill.generators.columns.kind import Kind
from synthmill.generators.engine.registry import Registry


def _problem(found: object) -> str:
    """Why something can't be a column kind, or nothing."""
    return "" if isinstance(found, Kind) else f"a column kind is a Kind, not a {type(found).__name__}"


KINDS: Registry[Kind] = Registry("column_kinds", "column kind", _problem)


def kinds() -> Mapping[str, Kind]:
    """All column kinds that can be used, by name, in alphabetical order."""
    return KINDS.usable()


def get_kind(name: str) -> Kind:
    """The column kind of this name. Raises UnknownNameError, and PluginError for one that can't be used."""
    return KINDS.get(name)
