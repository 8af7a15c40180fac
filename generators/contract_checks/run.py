"""Trying all that a package brings."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from synthmill.generators.contract_checks import column_kind, kind_subject, strategy, strategy_subject
from synthmill.generators.contract_checks import format as format_
from synthmill.generators.contract_checks.promise import BrokenPromiseError, DoesNotApplyError
from synthmill.generators.engine.registry import Entry, Installed, installed, normalised
from synthmill.generators.errors import UnknownNameError
from synthmill.generators.plugins import problem_of

KEPT, BROKEN, UNTRIED, ABSENT = "kept", "broken", "not tried", "doesn't apply"


@dataclass(frozen=True)
class Outcome:
    """A promise of one thing that a package brings, and whether it is kept."""

    group: str
    name: str
    promise: str
    state: str
    """`kept`, `broken`, `not tried` (because of a broken one) or `doesn't apply`."""
    reason: str | None = None
    """What was seen instead, what wasn't tried and why, or what there isn't."""

    @property
    def kept(self) -> bool:
        return self.state in (KEPT, ABSENT)

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "kept": self.kept}


def check_package(name: str) -> Iterator[Outcome]:
    """Try all promises of all that an installed package brings, one after the other.

    Raises UnknownNameError for a package that brings nothing.
    """
    package = _package(name)
    if package.problem:
        yield Outcome(
            "package", package.package.name, "its entry points can be read", BROKEN, package.problem
        )
    for entry in package.entries:
        problem = problem_of(entry)
        yield Outcome(
            entry.group, entry.name, "it can be loaded", BROKEN if problem else KEPT, problem or None
        )
        if not problem:
            yield from _tried(entry)


def _package(name: str) -> Installed:
    known = {one.package.name: one for one in installed()}
    try:
        return known[normalised(name)]
    except KeyError:
        raise UnknownNameError("package", name, known, f"pip install {name}") from None


def _tried(entry: Entry) -> Iterator[Outcome]:
    match entry.group:
        case "strategies":
            yield from _of(entry, strategy, strategy_subject.example_of(entry.name))
        case "column_kinds":
            yield from _of(entry, column_kind, kind_subject.example_of(entry.name))
        case "formats":
            for subject in format_.subjects_of(entry.name):
                yield from _of(entry, format_, subject, f" ({subject.compression})")


def _of(entry: Entry, checks: ModuleType, subject: object, ending: str = "") -> Iterator[Outcome]:
    """The promises in their order. What stands on a broken one isn't tried: it would break, too."""
    broken = ""
    for check in checks.CHECKS:
        promise = check.__name__.replace("_", " ")
        if broken:
            reason = f"because of: {broken}"
            yield Outcome(entry.group, entry.name, promise + ending, UNTRIED, reason)
            continue
        outcome = _outcome(entry, promise + ending, partial(check, subject))
        yield outcome
        if outcome.state == BROKEN and check in checks.GROUND:
            broken = promise


def _outcome(entry: Entry, promise: str, attempt: Callable[[], str | None]) -> Outcome:
    try:
        state, reason = KEPT, attempt() or None
    except DoesNotApplyError as error:
        state, reason = ABSENT, str(error)
    except BrokenPromiseError as error:
        state, reason = BROKEN, str(error)
    # Whatever a plugin raises is what its author wants to know.
    except Exception as error:
        state, reason = BROKEN, f"{type(error).__name__}: {error}{_place(error, entry)}"
    return Outcome(entry.group, entry.name, promise, state, reason)


def _place(error: BaseException, entry: Entry) -> str:
    """Where in the package an exception came from, if it did: the innermost frame of its author's own."""
    module = entry.target.partition(":")[0]
    top = sys.modules.get(module.partition(".")[0])
    roots = [Path(one) for one in getattr(top, "__path__", ())] or [
        Path(getattr(top, "__file__", None) or "")
    ]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if any(path == root or root in path.parents for root in roots):
            return f" ({path.relative_to(roots[0].parent)}:{frame.lineno}, in {frame.name})"
    return ""
