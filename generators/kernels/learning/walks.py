"""Rows that follow upon one another: families of them, each row drawn by what was before it in its family.

A variable of a row is drawn by a tree (see `trees`) that asks for features: of the family, of the place in
it, of the row before, of all rows before together, of what is already drawn of the row. All features are bins
from 0 to 63. A family is a function of its own number alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import twin_of_work
from synthmill.generators.kernels.learning.trees import I32, pick
from synthmill.generators.kernels.mix import I64, U64, mix

U8 = npt.NDArray[np.uint8]

LAST_BIN = 63
LATER, BIT, BIN, BEFORE, RUNNING, NEEDED, ORDERED, GAP = range(8)
"""Columns of `Walk.layout`: 1 where the variable has no meaning in a family's first row; the variable that
says (by its code 1) that the row before is copied, or -1; the features that are its bin, its bin in the row
before, what all rows before come to, and what is left to come, each -1 where there is none; 1 where its bins
are numbers; 1 where it is the gap to the row before."""
LAYOUT = 8
PLACE, LEFT, NOW, CLOCK, WEEKDAY, STEPS = range(6)
"""Entries of `Walk.features`: which of them is the place in the family, the rows left in it, and of times
when it is, its time of day and its day of the week (-1 where there is none); and the steps of a day, or 0."""
FEATURES = 6
_EPOCH_WEEKDAY = 3
"""Monday is 0; the first day of 1970 was a Thursday."""
_CLOCK_BINS = 48


class Walk(NamedTuple):
    """The trees of all variables, one behind the other in the order in which they are drawn."""

    layout: I64
    """(variables, LAYOUT)"""
    features: I64
    """(FEATURES,)"""
    width: int
    """How many features there are; the first ones are those of the family."""
    nodes: I64
    """Where each variable's nodes begin, and where the last one's end."""
    feature: I32
    mask: U64
    right: I32
    leaves: I64
    """Where each variable's leaves begin in `starts`."""
    starts: I64
    """Where the entries of each leaf begin, and where the last one's end."""
    entries: I64
    """Classes, or codes where there are no classes."""
    sums: I64
    """Running sums of weights within a leaf."""
    classes: I64
    """Where each variable's classes begin in `members`; a variable of which leaves hold codes has none."""
    members: I64
    """Where the codes of each class begin, and where the last one's end."""
    codes: I64
    weights: I64
    """Running sums of the codes' weights within a class."""
    codebook: I64
    """Where each variable's codes begin in `bins`."""
    bins: U8
    low: I64
    high: I64
    """Of each code of the gap: the whole numbers that it stands for."""
    marks: I64
    """From which time on each further bin of `NOW` counts; rising."""


class Families(NamedTuple):
    """What is known of each family."""

    bins: U8
    """(features, families)"""
    goals: I64
    """(variables, families): what all its rows' bins come to in the end, four times their mean or how many
    differ."""
    counts: I64
    """Of its rows."""
    starts: I64
    """The time of its first row."""
    numbers: U64
    """Its own, which its randomness follows from."""


class Walked(NamedTuple):
    """All rows of the families, one family behind the other."""

    codes: I32
    """(variables, rows); 0 where a variable has no meaning."""
    left: U64
    """(variables, rows): random bits that chose nothing yet."""
    times: I64


def bins_of_counts(counts: I64) -> U8:
    """Bins of numbers from 0 on: each its own below 32, then four to a power of two."""
    exponents = np.searchsorted(2 ** np.arange(5, 40), counts, side="right").astype(np.int64)
    quarters = (counts >> (exponents + 2).clip(0)) & 3
    return np.where(counts < 32, counts, np.minimum(28 + 4 * exponents + quarters, LAST_BIN)).astype(np.uint8)


def clock_bins(times: I64, steps: int) -> tuple[U8, U8]:
    """Of times in steps since 1970, the half hour of the day and the day of the week."""
    days = times // steps
    clock = (times - days * steps) * _CLOCK_BINS // steps
    return clock.astype(np.uint8), ((days + _EPOCH_WEEKDAY) % 7).astype(np.uint8)


def now_bins(times: I64, marks: I64) -> U8:
    return np.searchsorted(marks, times, side="right").astype(np.uint8)


def _work(walk: Walk, keys: U64, families: Families) -> int:
    return 8 * len(walk.layout) * int(families.counts.sum())


