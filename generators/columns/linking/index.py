"""A table's rows by group and by since when they exist: what a row may refer to lies together.

Those of a group that exist at a time, or have existed, are a prefix. One of it is drawn by weight; where
that has ended by then, all are looked at if they are FEW, and else it is drawn again. After DRAWS draws,
which a row needs where few of those that ever existed are left, `alive` finds one of these for certain. All
draws are by the same law, so it is that of a draw among those that exist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.columns.linking.alive import Alive, alive, held
from synthmill.generators.columns.linking.wanted import NEVER
from synthmill.generators.engine.cells import U32, Flags
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.kernels.relations.segments import upper_bounds

MAX_INDEXED_ROWS = 2**22
"""Of a table whose rows are held in memory, sorted."""

DRAWS = 16
"""A row draws at most, before those that exist are searched: that costs about as much as 16 draws."""

FEW = 16
"""Of so many entries all are looked at, rather than drawn from again."""


@dataclass(frozen=True, eq=False)
class Index:
    """Entries, one for each row that can be referred to; compiled by `index_of`."""

    rows: U32
    """Of each entry."""
    starts: I64
    """Where each group's entries begin, and where the last's end."""
    reached: I64 | None
    """The weights of all entries up to each, that one included; None where all are equally likely."""
    since: I64 | None
    """Rising in each group."""
    until: I64 | None
    ends: I64 | None
    """The same as `until`, but rising in each group."""
    exact: Alive | None

    @property
    def bytes(self) -> int:
        own = held(self.rows, self.starts, self.reached, self.since, self.until, self.ends)
        return own + (0 if self.exact is None else self.exact.bytes)

    def choose(self, groups: I64, at: I64 | None, u: U64) -> I64:
        """For each a row of its group (-1: none) that exists at its time, by its random bits; -1 if none."""
        first, last = self._prefix(groups, at)
        entries = self._draw(first, last, u)
        found = last > first
        if self.until is not None:
            assert at is not None
            ended = np.flatnonzero(found)
            ended = ended[self.until[entries[ended]] <= at[ended]]
            few = last[ended] - first[ended] <= FEW
            some = ended[few]
            entries[some] = self._of_few(first[some], last[some], at[some], _again(u[some], 1))
            ended = ended[~few]
            for attempt in range(1, DRAWS):
                if not len(ended):
                    break
                entries[ended] = self._draw(first[ended], last[ended], _again(u[ended], attempt))
                ended = ended[self.until[entries[ended]] <= at[ended]]
            if len(ended):
                entries[ended] = self._search(groups[ended], first[ended], last[ended], at[ended], u[ended])
            found &= entries >= 0
        return np.where(found, self.rows[np.where(found, entries, 0)].astype(np.int64), -1)

    def _prefix(self, groups: I64, at: I64 | None) -> tuple[I64, I64]:
        """Where the entries that exist, or have existed, begin and end for each."""
        known = groups >= 0
        first = np.where(known, self.starts[np.maximum(groups, 0)], 0)
        last = np.where(known, self.starts[np.maximum(groups, 0) + 1], 0)
        if self.since is None:
            return first, last
        assert at is not None
        return first, upper_bounds(self.since, first, last, at)

    def _draw(self, first: I64, last: I64, u: U64) -> I64:
        """An entry of each stretch, by weight; any where it is empty."""
        found: I64
        if self.reached is None:
            found = first + bounded(u, np.maximum(last - first, 1).view(np.uint64)).view(np.int64)
            return found
        low = np.where(first > 0, self.reached[np.maximum(first, 1) - 1], 0)
        total = np.where(last > first, self.reached[np.maximum(last, 1) - 1] - low, 1)
        points = low + bounded(u, total.view(np.uint64)).view(np.int64)
        found = np.minimum(upper_bounds(self.reached, first, last, points), len(self.rows) - 1)
        return found

    def _of_few(self, first: I64, last: I64, at: I64, u: U64) -> I64:
        """One of the entries of each stretch, by weight, that haven't ended; -1 where all have."""
        assert self.until is not None
        width = int((last - first).max(initial=0))
        entries = first[:, None] + np.arange(width)
        there = np.minimum(entries, len(self.rows) - 1)
        exist = (entries < last[:, None]) & (self.until[there] > at[:, None])
        weights = exist.astype(np.int64)
        if self.reached is not None:
            weights *= self.reached[there] - np.where(there > 0, self.reached[np.maximum(there, 1) - 1], 0)
        sums = np.cumsum(weights, axis=1)
        total = sums[:, -1] if width else first * 0
        points = bounded(u, np.maximum(total, 1).view(np.uint64)).view(np.int64)
        return np.where(total > 0, first + (sums <= points[:, None]).sum(axis=1), -1)

    def _search(self, groups: I64, first: I64, last: I64, at: I64, u: U64) -> I64:
        assert self.ends is not None and self.exact is not None
        stop = self.starts[groups + 1]
        gone = upper_bounds(self.ends, first, stop, at) - first
        return self.exact.choose(_place(groups, first, last - first, gone), _again(u, DRAWS))

    def _without(self) -> tuple[I64, I64]:
        """All times at which anything changes, group by group and rising, and the places in that order after
        which none of a group's rows exists."""
        assert self.since is not None and self.until is not None
        size = len(self.rows)
        groups = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        times = np.concatenate((self.since, self.until))
        order = np.lexsort((np.arange(2 * size) >= size, times, np.concatenate((groups, groups))))
        steps = np.where(order < size, 1, np.where(times[order] == NEVER, 0, -1))
        alive_after = np.cumsum(steps)
        before = np.concatenate((np.zeros(1, np.int64), alive_after))[2 * self.starts[:-1]]
        return times[order], np.flatnonzero(alive_after == np.repeat(before, 2 * np.diff(self.starts)))

    def always(self, groups: I64, low: int | None, high: int | None) -> Flags:
        """Of groups that there are, whether in each some row exists at every time from `low` to `high`."""
        first, stop = self.starts[groups], self.starts[groups + 1]
        if self.since is None or low is None or high is None:
            return stop > first
        held = upper_bounds(self.since, first, stop, np.full(len(groups), low, np.int64)) > first
        if self.until is None:
            return held
        times, empty = self._without()
        begin, end = (
            upper_bounds(times, 2 * first, 2 * stop, np.full(len(groups), time, np.int64)) - 1
            for time in (low, high)
        )
        gaps = np.searchsorted(empty, end, side="right") - np.searchsorted(empty, begin, side="left")
        always: Flags = held & (gaps == 0)
        return always


