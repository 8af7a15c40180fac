"""Rows of parents whose children are counted while planning."""

from __future__ import annotations

from collections.abc import Sequence

from synthmill.generators.engine.arrow_cells import decoded
from synthmill.generators.engine.cells import Cells, Floats, Integers
from synthmill.generators.kernels.mix import U64
from synthmill.generators.tables.rows import TableRows
from synthmill.generators.tables.table import Table

MOST_BYTES = 2**27
"""Of cells that stay until all children are counted: two columns of seven million rows."""


class CountedRows:
    """The cells by which children are counted, made once for all tables of a row's children.

    Satisfies `table.ParentRows`. Once all are counted it keeps nothing any more.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int, int], dict[str, Cells]] | None = {}
        self._bytes = 0
        self._last: TableRows | None = None

    def of(self, table: Table, parents: U64, columns: Sequence[str]) -> TableRows:
        """All rows of a table from the first to the last of these, which are all between, too."""
        if self._kept is None or not len(parents):
            return TableRows(table, parents)
        if self._last is not None:
            self._last.shared.forget()
        place = (table.name, int(parents[0]), len(parents))
        kept = self._kept.setdefault(place, {})
        rows = self._last = TableRows(table, parents, made=kept)
        for column in columns:
            if column not in kept:
                cells = decoded(rows.cells(column))
                size = _size(cells)
                if self._bytes + size <= MOST_BYTES:
                    self._bytes += size
                    kept[column] = cells
        return rows

    def close(self) -> None:
        """All children are counted."""
        self._kept = self._last = None


def _size(cells: Cells) -> int:
    """Bytes of cells of numbers; others are never kept."""
    if not isinstance(cells, Integers | Floats):
        return MOST_BYTES + 1
    return int(cells.values.nbytes) + (0 if cells.null is None else cells.null.nbytes)
