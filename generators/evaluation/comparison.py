"""Several synthetic datasets beside the same real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthmill.generators.evaluation.evaluate import evaluate
from synthmill.generators.evaluation.report import Report
from synthmill.generators.evaluation.scores import Score


@dataclass(frozen=True)
class Comparison:
    """Reports by the name of what they are about."""

    reports: Mapping[str, Report]

    def rows(self) -> list[tuple[Score, dict[str, Score | None]]]:
        """For each score one of the reports' and, by name, each report's; the widest apart first."""
        first: dict[str, Score] = {}
        for report in self.reports.values():
            for score in report.scores:
                first.setdefault(score.name, score)
        found = [
            (score, {name: _named(report, key) for name, report in self.reports.items()})
            for key, score in first.items()
        ]
        return sorted(found, key=lambda one: -_apart(one[1]))

    def as_dict(self) -> dict[str, Any]:
        """Each report by its name."""
        return {"reports": {name: report.as_dict() for name, report in self.reports.items()}}

    def html(self) -> str:
        """All of them as one page: the scores side by side, then each report's."""
        from synthmill.generators.evaluation.page import comparison_page

        return comparison_page(self)


def compare(real: Any, synthetic: Mapping[str, Any], **options: Any) -> Comparison:
    """Evaluate each of some synthetic datasets, given by name; `options` are those of `evaluate`."""
    return Comparison({name: evaluate(real, given, **options) for name, given in synthetic.items()})


def _named(report: Report, name: str) -> Score | None:
    return next((score for score in report.scores if score.name == name), None)


def _apart(scores: Mapping[str, Score | None]) -> float:
    """How far the reports are from each other, in standard errors."""
    known = [score for score in scores.values() if score is not None]
    values = [score.value for score in known]
    return (max(values) - min(values)) / max(1e-9, *(score.standard_error for score in known), 0.001)
