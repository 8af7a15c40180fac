"""Trying all that a package brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from synthmill.generators.contract_checks import column_kind, strategy
from synthmill.generators.contract_checks import format as format_
from synthmill.generators.engine.registry import Entry, Installed, installed, normalised
from synthmill.generators.errors import UnknownNameError
from synthmill.generators.plugins import problem_of

Trial = tuple[str, Callable[[], None]]
"""A promise, and what tries it."""


@dataclass(frozen=True)
class Outcome:
    """A promise of one thing that a package brings, and whether it is kept."""

    group: str
    name: str
    promise: str
    kept: bool
    reason: str | None
    """What was seen instead, where it isn't."""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def check_package(name: str) -> Iterator[Outcome]:
    """Try all promises of all that an installed package brings, one after the other.

    Raises UnknownNameError for a package that brings nothing.
    """
    package = _package(name)
    if package.problem:
        yield Outcome("package", package.package.name, "its entry points can be read", False, package.problem)
    for entry in package.entries:
        problem = problem_of(entry)
        yield Outcome(entry.group, entry.name, "it can be loaded", not problem, problem or None)
        if not problem:
            for promise, attempt in _trials(entry):
                yield _outcome(entry, promise, attempt)


def _package(name: str) -> Installed:
    known = {one.package.name: one for one in installed()}
    try:
        return known[normalised(name)]
    except KeyError:
        raise UnknownNameError("package", name, known, f"pip install {name}") from None


def _trials(entry: Entry) -> Iterator[Trial]:
    match entry.group:
        case "strategies":
            yield from _of(strategy.CHECKS, strategy.example_of(entry.name))
        case "column_kinds":
            yield from _of(column_kind.CHECKS, column_kind.example_of(entry.name))
        case "formats":
            for subject in format_.subjects_of(entry.name):
                yield from _of(format_.CHECKS, subject, f" ({subject.compression})")


def _of(checks: Sequence[Callable[[Any], None]], subject: object, ending: str = "") -> Iterator[Trial]:
    for check in checks:
        yield check.__name__.replace("_", " ") + ending, partial(check, subject)


def _outcome(entry: Entry, promise: str, attempt: Callable[[], None]) -> Outcome:
    try:
        attempt()
    # Whatever a plugin raises is what its author wants to know.
    except Exception as error:
        told = str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
        return Outcome(entry.group, entry.name, promise, False, told)
    return Outcome(entry.group, entry.name, promise, True, None)
