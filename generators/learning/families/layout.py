"""What the trees of a walk ask for: which features there are, and what they are in the rows that are learnt
from.

`kernels.learning.walks` makes the same features of the rows that it draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.learning.trees import BINS
from synthmill.generators.kernels.learning.walks import (
    FEATURES,
    LAST_BIN,
    LAYOUT,
    bins_of_counts,
    clock_bins,
    now_bins,
)
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.chain import bins_of
from synthmill.generators.learning.variables import Variable

U8 = npt.NDArray[np.uint8]
_CLOCK, _WEEKDAYS = 48, 7


class Step(NamedTuple):
    """A variable of a row, in the order in which they are drawn."""

    variable: Variable
    later: bool
    """Whether it has no meaning in a family's first row."""
    bit: int = -1
    """The step that says whether the row before is copied; -1 if none."""
    is_bit: bool = False
    is_gap: bool = False
    is_held: bool = False
    """Whether it is the group of another table's rows."""


class Seen(NamedTuple):
    """A feature."""

    bin_count: int
    ordered: bool


@dataclass(frozen=True, eq=False)
class Layout:
    """The features of a walk: the family's, the place in it, the time, the row before, all rows before,
    what is left to come, the row's own; numbered in this order."""

    family: tuple[Seen, ...]
    steps: tuple[Step, ...]
    needed: bool
    """Whether it is known what all rows of a family come to."""
    marks: I64
    """From which time on each further bin of the time counts; empty where there is none."""
    day: int
    """Steps of a day; 0 where times have none."""

    @cached_property
    def _told(self) -> list[int]:
        """The steps of which the row before, and all before, are features."""
        return [at for at, step in enumerate(self.steps) if not step.is_bit and step.variable.bin_count > 1]

    @cached_property
    def _due(self) -> list[int]:
        """The steps of which it is a feature what is left to come."""
        return [at for at in self._told if not self.steps[at].is_held] if self.needed else []

    @cached_property
    def features(self) -> I64:
        """As `Walk.features`."""
        found = np.full(FEATURES, -1, np.int64)
        at = len(self.family)
        found[:2] = at, at + 1
        found[-1] = self.day
        if self.has_time:
            found[2] = at + 2
            if self.day:
                found[3:5] = at + 3, at + 4
        return found

    @property
    def has_time(self) -> bool:
        return any(step.is_gap for step in self.steps)

    @cached_property
    def _first(self) -> int:
        """The first feature that is about rows."""
        return len(self.family) + 2 + (0 if not self.has_time else 3 if self.day else 1)

    @cached_property
    def slots(self) -> I64:
        """As `Walk.layout`."""
        found = np.full((len(self.steps), LAYOUT), -1, np.int64)
        many = len(self._told)
        for number, at in enumerate(self._told):
            found[at, 3] = self._first + number
            found[at, 4] = self._first + many + number
        for number, at in enumerate(self._due):
            found[at, 5] = self._first + 2 * many + number
        own = self._first + 2 * many + len(self._due)
        for at, step in enumerate(self.steps):
            found[at, 0], found[at, 1], found[at, 2] = step.later, step.bit, own + at
            found[at, 6], found[at, 7] = step.variable.ordered, step.is_gap
        return found

    @property
    def width(self) -> int:
        return int(self.slots[-1, 2]) + 1 if self.steps else self._first

    @cached_property
    def seen(self) -> list[Seen]:
        """What each feature is."""
        counts, told = Seen(BINS, True), [self.steps[at].variable for at in self._told]
        found = [*self.family, counts, counts]
        if self.has_time:
            found += [Seen(len(self.marks) + 1, True)]
            if self.day:
                found += [Seen(_CLOCK, True), Seen(_WEEKDAYS, False)]
        found += [Seen(one.bin_count, one.ordered) for one in told]
        found += [counts] * (len(told) + len(self._due))
        return found + [Seen(step.variable.bin_count, step.variable.ordered) for step in self.steps]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows to learn a walk from, family by family."""

    family: U8
    """(features, families)"""
    counts: I64
    """Of each family; all positive."""
    codes: Sequence[I64]
    """Of each step."""
    times: I64
    goals: I64
    """(steps, families), see `Families.goals`."""

    @cached_property
    def whose(self) -> I64:
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def places(self) -> I64:
        """Of each row in its family."""
        return np.arange(len(self.whose)) - (np.cumsum(self.counts) - self.counts)[self.whose]

    def before(self, values: I64) -> I64:
        """What each row's value is the sum of before it, in its family."""
        sums = np.cumsum(values) - values
        found: I64 = sums - sums[np.cumsum(self.counts) - self.counts][self.whose]
        return found

    def only(self, chosen: npt.NDArray[np.bool_]) -> Rows:
        """Those of some families."""
        rows = chosen[self.whose]
        codes = [one[rows] for one in self.codes]
        return Rows(
            self.family[:, chosen], self.counts[chosen], codes, self.times[rows], self.goals[:, chosen]
        )

    def bins(self, at: int, step: Step) -> I64:
        """Of a step; 0 where it has no meaning."""
        found = bins_of(step.variable, self.codes[at]).astype(np.int64)
        return np.where(self.places == 0, 0, found) if step.later else found


