"""Cells: what a column holds for some rows, in the form in which it was made.

Writers take cells as they are: a word that was chosen by number is never looked at letter by letter again,
and text made of pieces is never put together before it stands in the file. `to_arrow` makes an Arrow
array of any of them. Every class but Arrow may have `null`: True for each row whose cell is null, whatever
lies beneath.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.engine.arrays import (
    decimals,
    equal_length_text,
    fixed_width,
    flags,
    null_where,
    strings,
    taken,
    truths,
)
from synthmill.generators.kernels.characters import uuid_text
from synthmill.generators.kernels.mix import F64, I64

Flags = npt.NDArray[np.bool_]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
T = TypeVar("T")

_NOTHING = strings([""])[0]


@dataclass(frozen=True, eq=False)
class Dictionary:
    """A table of different values that cells are numbers into. Made once with a plan, then only read."""

    values: pa.Array
    """Without nulls, of the column's type."""
    _made: dict[object, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.values)

    def __reduce__(self) -> tuple[type[Dictionary], tuple[pa.Array]]:
        return Dictionary, (self.values,)

    def made(self, purpose: object, make: Callable[[pa.Array], T]) -> T:
        """What `make` gives for the values, made once for each purpose: a page, an encoded table."""
        if purpose not in self._made:
            self._made[purpose] = make(self.values)
        found: T = self._made[purpose]
        return found


@dataclass(frozen=True, eq=False)
class DictionaryCells:
    """One of some words."""

    codes: U32
    words: Dictionary
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, eq=False)
class Integers:
    """Whole numbers: by the column's type themselves, days, units of time since 1970, a decimal's digits."""

    values: I64
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Digits:
    """Whole numbers from 0 on as text of at least `width` digits; a part of Pieces."""

    values: I64
    width: int
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Floats:
    """Doubles."""

    values: F64
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Booleans:
    """True and false, a byte each."""

    values: Flags
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Fixed:
    """A UUID's 16 bytes each."""

    rows: U8
    """Of shape (rows, 16)."""
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, eq=False)
class Text:
    """Any text in UTF-8: cell i is blob[offsets[i] : offsets[i + 1]]. The blob may hold more than that."""

    blob: U8
    offsets: I64
    null: Flags | None = None

    @property
    def characters(self) -> U8:
        """Of all cells, end to end."""
        return self.blob[self.offsets[0] : self.offsets[-1]]

    def __len__(self) -> int:
        return len(self.offsets) - 1


Part: TypeAlias = DictionaryCells | Integers | Digits | Text | bytes


@dataclass(frozen=True, eq=False)
class Concat:
    """Text put together from other cells and constants, one after the other."""

    parts: tuple[Part, ...]
    """At least one isn't constant. The words of coded parts are text; parts have no nulls of their own."""
    null: Flags | None = None

    def __len__(self) -> int:
        return next(len(part) for part in self.parts if not isinstance(part, bytes))


@dataclass(frozen=True, eq=False)
class Arrow:
    """An Arrow array, from whoever has nothing better."""

    array: pa.Array

    @property
    def null(self) -> Flags | None:
        if self.array.null_count == 0:
            return None
        return truths(self.array.is_null())

    def __len__(self) -> int:
        return len(self.array)


Cells: TypeAlias = DictionaryCells | Integers | Digits | Floats | Booleans | Fixed | Text | Concat | Arrow


def coded(codes: I64, words: Dictionary, null: Flags | None = None) -> DictionaryCells:
    return DictionaryCells(codes.astype(np.uint32), words, null)


def cells_of(batch: pa.RecordBatch) -> dict[str, Cells]:
    """The columns of a record batch, by name."""
    return {name: Arrow(column) for name, column in zip(batch.schema.names, batch.columns, strict=True)}


