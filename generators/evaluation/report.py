"""The report of an evaluation: scores beside their references, the worst columns first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthmill.generators.errors import FieldError, InvalidRequestError, did_you_mean
from synthmill.generators.evaluation.pictures import Picture
from synthmill.generators.evaluation.scores import DIGITS, Finding, Score, rounded, worst_first

LIMITS = (
    f"Numbers are rounded to {DIGITS} digits. Each report on the same real rows says a little more about "
    "them, and "
    "unseen rows that have chosen among many models are no longer unseen: ask seldom, and keep some rows "
    "for the last "
    "question. Nothing here counts how often it was asked. Scores are averages, made by attacks that are "
    "known: "
    "they can show that something is given away, never that nothing is."
)
_MOST_FINDINGS = 100
"""Of a metric and table in JSON."""


@dataclass(frozen=True)
class TableReport:
    """What was found about a table."""

    name: str
    rows: tuple[int, int, int]
    """Real, synthetic, unseen."""
    roles: Mapping[str, str]
    scores: tuple[Score, ...]
    findings: tuple[Finding, ...]
    not_measured: tuple[str, ...]
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class Report:
    """All scores of an evaluation. `passed` where none is worse than what real rows score, beyond chance."""

    seed: int
    sample: int
    """Rows of a table that were compared at most."""
    unseen: bool
    """Whether there were rows that the model wasn't given."""
    tables: tuple[TableReport, ...]

    @property
    def scores(self) -> tuple[Score, ...]:
        return tuple(score for table in self.tables for score in table.scores)

    @property
    def differing(self) -> tuple[Score, ...]:
        """Scores that are worse than what real rows score, beyond chance, the farthest first."""
        found = [score for score in self.scores if score.differs]
        return tuple(sorted(found, key=lambda one: -one.shortfall / max(one.standard_error, 1e-9)))

    @property
    def passed(self) -> bool:
        return not self.differing

    def score(self, name: str) -> Score:
        """A score by its metric, or table and metric: `c2st`, `orders.c2st`; of several the worst.

        Raises InvalidRequestError where there is none of this name.
        """
        found = [one for one in self.scores if name in (one.metric, one.name)]
        if not found:
            known = sorted({one.metric for one in self.scores})
            near = did_you_mean(name, [*known, *(one.name for one in self.scores)])
            reason = f"there is no score {name!r}{near}"
            raise InvalidRequestError.one("fail_under", reason, f"known: {', '.join(known)}")
        return max(found, key=lambda one: one.shortfall)

    def failures(self, gates: Mapping[str, float]) -> list[str]:
        """A sentence for each gate that isn't met. A gate is a metric with the value that it must be no
        worse than: at least that where more is better, at most that where less is, and for `c2st` and its
        like no farther from 0.5. Compared are numbers as they are reported.

        Raises InvalidRequestError, which names every unknown metric.
        """
        errors, found = list[FieldError](), list[str]()
        for name, limit in gates.items():
            try:
                score = self.score(name)
            except InvalidRequestError as error:
                errors += error.errors
                continue
            value = rounded(score.value)
            if _fails(score.better, value, limit):
                bound = "at least" if score.better == "more" else "at most"
                found.append(f"{score.name} is {value:g}, and must be {bound} {limit:g}")
        if errors:
            raise InvalidRequestError(errors)
        return found

    def worst(self, metric: str) -> list[Finding]:
        """What was found by a metric, of all tables, the worst first."""
        return worst_first(one for table in self.tables for one in table.findings if one.metric == metric)

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON values, rounded."""
        return {
            "evaluation": 1,
            "passed": self.passed,
            "seed": self.seed,
            "sample": self.sample,
            "holdout": self.unseen,
            "differing": [score.name for score in self.differing],
            "scores": [score.as_dict() for score in self.scores],
            "tables": [_table_dict(table) for table in self.tables],
            "limits": LIMITS,
        }

    def html(self) -> str:
        """All of it as one page without a script or another file, of at most 2 MB."""
        from synthmill.generators.evaluation.page import page

        return page(self)


def _fails(better: str, value: float, limit: float) -> bool:
    if better == "more":
        return value < limit
    if better == "near":
        return rounded(max(value, 1 - value)) > limit
    return value > limit


def _table_dict(table: TableReport) -> dict[str, Any]:
    real, synthetic, unseen = table.rows
    return {
        "name": table.name,
        "rows": {"real": real, "synthetic": synthetic, "holdout": unseen},
        "roles": dict(table.roles),
        "worst": {
            metric: [one.as_dict() for one in _of(table.findings, metric)[:_MOST_FINDINGS]]
            for metric in dict.fromkeys(one.metric for one in table.findings)
        },
        "not_measured": list(table.not_measured),
    }


def _of(findings: Sequence[Finding], metric: str) -> list[Finding]:
    return worst_first(one for one in findings if one.metric == metric)
