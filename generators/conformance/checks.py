"""What a check of a report says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from synthmill.generators.conformance.pvalues import Outcome

ALPHA = 0.001
"""How likely a report of a dataset that conforms fails all the same, over all of its tests together."""


@dataclass
class Check:
    """One thing that was declared, and whether it is so.

    A check with a `p` is a statistical one: it fails where p is below ALPHA divided by the number of such
    checks in the report. Any other fails where a single row is wrong.
    """

    table: str
    column: str
    what: str
    """rows, type, nulls, distribution, unique, foreign_key, children, equal, order, or correlation."""
    declared: str
    observed: str
    p: float | None = None
    test: str = ""
    distance: float = 0.0
    """From 0 (as declared) to 1."""
    passed: bool = True
    plot: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def score(self) -> float:
        return 1.0 if self.passed else 1.0 - self.distance

    def to_dict(self) -> dict[str, Any]:
        return vars(self) | {"score": self.score}


def tested(table: str, column: str, what: str, outcome: Outcome, declared: str, observed: str) -> Check:
    """A statistical check; `judge` decides whether it passed."""
    return Check(table, column, what, declared, observed, outcome.p, outcome.test, outcome.distance)


def exact(table: str, column: str, what: str, declared: str, observed: str, passed: bool) -> Check:
    return Check(table, column, what, declared, observed, distance=0.0 if passed else 1.0, passed=passed)


def judge(checks: list[Check]) -> list[Check]:
    """The checks, those that failed first and of them the farthest off; equal ones as they came."""
    limit = ALPHA / max(1, sum(check.p is not None for check in checks))
    for check in checks:
        if check.p is not None:
            check.passed = check.p >= limit
    return sorted(checks, key=lambda check: (check.passed, -check.distance if not check.passed else 0.0))