def _again(u: U64, attempt: int) -> U64:
    """Other bits for each, with every attempt."""
    return mix(u, np.full(len(u), attempt, np.uint64))


def _place(groups: I64, first: I64, begun: I64, gone: I64) -> I64:
    """Of a time in the order of all times, by how many rows of its group have begun and gone by then."""
    return 2 * first + groups + begun + gone


def index_of(
    groups: I64, count: int, since: I64 | None = None, until: I64 | None = None, weights: I64 | None = None
) -> Index:
    """Of a table's rows by number: the group of each, of so many, since and until when it exists, its weight.

    A row of no group (-1), without weight, or that ends before it begins, is no entry.
    """
    chosen = groups >= 0
    if weights is not None:
        chosen &= weights > 0
    if since is not None and until is not None:
        chosen &= since < until
    rows = np.flatnonzero(chosen)
    order = rows[np.lexsort((rows, groups[rows]) if since is None else (rows, since[rows], groups[rows]))]
    groups = groups[order]
    starts = np.searchsorted(groups, np.arange(count + 1))
    since, until, weights = (None if one is None else one[order] for one in (since, until, weights))
    ends, exact = None, None
    if since is not None and until is not None:
        ends = until[np.lexsort((until, groups))]
        exact = _exact(starts, groups, since, until, ends, weights)
    return Index(
        order.astype(np.uint32),
        starts.astype(np.int64),
        None if weights is None else np.cumsum(weights),
        since,
        until,
        ends,
        exact,
    )


def _exact(starts: I64, groups: I64, since: I64, until: I64, ends: I64, weights: I64 | None) -> Alive:
    first, stop = starts[groups], starts[groups + 1]

    def place(times: I64) -> I64:
        begun, gone = (upper_bounds(of, first, stop, times) - first for of in (since, ends))
        return _place(groups, first, begun, gone)

    return alive(place(since), place(until), weights)
