"""A score: what was measured, beside what real rows score when they are measured the same way."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.mix import F64, I64

Flags = npt.NDArray[np.bool_]

DIGITS = 3
"""Of every number in a report: more of them say more about the real rows than about the synthetic ones."""
ERRORS = 4.0
"""Standard errors from the reference beyond which a score differs. With fifty scores, each off by chance
alone, one report in some hundreds has one that does."""


@dataclass(frozen=True)
class Score:
    """One metric of one table."""

    metric: str
    """Its name, as docs/evaluation.md has it, such as `c2st`."""
    table: str
    value: float
    reference: float
    """What real rows score."""
    standard_error: float
    """Of value less reference, by chance alone."""
    n: int
    """Rows, pairs of rows or guesses that it was measured on."""
    seed: int
    better: str
    """"more", "less", or "near": which values are better, in relation to the reference."""
    meaning: str
    """One plain sentence."""
    tolerance: float = 0.005
    """A difference from the reference that matters to nobody, however certain it is."""
    columns: tuple[str, ...] = ()
    """Those that it is about, where it is the worst of many."""

    @property
    def name(self) -> str:
        """Which score of the report: its table and its metric."""
        return f"{self.table}.{self.metric}"

    @property
    def shortfall(self) -> float:
        """How much worse than the reference it is; negative where it is better."""
        apart = self.value - self.reference
        return abs(apart) if self.better == "near" else -apart if self.better == "more" else apart

    @property
    def differs(self) -> bool:
        """Whether it is worse than what real rows score, beyond chance and beyond what doesn't matter."""
        return self.shortfall > self.tolerance and self.shortfall > ERRORS * self.standard_error

    def as_dict(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "table": self.table,
            "value": rounded(self.value),
            "reference": rounded(self.reference),
            "standard_error": rounded(self.standard_error),
            "n": self.n,
            "seed": self.seed,
            "better": self.better,
            "differs": self.differs,
            "meaning": self.meaning,
            "columns": list(self.columns),
        }

    @property
    def sentence(self) -> str:
        """The meaning, with the columns."""
        return self.meaning if not self.columns else f"{self.meaning[:-1]}: {' and '.join(self.columns)}."


@dataclass(frozen=True)
class Finding:
    """How far apart real and synthetic rows are in one column, or in some together."""

    metric: str
    table: str
    columns: tuple[str, ...]
    value: float
    reference: float

    @property
    def excess(self) -> float:
        """What the value says beyond the reference."""
        return abs(self.value - self.reference)

    def as_dict(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "table": self.table,
            "columns": list(self.columns),
            "value": rounded(self.value),
            "reference": rounded(self.reference),
        }


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: (-one.excess, one.table, one.columns))


def rounded(value: float) -> float:
    return round(float(value), DIGITS) + 0.0


def error_of_mean(values: F64, owners: I64 | None = None) -> float:
    """The standard error of a mean: of independent numbers, or of numbers that belong together by `owners`,
    who are independent (Liang and Zeger 1986)."""
    each = values - float(values.sum()) / len(values)
    apart = np.asarray(
        each if owners is None else np.bincount(np.unique(owners, return_inverse=True)[1], each), np.float64
    )
    count = len(apart)
    return math.sqrt(float((apart**2).sum()) * count / max(1, count - 1)) / len(values)


def error_of_share(hits: Flags, owners: I64 | None = None) -> float:
    """The standard error of the share of hits, but at least as if two more had been asked, one of them a
    hit: none among some isn't none at all (Agresti and Coull 1998)."""
    n = len(hits)
    p = (int(np.count_nonzero(hits)) + 1) / (n + 2)
    return max(math.sqrt(p * (1 - p) / (n + 2)), error_of_mean(hits.astype(np.float64), owners))
