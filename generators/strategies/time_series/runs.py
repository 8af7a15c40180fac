"""Runs: how a process in which steps follow from those before it is made from any step on.

The state at each anchor, one in `spacing` steps, is by definition that of a run which began `look_back` steps
earlier with the process's mean. What came before that is forgotten to within TOLERANCE. So any stretch of
steps is made alone, and always alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.mix import F64, I64, U64
from synthmill.generators.strategies.time_series.places import Places, drawn
from synthmill.generators.strategies.time_series.varied import Varied

TOLERANCE = 1e-6
"""What of a process's standard deviation (or of a chance) may still depend on steps before a run."""
MAX_LOOK_BACK = 131_072
_LEAST_SPACING = 1_024
_AT_ONCE = 262_144
"""Steps made together, so that memory is bounded however many runs there are."""

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Anchors:
    spacing: int
    look_back: int
    whole: bool = False
    """Whether a run goes on to the next anchor, even where nobody asks for its last steps."""


def anchors(look_back: int) -> Anchors:
    """Anchors as far apart as a run looks back, at least: no more than half of all steps are made in vain."""
    return Anchors(max(_LEAST_SPACING, 1 << (look_back - 1).bit_length()), look_back)


def forgotten(persistence: float) -> int | None:
    """Steps until no more than TOLERANCE is left of what each step keeps this share of; None if too many."""
    left, steps = persistence, 1
    while left > TOLERANCE:
        if steps == MAX_LOOK_BACK:
            return None
        left *= persistence
        steps += 1
    return steps


@dataclass(frozen=True, eq=False)
class Runs:
    """Some runs, their steps one after the other."""

    entity: I64
    """Of shape (runs,)."""
    begin: I64
    """Of shape (runs,): first steps, which may come before step 0."""
    bounds: I64
    """Of shape (runs + 1,): run i is bounds[i] to bounds[i + 1] - 1 of all steps."""

    @property
    def counts(self) -> I64:
        return np.diff(self.bounds)

    def draw(self, key: int) -> U64:
        """64 random bits for each step: those that the step's place has."""
        steps = np.arange(int(self.bounds[-1]), dtype=np.int64)
        steps += np.repeat(self.begin - self.bounds[:-1], self.counts)
        return drawn(key, self.entity, self.counts, steps)

    def of(self, parameter: Varied) -> F64:
        """A parameter's value for each run."""
        return parameter.of(self.entity)


def made(at: Places, points: Anchors, make: Callable[[Runs], npt.NDArray[T]]) -> npt.NDArray[T]:
    """A process's values at these places; `make` gives those of all steps of some runs."""
    found = [values[places] for values, places in _made(at, points, make)]
    return found[0] if len(found) == 1 else np.concatenate(found)


def _made(
    at: Places, points: Anchors, make: Callable[[Runs], npt.NDArray[T]]
) -> Iterator[tuple[npt.NDArray[T], I64]]:
    ends = np.cumsum(at.counts)
    low, high = at.step[ends - at.counts], at.step[ends - 1]
    first, last = low // points.spacing, high // points.spacing
    of_each = last - first + 1
    total = int(of_each.sum())
    before = np.cumsum(of_each) - of_each
    anchor = np.arange(total, dtype=np.int64) + np.repeat(first - before, of_each)
    begin = anchor * points.spacing - points.look_back
    end = (anchor + 1) * points.spacing
    lengths = (end if points.whole else np.minimum(end, np.repeat(high, of_each) + 1)) - begin
    entity = np.repeat(at.entity, of_each)
    run = at.step // points.spacing
    run += np.repeat(before - first, at.counts) if len(before) > 1 else before - first
    for start, stop in _portions(lengths):
        bounds = np.concatenate([[0], np.cumsum(lengths[start:stop])])
        some = slice(*np.searchsorted(run, [start, stop]).tolist())
        chosen = run[some] - start
        runs = Runs(entity[start:stop], begin[start:stop], bounds)
        yield make(runs), at.step[some] + (bounds[:-1] - runs.begin)[chosen]


def _portions(lengths: I64) -> Iterator[tuple[int, int]]:
    """Ranges of runs whose lengths come to about _AT_ONCE, in order."""
    ends, start = np.cumsum(lengths), 0
    while start < len(lengths):
        done = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _AT_ONCE, side="right")))
        yield start, stop
        start = stop
