"""Numbers of a known range: counted in narrow and in wide cells, and made codes of where counts outweigh
their noise."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.learning.codecs.intervals import Values
from synthmill.generators.learning.private.measuring import Measuring, projected

WIDE = 128
"""Cells that everything is counted in; narrow ones say where within one, if they can."""
_SURE = 6
"""Standard deviations that a piece of a wide cell is to outweigh its noise by."""
_NULLS = 3
NEVER = -(2**40)
"""A count that no projection makes positive."""
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Cells:
    """Narrow cells between two numbers, of equal width; 0 has one of its own where cells are wider."""

    low: Any
    high: Any
    count: int
    width: Any
    zero: bool

    def of(self, values: npt.NDArray[Any]) -> I64:
        """Each value's cell; what is out of range has the nearest."""
        inner = values.clip(self.low, self.high)
        found = ((inner - self.low) // self.width).astype(np.int64).clip(0, self.count - 1)
        return np.where(inner == 0, self.count, found) if self.zero else found

    def ends(self, cells: I64) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """The least and the greatest value of cells."""
        dtype = np.int64 if isinstance(self.low, int) else np.float64
        lows = (self.low + cells * self.width).astype(dtype)
        highs = lows + (self.width - 1 if dtype == np.int64 else self.width)
        return np.where(cells == self.count, 0, lows), np.where(cells == self.count, 0, highs).clip(
            None, self.high
        )


def cells_between(low: Any, high: Any, most: int) -> Cells:
    """At most so many, of whole width for whole numbers."""
    if isinstance(low, int):
        width: Any = -(-(high - low + 1) // most)
        return Cells(low, high, -(-(high - low + 1) // width), width, width > 1 and low <= 0 <= high)
    return Cells(low, high, most, (high - low) / most, low <= 0 <= high)


@dataclass(frozen=True)
class Histogram:
    """What the codes of a column stand for, how many rows have each, and each cell's code; -1 for none."""

    values: Values
    weights: F64
    code_of: I64


def histogram(
    measuring: Measuring, what: str, cells: Cells, places: I64, nulls: int, total: float, rho: Fraction
) -> tuple[Histogram, float]:
    """Codes of the numbers in these cells, and how many rows are null; `places` are those of all others."""
    size = cells.count + cells.zero
    exact = np.bincount(places, minlength=size)
    if size <= 2 * WIDE:
        counts, error = measuring.counts(what, np.append(exact, nulls), rho)
        fitted = projected(without_unsure_nulls(counts, error), total)
        chosen = np.flatnonzero(fitted[:-1] > 0)
        return _histogram(cells, [(at, at) for at in chosen.tolist()], fitted[chosen], size), float(
            fitted[-1]
        )
    length = -(-cells.count // WIDE)
    many = -(-cells.count // length)
    groups = np.concatenate([np.arange(cells.count) // length, np.full(int(cells.zero), many)])
    wide = np.bincount(groups, weights=exact, minlength=many + 1).astype(np.int64)
    coarse, coarse_error = measuring.counts(what, np.append(wide, nulls), rho * _HALF)
    fine, error = measuring.counts(what, exact, rho * _HALF)
    coarse = without_unsure_nulls(coarse, coarse_error)
    if not cells.zero:
        coarse[many] = NEVER
    fitted = projected(coarse, total)
    spans, weights = list[tuple[int, int]](), list[float]()
    # Of so many cells without rows hardly one has noise as large as this.
    alone = error * (1 + (2 * float(np.log(size))) ** 0.5)
    for group in np.flatnonzero(fitted[:many] > 0).tolist():
        first, last = group * length, min(cells.count, (group + 1) * length)
        _pieces(first, fine[first:last], float(fitted[group]), error, alone, spans, weights)
    if fitted[many] > 0:
        spans.append((cells.count, cells.count))
        weights.append(float(fitted[many]))
    return _histogram(cells, spans, np.array(weights), size), float(fitted[-1])


def without_unsure_nulls(counts: I64, error: float) -> I64:
    """The counts, of which the last one, of nulls, is sure not to remain where there may be none: a column
    isn't to have them by noise alone."""
    if counts[-1] >= _NULLS * error:
        return counts
    return np.append(counts[:-1], NEVER)


def _pieces(
    first: int, fine: I64, total: float, error: float, alone: float,
    spans: list[tuple[int, int]], weights: list[float],
) -> None:  # fmt: skip
    """A wide cell in pieces: narrow cells that stand out, and the rest in as many as noise allows."""
    sharp = np.flatnonzero(fine >= alone)
    rest = max(0.0, total - float(fine[sharp].sum()))
    if len(sharp):
        share = min(1.0, total / float(fine[sharp].sum()))
        spans += [(first + at, first + at) for at in sharp.tolist()]
        weights += (fine[sharp] * share).tolist()
    if not rest:
        return
    length = len(fine)
    pieces = int(max(1, min(length, (rest / (_SURE * error)) ** 2 / length)))
    edges = np.arange(pieces + 1) * length // pieces
    others = fine.copy()
    others[sharp] = 0
    counted = projected(np.add.reduceat(others, edges[:-1]), rest)
    for at in np.flatnonzero(counted > 0).tolist():
        spans.append((first + int(edges[at]), first + int(edges[at + 1]) - 1))
        weights.append(float(counted[at]))


def _histogram(cells: Cells, spans: list[tuple[int, int]], weights: F64, size: int) -> Histogram:
    """Codes in the order of what they stand for; a cell by itself before the piece that it is cut from."""
    if not spans:
        spans, weights = [(0, size - 1 - cells.zero)], np.ones(1)
    firsts, lasts = (np.array(ends, np.int64) for ends in zip(*spans, strict=True))
    low, high = cells.ends(firsts)[0], cells.ends(lasts)[1]
    order = np.lexsort((high, low))
    code_of = np.full(size, -1, np.int64)
    # Narrow ones last, so that theirs hold.
    for at in sorted(range(len(order)), key=lambda place: -int(lasts[order[place]] - firsts[order[place]])):
        code_of[firsts[order[at]] : lasts[order[at]] + 1] = at
    return Histogram(Values(low[order], high[order]), weights[order], code_of)
