"""Columns that can be reckoned with: numbers, dates and times as whole units or as doubles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow.types as pt

from synthmill.generators.engine.cells import Cells, Flags, Floats, Integers
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.learning.codecs.number import scale_of
from synthmill.generators.learning.days import DAY
from synthmill.generators.learning.source import Column, doubles_of, units_of

EXACT = 2**53
"""Whole numbers below it are doubles, too."""
HELD = 0.999
"""Of the rows in which a relation can be told, those in which it must hold to be taken for one."""
SAMPLE = 2_048
"""Rows that a relation is looked for in, before all others are asked."""
FEWEST = 100


@dataclass(frozen=True, eq=False)
class Quantity:
    """A column of numbers, dates or times."""

    column: Column
    scale: int | None
    """Decimals that all of its numbers have; None where doubles have more."""
    kind: str
    """What it can be compared with: `number`, `date`, or a timestamp's type."""

    @property
    def known(self) -> Flags:
        return self.column.known

    def doubles(self, rows: slice | I64 = slice(None)) -> F64:
        """Its numbers, NaN where it is null."""
        if pt.is_floating(self.column.type):
            found = doubles_of(self.column.values)[rows]
        else:
            power = 10.0**self.column.type.scale if pt.is_decimal(self.column.type) else 1.0
            found = units_of(self.column.values)[rows].astype(np.float64) / power
        return np.where(self.known[rows], found, np.nan)

    def units(self, scale: int) -> I64:
        """Its numbers times 10**scale, which has all of their decimals; dates and times as they are."""
        if pt.is_floating(self.column.type):
            return np.rint(np.where(self.known, doubles_of(self.column.values), 0.0) * 10.0**scale).astype(
                np.int64
            )
        own = self.column.type.scale if pt.is_decimal(self.column.type) else 0
        found: I64 = np.where(self.known, units_of(self.column.values), 0) * 10 ** (scale - own)
        return found


def quantity(column: Column, role: str) -> Quantity | None:
    """None for a column that can't be reckoned with exactly: another role, or numbers beyond 2**53."""
    if role == "time":
        return Quantity(column, 0, "date" if pt.is_date(column.type) else str(column.type))
    if role != "number":
        return None
    if pt.is_floating(column.type):
        known = doubles_of(column.values)[column.known]
        return None if (np.abs(known) >= EXACT).any() else Quantity(column, scale_of(known), "number")
    if (np.abs(np.where(column.known, units_of(column.values), 0).astype(np.float64)) >= EXACT).any():
        return None
    return Quantity(column, column.type.scale if pt.is_decimal(column.type) else 0, "number")


def as_doubles(cells: Cells, decimals: int) -> F64:
    """What cells of numbers stand for; `decimals` are those of a decimal column's units."""
    if isinstance(cells, Floats):
        return cells.values
    assert isinstance(cells, Integers)
    found: F64 = cells.values.astype(np.float64)
    return found / 10.0**decimals if decimals else found


def ticks_of_a_day(type_: object) -> int:
    """Of a timestamp's or a date's units."""
    return 1 if pt.is_date(type_) else DAY[type_.unit]  # type: ignore[attr-defined]
