"""A series, compiled: from places to cells."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from synthmill.generators.columns.numbers import Rounding
from synthmill.generators.engine.cells import Cells, Dictionary, DictionaryCells, masked
from synthmill.generators.kernels.elementary import exp
from synthmill.generators.kernels.integers import below
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.strategies.time_series.anomalies import Anomaly, combined
from synthmill.generators.strategies.time_series.component import Values
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.varied import Varied

_MOST_EXPONENT = 600.0
"""With the greatest base it is still a number."""


@dataclass(frozen=True, eq=False)
class Labels:
    """The column that says which anomaly there is."""

    column: str
    words: Dictionary
    of: I64
    """The word of each anomaly, the first that of none."""


@dataclass(frozen=True, eq=False)
class Series:
    name: str
    base: Varied
    components: tuple[Values, ...]
    logarithmic: bool
    """Whether components are summed in the logarithm, and so multiplied."""
    shared: bool
    hidden: bool
    anomalies: tuple[Anomaly, ...]
    labels: Labels | None
    rounding: Rounding
    nulls: float
    nulls_key: int

    def __call__(self, at: Places) -> F64:
        """The values without anomalies, limits and rounding."""
        return self._linked(at, self._sum(at))

    def cells(
        self, at: Places, lost: npt.NDArray[np.bool_] | None, wanted: Collection[str]
    ) -> Iterator[tuple[str, Cells]]:
        """Those of its columns that are wanted."""
        at = at.of_all() if self.shared else at
        label = None if self.labels is None else self.labels.column
        if self.name not in wanted and label not in wanted:
            return
        found = None if self.labels is None else combined(self.anomalies, at)
        if self.labels is not None and found is not None and label in wanted:
            codes = self.labels.of[found[0]].astype(np.uint32)
            yield self.labels.column, DictionaryCells(codes, self.labels.words)
        if self.name in wanted:
            yield self.name, self._measured(at, lost, found)

    def _measured(
        self,
        at: Places,
        lost: npt.NDArray[np.bool_] | None,
        anomalous: tuple[npt.NDArray[np.uint32], F64] | None,
    ) -> Cells:
        """The values with anomalies, as `combined` gives them, limits and rounding."""
        total, empty = self._sum(at), np.zeros(len(at), np.bool_)
        stuck: F64 | None = None
        if anomalous is not None:
            codes, added = anomalous
            total = total + added
            stuck = self._stuck[codes]
            empty |= self._silent[codes]
        values = self._linked(at, total)
        if stuck is not None:
            values = np.where(np.isnan(stuck), values, stuck)
        if self.nulls:
            empty |= below(at.draw(self.nulls_key), self.nulls)
        if lost is not None:
            empty |= lost
        cells = self.rounding(values)
        return masked(cells, empty) if empty.any() else cells

    @cached_property
    def _stuck(self) -> F64:
        """The value that each anomaly puts in place of all others, NaN where it does not."""
        return np.array([np.nan, *(np.nan if one.value is None else one.value for one in self.anomalies)])

    @cached_property
    def _silent(self) -> npt.NDArray[np.bool_]:
        """Whether each anomaly takes the value away."""
        return np.array([False, *(one.kind == "drop_out" and one.value is None for one in self.anomalies)])

    def _sum(self, at: Places) -> F64:
        """Of all components; made once for the same places."""
        if self.name not in at.made:
            of = at.of_all() if self.shared else at
            total = np.zeros(len(at))
            for component in self.components:
                total += component(of)
            at.made[self.name] = total
        return at.made[self.name]

    def _linked(self, at: Places, total: F64) -> F64:
        base = (at.of_all() if self.shared else at).of(self.base)
        if self.logarithmic:
            return base * exp(np.minimum(total, _MOST_EXPONENT))
        return base + total
