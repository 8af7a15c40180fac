"""Rows of parents whose children are counted while planning, made once for all tables of their children."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.mix import U64
from synthmill.generators.tables.rows import TableRows
from synthmill.generators.tables.table import Table

MOST_KEPT = 2**18
"""Rows of a table whose cells stay until all children are counted."""


class CountedRows:
    """What counting made of the parents' cells. Once all are counted it keeps nothing any more."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int, int], TableRows] | None = {}

    def of(self, table: Table, parents: U64) -> TableRows:
        """Rows of a table by their numbers, with the cells that another count has made for the same."""
        if self._kept is None or table.rows > MOST_KEPT or not len(parents):
            return TableRows(table, parents)
        place = (table.name, int(parents[0]), len(parents))
        found = self._kept.get(place)
        if found is None or not np.array_equal(found.numbers, parents):
            found = self._kept[place] = TableRows(table, parents)
        return found

    def close(self) -> None:
        """All children are counted."""
        self._kept = None
