"""The rows of a table in groups, and in each in the order in which they came to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from synthmill.generators.columns.kind import ParameterError, Rows, Scope
from synthmill.generators.columns.linking.alive import held
from synthmill.generators.columns.linking.groups import groups_of
from synthmill.generators.columns.linking.index import MAX_INDEXED_ROWS
from synthmill.generators.columns.linking.wanted import numbers
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.cells import U32
from synthmill.generators.kernels.mix import I64


class Ranks(Protocol):
    @property
    def bytes(self) -> int:
        """That are held for them."""

    def of(self, rows: Rows) -> I64:
        """For each row how many of its group came before it, -1 for those of no group."""

    def at(self, rows: Rows, ranks: I64) -> I64:
        """The number of the row with a rank in each one's group; any where the row is of none."""


@dataclass(frozen=True, eq=False)
class SortedRanks:
    """Held in memory."""

    order: U32
    """The rows, group by group in their order."""
    places: I64
    """Of each row in it, -1 for those of no group."""
    starts: I64
    """Where the group begins that is at each place."""

    @property
    def bytes(self) -> int:
        return held(self.order, self.places, self.starts)

    def of(self, rows: Rows) -> I64:
        places = self.places[rows.numbers.view(np.int64)]
        return np.where(places < 0, -1, places - self.starts[np.maximum(places, 0)])

    def at(self, rows: Rows, ranks: I64) -> I64:
        places = np.maximum(self.places[rows.numbers.view(np.int64)], 0)
        return self.order[self.starts[places] + np.maximum(ranks, 0)].astype(np.int64)


@dataclass(frozen=True)
class SiblingRanks:
    """Of the children of one row, which follow one another."""

    bytes: int = 0

    def of(self, rows: Rows) -> I64:
        return rows.sibling_index().view(np.int64)

    def at(self, rows: Rows, ranks: I64) -> I64:
        return rows.numbers.view(np.int64) - self.of(rows) + ranks


def ranks_of(within: Source | None, since: Source | None, scope: Scope) -> Ranks:
    """Of the rows of the column's table: by a column or all together, since these times or as they stand.

    Raises ParameterError where they are too many to be sorted.
    """
    if scope.rows <= MAX_INDEXED_ROWS:
        return _sorted(within, since, scope)
    parents = scope.parents_of(scope.table)
    if within is not None and since is None and parents is not None:
        of_parent = scope.column_of(scope.table, within.column).of_parent
        if of_parent is not None and scope.column_of(parents[0], of_parent).unique:
            return SiblingRanks()
    name = within or since
    raise ParameterError(
        "within" if within is not None else "since",
        f"{scope.table} has {scope.rows} rows, and at most {MAX_INDEXED_ROWS} can be sorted by their columns",
        f"make {scope.table} the children of the table with {name.column if name else ''}, and leave `since` "
        "out; or have fewer rows",
    )


def _sorted(within: Source | None, since: Source | None, scope: Scope) -> SortedRanks:
    sources = [] if within is None else [within]
    cells = [scope.every_cell(source, MAX_INDEXED_ROWS) for source in sources]
    groups, of_rows = groups_of(cells, [source.type for source in sources], scope.rows)
    times = np.zeros(scope.rows, np.int64)
    if since is not None:
        found = scope.every_cell(since, MAX_INDEXED_ROWS)
        times = numbers(found)
        of_rows = of_rows if found.null is None else np.where(found.null, -1, of_rows)
    rows = np.flatnonzero(of_rows >= 0)
    order = rows[np.lexsort((rows, times[rows], of_rows[rows]))]
    places = np.full(scope.rows, -1, np.int64)
    places[order] = np.arange(len(order))
    first = np.searchsorted(of_rows[order], np.arange(groups.count))
    return SortedRanks(order.astype(np.uint32), places, first[of_rows[order]])
