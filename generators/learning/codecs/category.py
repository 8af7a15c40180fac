"""Categories: the values that enough subjects have, by how often they come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.arrays import fixed_width
from synthmill.generators.engine.cells import Booleans, Cells, Dictionary, DictionaryCells, Integers
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.codec import (
    Drawn,
    Encoded,
    needed,
    null_rows,
    subjects_of,
)
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.source import Column, bits_of, hashes_of
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import MAX_CODES, UNSEEN, Variable, variable_of


@dataclass(frozen=True, eq=False)
class Category:
    """One of some values."""

    kind: ClassVar[str] = "category"
    needs: ClassVar[tuple[str, ...]] = ()
    type: pa.DataType
    nullable: bool
    values: Dictionary
    """By code, texts of those that are text or doubles; of all others the units."""
    variable: Variable

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (self.variable,)

    def cells(self, drawn: Drawn) -> Cells:
        (codes,) = drawn.codes
        null = codes == 0 if self.nullable else None
        places = codes - 1 if self.nullable else codes
        places = places.clip(0)
        if pt.is_string(self.type) or pt.is_floating(self.type):
            return DictionaryCells(places.astype(np.uint32), self.values, null)
        units = self.values.made("units", lambda array: array.to_numpy())
        if not len(units):
            units = np.zeros(1, np.int64)
        if pt.is_boolean(self.type):
            return Booleans(units[places] != 0, null)
        return Integers(units[places], null)

    def save(self, tensors: Tensors) -> dict[str, Any]:
        self.variable.save(tensors)
        values = self.values.values.slice(0, len(self.variable) - self.nullable)
        if pt.is_string(self.type):
            tensors.put_texts("values", values)
        else:
            tensors.put("values", values.to_numpy())
        return {"nullable": self.nullable}

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Category:
        """Raises ModelFileError."""
        variable = Variable.load(False, tensors)
        if pt.is_string(type_):
            values = tensors.get_texts("values")
        else:
            dtype = np.float64 if pt.is_floating(type_) else np.int64
            values = pa.array(tensors.get("values", dtype))
        nullable = bool(header["nullable"])
        if len(values) + nullable != len(variable):
            raise ModelFileError("a category's values don't fit its codes")
        return cls(type_, nullable, Dictionary(_never_empty(values)), variable)


def encode_category(column: Column, subjects: I64) -> Encoded:
    """Values of too few subjects are UNSEEN, as is null where it is of too few."""
    known = column.known
    nulls = null_rows(known, subjects)
    values, places = _values(column)
    here = places[known]
    hashes = np.zeros(len(values), np.uint64)
    hashes[here] = hashes_of(column)[known]
    enough = subjects_of(here, subjects[known], len(values)) >= needed(column.name, hashes)
    counts = np.bincount(here, minlength=len(values))
    kept = np.flatnonzero(enough)
    # The most frequent first, among equals in the order of their hashes: rows come in no other.
    kept = kept[np.lexsort((hashes[kept], -counts[kept]))][: MAX_CODES - 2]
    code_of = np.full(len(values) + 1, UNSEEN, np.int64)
    code_of[kept] = np.arange(len(kept)) + (nulls > 0)
    codes = np.where(known, code_of[places], 0 if nulls else UNSEEN)
    if not len(kept) and not nulls:
        # No value may be held, and something must be: the column is made null.
        variable = variable_of(np.full(1, len(codes), np.int64), False)
        return Encoded(
            Category(column.type, True, Dictionary(_never_empty(values.slice(0, 0))), variable),
            (np.zeros(len(codes), np.int64),),
        )
    variable = (
        variable_of(counts[kept], False, nulls)
        if len(kept)
        else variable_of(np.full(1, nulls, np.int64), False)
    )
    chosen = values.take(pa.array(kept))
    return Encoded(Category(column.type, nulls > 0, Dictionary(_never_empty(chosen)), variable), (codes,))


def _values(column: Column) -> tuple[pa.Array, I64]:
    """The different values, as texts, doubles or units, and each row's place among them."""
    if pt.is_string(column.type):
        return column.words
    different, places = np.unique(bits_of(column), return_inverse=True)
    if pt.is_floating(column.type):
        return fixed_width(different.view(np.float64), pa.float64()), places.astype(np.int64)
    return fixed_width(different, pa.int64()), places.astype(np.int64)


def _never_empty(values: pa.Array) -> pa.Array:
    """The values, or one that stands beneath nulls where there are none."""
    if len(values):
        return values
    return pa.array([""] if pt.is_string(values.type) else [0]).cast(values.type)