@twin_of_work(_work)
def walked(walk: Walk, keys: U64, families: Families) -> Walked:
    """Walk through families; `keys` has the key of each variable."""
    counts = families.counts
    offsets = np.cumsum(counts) - counts
    variables, rows = len(walk.layout), int(counts.sum())
    codes, left = np.zeros((variables, rows), np.int32), np.zeros((variables, rows), np.uint64)
    times = np.zeros(rows, np.int64)
    # All families go a step at a time, the longest first, so that those still under way are the first ones.
    order = np.argsort(-counts, kind="stable")
    descending = -counts[order]
    state = _State(walk, families, order)
    for step in range(int(counts.max(initial=0))):
        many = int(np.searchsorted(descending, -step, side="left"))
        at = offsets[order[:many]] + step
        state.begin(step, many)
        for variable in range(variables):
            if walk.layout[variable, LATER] and step == 0:
                continue
            u = mix(mix(int(keys[variable]), families.numbers[order[:many]]), np.full(many, step, np.uint64))
            found, rest = _drawn(walk, variable, state.features[:, :many], u)
            bit = int(walk.layout[variable, BIT])
            if bit >= 0 and step:
                same = codes[bit, at] == 1
                found = np.where(same, codes[variable, at - 1], found)
                rest = np.where(same, left[variable, at - 1], rest)
            codes[variable, at], left[variable, at] = found, rest
            state.take(variable, many, found, rest)
        times[at] = state.times[:many]
    return Walked(codes, left, times)


class _State:
    """What the families' features are, step by step."""

    def __init__(self, walk: Walk, families: Families, order: I64) -> None:
        count, variables = len(order), len(walk.layout)
        self.walk = walk
        self.features = np.zeros((walk.width, count), np.uint8)
        self.features[: len(families.bins)] = families.bins[:, order]
        self.goals, self.counts = families.goals[:, order], families.counts[order]
        self.times = families.starts[order]
        self.bins = np.zeros((variables, count), np.uint8)
        self.totals = np.zeros((variables, count), np.int64)
        self.seen = np.zeros((variables, count), np.uint64)

    def begin(self, step: int, many: int) -> None:
        walk, features = self.walk, self.features[:, :many]
        left = self.counts[:many] - step
        features[walk.features[PLACE]] = bins_of_counts(np.full(many, step))
        features[walk.features[LEFT]] = bins_of_counts(left - 1)
        self._tell_time(many)
        for variable, layout in enumerate(walk.layout):
            totals, goals = self.totals[variable, :many], self.goals[variable, :many]
            before = max(0, step - int(layout[LATER]))
            if layout[BEFORE] >= 0:
                features[layout[BEFORE]] = self.bins[variable, :many]
            if layout[RUNNING] >= 0:
                mean = totals // max(1, before) if layout[ORDERED] else totals
                features[layout[RUNNING]] = np.minimum(mean, LAST_BIN)
            if layout[NEEDED] >= 0:
                if layout[ORDERED]:
                    whole = self.counts[:many] - layout[LATER]
                    due = (goals * whole - 4 * totals) // (4 * (whole - before)).clip(1)
                else:
                    due = goals - totals
                features[layout[NEEDED]] = due.clip(0, LAST_BIN)

    def take(self, variable: int, many: int, codes: I64, rest: U64) -> None:
        walk, layout = self.walk, self.walk.layout[variable]
        bins = walk.bins[walk.codebook[variable] + codes]
        self.bins[variable, :many] = bins
        self.features[layout[BIN], :many] = bins
        if layout[ORDERED]:
            self.totals[variable, :many] += bins
        else:
            bit = np.uint64(1) << bins.astype(np.uint64)
            self.totals[variable, :many] += (self.seen[variable, :many] & bit) == 0
            self.seen[variable, :many] |= bit
        if layout[GAP]:
            low = walk.low[codes]
            width = (walk.high[codes] - low + 1).astype(np.uint64)
            half = np.uint64(32)
            within = ((rest >> half) * width + (((rest & np.uint64(0xFFFFFFFF)) * width) >> half)) >> half
            self.times[:many] += low + within.astype(np.int64)
            self._tell_time(many)

    def _tell_time(self, many: int) -> None:
        walk, features = self.walk, self.features[:, :many]
        if walk.features[NOW] >= 0:
            features[walk.features[NOW]] = now_bins(self.times[:many], walk.marks)
        if walk.features[STEPS]:
            clock, weekday = clock_bins(self.times[:many], int(walk.features[STEPS]))
            features[walk.features[CLOCK]], features[walk.features[WEEKDAY]] = clock, weekday


def _drawn(walk: Walk, variable: int, features: U8, u: U64) -> tuple[I64, U64]:
    """A code for each family, and what is left of u."""
    here = slice(walk.nodes[variable], walk.nodes[variable + 1])
    feature, mask, right = walk.feature[here], walk.mask[here], walk.right[here]
    node = np.zeros(len(u), np.int64)
    families = np.arange(len(u))
    while True:
        chosen = feature[node]
        inner = chosen >= 0
        if not inner.any():
            break
        bins = features[chosen.clip(0), families].astype(np.uint64)
        goes_left = (mask[node] >> bins) & np.uint64(1) == 1
        node = np.where(inner, np.where(goes_left, node + 1, right[node]), node)
    leaves = (walk.leaves[variable] + right[node]).astype(np.int32)
    places, left = pick(walk.starts, walk.sums, leaves, u)
    entries = walk.entries[places]
    if walk.classes[variable] == walk.classes[variable + 1]:
        return entries, left
    classes = (walk.classes[variable] + entries).astype(np.int32)
    places, left = pick(walk.members, walk.weights, classes, left)
    return walk.codes[places], left
