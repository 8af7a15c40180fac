"""Columns whose cells rise within a row: what was drawn for them is put in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthmill.generators.engine.arrow_cells import numbers_of
from synthmill.generators.engine.cells import Cells, Floats, Integers
from synthmill.generators.tables.rows import TableRows


@dataclass(frozen=True)
class Ordering:
    """Columns of one type of numbers, dates or times, the least first."""

    names: tuple[str, ...]

    def cells(self, rows: TableRows, column: str) -> Cells:
        """The cells of one of the columns, before the nulls that its own probability brings."""
        return rows.once(self, lambda: self._ordered(rows))[column]

    def _ordered(self, rows: TableRows) -> dict[str, Cells]:
        drawn = [numbers_of(rows.drawn(name)) for name in self.names]
        values, missing = _matrix(drawn)
        # Those that are missing go last; the first of the others goes to the first column that has a cell.
        last = np.sort(np.where(missing, _greatest(values), values), axis=0)
        rank = np.cumsum(~missing, axis=0) - 1
        ordered = np.take_along_axis(last, np.maximum(rank, 0), axis=0)
        made: dict[str, Cells] = {}
        for at, name in enumerate(self.names):
            null = missing[at] if drawn[at].null is not None else None
            whole = isinstance(drawn[at], Integers)
            made[name] = Integers(ordered[at], null) if whole else Floats(ordered[at], null)
        return made


def _matrix(drawn: list[Integers | Floats]) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """The values and which of them are null, a row for each column."""
    values, missing = [], []
    for cells in drawn:
        values.append(cells.values)
        missing.append(np.zeros(len(cells), np.bool_) if cells.null is None else cells.null)
    return np.stack(values), np.stack(missing)


def _greatest(values: npt.NDArray[Any]) -> Any:
    return np.iinfo(np.int64).max if values.dtype == np.int64 else np.inf
