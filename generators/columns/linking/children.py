"""A row among the children of one row: these follow one another, so a table of any length needs no index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.columns.kind import Rows, Scope
from synthmill.generators.columns.linking.index import DRAWS
from synthmill.generators.columns.linking.wanted import Wanted, numbers, period_of
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.cells import Flags
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64, mix

_AT_ONCE = 2**18
"""Children that are looked at together, to see which of them exist."""

_FARTHEST = 64
"""Links that may lead from a row to another."""

Way = tuple[str, ...]
"""Links, each of the row that the one before it leads to."""


def way_to(source: Source, table: str, column: str, scope: Scope) -> Way | None:
    """The links that lead from a row to the row whose cell in a column this is; None where there are none."""
    links = [] if source.link is None else [source.link]
    here, name = source.table, source.column
    for _ in range(_FARTHEST):
        compiled = scope.column_of(here, name)
        if compiled.rows_of is not None and compiled.refers_to == (table, column):
            return (*links, name)
        if compiled.copy_of is None:
            return None
        link, here, name = compiled.copy_of
        if link is not None:
            links.append(link)
        if (here, name) == (table, column):
            return tuple(links)
    return None


def key_of_parents(wanted: Wanted, scope: Scope) -> Way | None:
    """The way to the row whose children those are that match; None where they aren't just these."""
    parents = scope.parents_of(wanted.table)
    if parents is None or len(wanted.there) != 1:
        return None
    of_parent = scope.column_of(wanted.table, wanted.there[0].column).of_parent
    if of_parent is None or not scope.column_of(parents[0], of_parent).unique:
        return None
    return way_to(wanted.own[0], parents[0], of_parent, scope)


@dataclass(frozen=True, eq=False)
class OfChildren:
    """One of the children of the row that a way leads to, each as likely."""

    key: int
    wanted: Wanted
    way: Way

    def __call__(self, rows: Rows) -> I64:
        parents, places = _followed(rows, self.way)
        first, counts = parents.child_numbers(self.wanted.table)
        start = first.view(np.int64)
        if places is not None:
            start, counts = start[places], counts[places]
        u = rows.draw(self.key)
        found = np.where(counts > 0, _one_of(start, counts, u), -1)
        at = self.wanted.times(rows)
        return found if at is None else self._existing(rows, found, start, counts, at, u)

    def always(self, scope: Scope) -> bool:
        """Whether there is a child for every row, as far as that is known."""
        wanted, parents = self.wanted, scope.parents_of(self.wanted.table)
        if parents is None or parents[1] < 1 or wanted.until is not None:
            return False
        if wanted.since is None or wanted.at is None:
            return True
        since, at = period_of(wanted.since), period_of(wanted.at)
        if since is None or at is None or wanted.since.nullable:
            return False
        return since[1] <= at[0]

    def _existing(self, rows: Rows, found: I64, start: I64, counts: I64, at: I64, u: U64) -> I64:
        found = found.copy()
        unsure = np.flatnonzero(found >= 0)
        for attempt in range(1, DRAWS + 1):
            unsure = unsure[~self._exist(rows, found[unsure], at[unsure])]
            if not len(unsure):
                return found
            if attempt < DRAWS:
                again = mix(u[unsure], np.full(len(unsure), attempt, np.uint64))
                found[unsure] = _one_of(start[unsure], counts[unsure], again)
        again = mix(u[unsure], np.full(len(unsure), DRAWS, np.uint64))
        reached = np.cumsum(counts[unsure]) // _AT_ONCE
        for part in np.split(np.arange(len(unsure)), np.flatnonzero(np.diff(reached)) + 1):
            some = unsure[part]
            found[some] = self._search(rows, start[some], counts[some], at[some], again[part])
        return found

    def _exist(self, rows: Rows, children: I64, at: I64) -> Flags:
        there = rows.rows_at(self.wanted.table, children.view(np.uint64))
        assert self.wanted.since is not None
        since = self.wanted.since.cells(there)
        exist: Flags = numbers(since) <= at
        if since.null is not None:
            exist &= ~since.null
        if self.wanted.until is not None:
            until = self.wanted.until.cells(there)
            not_yet: Flags = numbers(until) > at
            exist &= not_yet if until.null is None else not_yet | until.null
        return exist

    def _search(self, rows: Rows, start: I64, counts: I64, at: I64, u: U64) -> I64:
        """Of all children of each one that exists, -1 where none does."""
        owners = np.repeat(np.arange(len(counts)), counts)
        before = np.cumsum(counts) - counts
        children = start[owners] + np.arange(len(owners)) - before[owners]
        existing = np.flatnonzero(self._exist(rows, children, at[owners]))
        able = np.bincount(owners[existing], minlength=len(counts))
        chosen = np.cumsum(able) - able + bounded(u, np.maximum(able, 1).view(np.uint64)).view(np.int64)
        found = np.full(len(counts), -1, np.int64)
        some = able > 0
        found[some] = children[existing[chosen[some]]]
        return found


def _one_of(start: I64, counts: I64, u: U64) -> I64:
    chosen: I64 = start + bounded(u, np.maximum(counts, 1).view(np.uint64)).view(np.int64)
    return chosen


def _followed(rows: Rows, way: Way) -> tuple[Rows, I64 | None]:
    """The rows that a way leads to, and where each of ours is among them (None: one by one)."""
    places: I64 | None = None
    for link in way:
        rows, there = rows.follow(link)
        if there is not None:
            places = there if places is None else there[places]
    return rows, places
