"""Rows by the values of some columns: those with equal values are a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.arrays import places_in
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import Arrow, Booleans, Cells, DictionaryCells, Integers
from synthmill.generators.kernels.mix import I64


def can_be_matched(type_: pa.DataType) -> bool:
    """Whether it is certain which values of a type are equal: not for doubles, lists and objects."""
    small_decimal = pt.is_decimal128(type_) and type_.precision <= 18
    plain = pt.is_string(type_) or pt.is_boolean(type_) or pt.is_date32(type_) or pt.is_timestamp(type_)
    return bool(plain or pt.is_int64(type_) or small_decimal)


@dataclass(frozen=True, eq=False)
class Values:
    """The different values of a column."""

    type: pa.DataType
    known: pa.Array | I64
    """Text, or other values as whole numbers that rise."""

    def __len__(self) -> int:
        return len(self.known)

    def places(self, cells: Cells) -> I64:
        """Which of them each cell is; -1 for null and for any other."""
        cells = decoded(cells)
        match cells:
            case DictionaryCells(codes, words):
                found: I64 = words.made(self, lambda values: self.places(Arrow(values)))[codes]
            case Integers(values) | Booleans(values):
                found = self._of_numbers(values.astype(np.int64))
            case _:
                found = places_in(self.known, to_arrow(cells, self.type))
        return found if cells.null is None else np.where(cells.null, -1, found)

    def _of_numbers(self, numbers: I64) -> I64:
        if not len(self.known):
            return np.full(len(numbers), -1, np.int64)
        at = np.minimum(np.searchsorted(self.known, numbers), len(self.known) - 1)
        return np.where(self.known[at] == numbers, at, -1)


def values_of(cells: Cells, type_: pa.DataType) -> Values:
    """The different values of a column's cells."""
    if pt.is_string(type_):
        return Values(type_, to_arrow(cells, type_).drop_null().unique())
    cells = decoded(cells)
    if isinstance(cells, DictionaryCells):
        cells = decoded(Arrow(to_arrow(cells, type_)))
    assert isinstance(cells, Integers | Booleans)
    numbers = cells.values if cells.null is None else cells.values[~cells.null]
    return Values(type_, np.unique(numbers.astype(np.int64)))


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of the rows of a table by the values of some of its columns, compiled by `groups_of`."""

    columns: tuple[Values, ...]
    combined: I64
    """For several columns: the combinations that there are, as numbers that rise."""
    count: int

    def of(self, cells: Sequence[Cells], rows: int) -> I64:
        """The group that each of some rows belongs to by its values; -1 where there is none such."""
        found = np.zeros(rows, np.int64)
        for values, own in zip(self.columns, cells, strict=True):
            places = values.places(own)
            found = np.where((found < 0) | (places < 0), -1, found * len(values) + places)
        if len(self.columns) < 2 or not self.count:
            return found
        at = np.minimum(np.searchsorted(self.combined, found), self.count - 1)
        return np.where(self.combined[at] == found, at, -1)


def groups_of(cells: Sequence[Cells], types: Sequence[pa.DataType], rows: int) -> tuple[Groups, I64]:
    """The groups that rows make, and the group of each, -1 where a value is null. No columns: all are one."""
    columns = tuple(values_of(own, type_) for own, type_ in zip(cells, types, strict=True))
    if len(columns) < 2:
        groups = Groups(columns, np.empty(0, np.int64), len(columns[0]) if columns else 1)
        return groups, groups.of(cells, rows)
    of_rows = Groups(columns, np.empty(0, np.int64), 0).of(cells, rows)
    combined = np.unique(of_rows[of_rows >= 0])
    groups = Groups(columns, combined, len(combined))
    return groups, np.where(of_rows < 0, -1, np.searchsorted(combined, of_rows))