def to_batch(cells: Mapping[str, Cells], schema: pa.Schema) -> pa.RecordBatch:
    """The cells of all columns, in the schema's order and types."""
    arrays = [to_arrow(cells[field.name], field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def to_arrow(cells: Cells, type_: pa.DataType) -> pa.Array:
    """The cells as an array of the column's type."""
    if isinstance(cells, Arrow):
        return cells.array if cells.array.type == type_ else cells.array.cast(type_)
    array = _values(cells, type_)
    return array if cells.null is None else null_where(flags(cells.null), array)


def _values(cells: Cells, type_: pa.DataType) -> pa.Array:
    """The array without nulls."""
    match cells:
        case DictionaryCells(codes, words):
            return taken(words.values, codes.astype(np.int64))
        case Integers(values):
            return _whole(values, type_)
        case Digits(values, width):
            return pc.utf8_lpad(fixed_width(values, pa.int64()).cast(pa.string()), max(1, width), "0")
        case Floats(values):
            return fixed_width(values, pa.float64()).cast(type_)
        case Booleans(values):
            return flags(values)
        case Fixed(rows):
            return equal_length_text(uuid_text(rows))
        case Text(_, offsets):
            # From the start of its buffer: older releases of pyarrow, 21 among them, damage other text when
            # they write it.
            bounds = pa.py_buffer(np.ascontiguousarray(offsets - offsets[0] if offsets[0] else offsets))
            data = pa.py_buffer(cells.characters)
            whole = pa.LargeStringArray.from_buffers(len(cells), bounds, data)
            return whole if type_ == pa.large_string() else whole.cast(pa.string())
        case Concat(parts):
            told = [strings([part.decode()])[0] if isinstance(part, bytes) else _told(part) for part in parts]
            return pc.binary_join_element_wise(*told, _NOTHING)
        case Arrow(array):
            return array


def _told(part: DictionaryCells | Integers | Digits | Text) -> pa.Array:
    return _values(part, pa.int64() if isinstance(part, Integers) else pa.string()).cast(pa.string())


def _whole(values: I64, type_: pa.DataType) -> pa.Array:
    if pt.is_decimal(type_):
        return decimals(values, type_)
    if pt.is_timestamp(type_):
        return fixed_width(values, type_)
    if pt.is_date32(type_):
        return fixed_width(values.astype(np.int32), type_)
    whole = fixed_width(values, pa.int64())
    return whole if type_ == pa.int64() else whole.cast(type_)


def hidden(cells: Cells, where: Flags) -> Cells:
    """The cells, null also where `where` says so."""
    if isinstance(cells, Arrow):
        return Arrow(null_where(flags(where), cells.array))
    return replace(cells, null=where if cells.null is None else cells.null | where)


def gathered(cells: Cells, places: I64) -> Cells:
    """The cells at these places, from 0, as often as they are named."""
    if isinstance(cells, Arrow):
        return Arrow(taken(cells.array, places))
    nulls = None if cells.null is None else cells.null[places]
    match cells:
        case DictionaryCells(codes, words):
            return DictionaryCells(codes[places], words, nulls)
        case Digits(values, width):
            return Digits(values[places], width, nulls)
        case Fixed(rows):
            return Fixed(rows[places], nulls)
        case Text():
            return replace(_gathered_text(cells, places), null=nulls)
        case Concat(parts):
            return Concat(tuple(_part(part, places) for part in parts), nulls)
        case Integers(values):
            return Integers(values[places], nulls)
        case Floats(values):
            return Floats(values[places], nulls)
        case Booleans(values):
            return Booleans(values[places], nulls)


def _part(part: Part, places: I64) -> Part:
    if isinstance(part, bytes):
        return part
    if isinstance(part, DictionaryCells):
        return DictionaryCells(part.codes[places], part.words)
    if isinstance(part, Text):
        return _gathered_text(part, places)
    return replace(part, values=part.values[places])


def _gathered_text(cells: Text, places: I64) -> Text:
    return _text(taken(_values(cells, pa.large_string()), places), None)


def opened(cells: Cells) -> Cells:
    """What an Arrow array holds as cells that writers know better, where there are such; else as it was."""
    if not isinstance(cells, Arrow):
        return cells
    array, nulls = cells.array, cells.null
    kind = array.type
    if pt.is_dictionary(kind):
        if array.dictionary.null_count:
            return opened(Arrow(array.dictionary.take(array.indices)))
        codes = _fixed_buffer(array.indices.cast(pa.int64()), np.int64)
        codes = codes if nulls is None else np.where(nulls, 0, codes)
        return DictionaryCells(codes.astype(np.uint32), Dictionary(array.dictionary), nulls)
    if pt.is_boolean(kind):
        return Booleans(truths(array) if len(array) else np.empty(0, np.bool_), nulls)
    if pt.is_float64(kind):
        return Floats(_fixed_buffer(array, np.float64), nulls)
    if pt.is_string(kind) or pt.is_large_string(kind):
        return _text(array.cast(pa.large_string()), nulls)
    values = _integers(array)
    return cells if values is None else Integers(values, nulls)


def numbers_of(cells: Cells) -> Integers | Floats:
    """Cells of numbers, dates or times as such, also where they are words of a table."""
    cells = opened(cells)
    if isinstance(cells, DictionaryCells):
        words = cells.words.made("numbers", lambda values: numbers_of(Arrow(values)))
        if isinstance(words, Floats):
            return Floats(words.values[cells.codes], cells.null)
        return Integers(words.values[cells.codes], cells.null)
    assert isinstance(cells, Integers | Floats)
    return cells


def _integers(array: pa.Array) -> I64 | None:
    kind = array.type
    if pt.is_decimal128(kind):
        # Of 18 digits the upper word is the sign alone.
        return _fixed_buffer(array, np.int64, 2)[::2].copy() if kind.precision <= 18 else None
    if pt.is_timestamp(kind):
        return _fixed_buffer(array, np.int64)
    if pt.is_date32(kind):
        return _fixed_buffer(array, np.int32).astype(np.int64)
    if pt.is_integer(kind) and not pt.is_uint64(kind):
        return _fixed_buffer(array.cast(pa.int64()), np.int64)
    return None


def _fixed_buffer(array: pa.Array, dtype: npt.DTypeLike, words: int = 1) -> npt.NDArray[Any]:
    """The numbers of an array as they lie in memory; what lies beneath a null means nothing."""
    data = array.buffers()[1]
    if data is None or not len(array):
        return np.empty(0, dtype)
    item = np.dtype(dtype).itemsize * words
    return np.frombuffer(data, dtype, len(array) * words, array.offset * item)


def _text(array: pa.Array, nulls: Flags | None) -> Text:
    _, bounds, data = array.buffers()
    offsets = np.zeros(1, np.int64)
    if len(array):
        offsets = np.frombuffer(bounds, np.int64, len(array) + 1, array.offset * 8)
    blob = np.empty(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    return Text(blob, offsets, nulls)