def come_to(values: I64, ordered: bool, counts: I64, later: bool) -> I64:
    """What a variable's bins come to in each family: four times their mean, or how many differ; -1 where a
    family has none."""
    whose = np.repeat(np.arange(len(counts)), counts)
    if not ordered:
        return np.bincount(np.unique(whose * BINS + values) // BINS, minlength=len(counts))
    many = counts - later
    sums = np.bincount(whose, values, len(counts)).astype(np.int64)
    return np.where(many > 0, 4 * sums // many.clip(1), -1)


def learnt_features(layout: Layout, rows: Rows) -> tuple[U8, U8]:
    """(features, rows), and the same of the features of time as they are before the gap is drawn."""
    places, count = rows.places, rows.counts[rows.whose]
    found = np.zeros((layout.width, len(places)), np.uint8)
    of_family = len(layout.family)
    found[:of_family] = rows.family[:, rows.whose]
    found[of_family], found[of_family + 1] = bins_of_counts(places), bins_of_counts(count - places - 1)
    earlier = found[:0]
    if layout.has_time:
        start = of_family + 2
        first = np.concatenate([rows.times[:1], rows.times[:-1]])
        earlier = _time_bins(layout, np.where(places == 0, rows.times, first))
        found[start : start + len(earlier)] = _time_bins(layout, rows.times)
    for at, step in enumerate(layout.steps):
        bins = rows.bins(at, step)
        _, _, own, before, running, needed, _, _ = layout.slots[at].tolist()
        found[own] = bins
        if before < 0:
            continue
        found[before, 1:] = np.where(places[1:] == 0, 0, bins[:-1])
        past = (places - step.later).clip(0)
        if step.variable.ordered:
            totals = rows.before(bins)
            found[running] = totals // past.clip(1)
        else:
            totals = rows.before(_is_new(rows, bins))
            found[running] = totals.clip(None, LAST_BIN)
        if needed >= 0:
            goals = rows.goals[at][rows.whose]
            if step.variable.ordered:
                whole = count - step.later
                due = (goals * whole - 4 * totals) // (4 * (whole - past)).clip(1)
            else:
                due = goals - totals
            found[needed] = due.clip(0, LAST_BIN)
    return found, earlier


def _is_new(rows: Rows, bins: I64) -> I64:
    """1 where no row before in the family has this bin."""
    found = np.zeros(len(bins), np.int64)
    found[np.unique(rows.whose * BINS + bins, return_index=True)[1]] = 1
    return found


def _time_bins(layout: Layout, times: I64) -> U8:
    now = now_bins(times, layout.marks)
    return np.stack([now, *clock_bins(times, layout.day)] if layout.day else [now])
