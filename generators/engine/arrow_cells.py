"""Cells made of Arrow arrays, Arrow arrays made of cells, cells chosen by their places, and put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

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
from synthmill.generators.engine.cells import (
    Arrow,
    Booleans,
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Fixed,
    Flags,
    Floats,
    Integers,
    Part,
    Text,
)
from synthmill.generators.kernels.characters import uuid_text
from synthmill.generators.kernels.mix import I64

_NOTHING = strings([""])[0]


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
            return pc.binary_join_element_wise(*map(_part_text, parts), _NOTHING)
        case Arrow(array):
            return array


def _part_text(part: Part) -> pa.Array | pa.Scalar:
    if isinstance(part, bytes):
        return strings([part.decode()])[0]
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


def decoded(cells: Cells) -> Cells:
    """What an Arrow array holds as cells that writers know better, where there are such; else as it was."""
    if not isinstance(cells, Arrow):
        return cells
    array, nulls = cells.array, cells.null
    kind = array.type
    if pt.is_dictionary(kind):
        if array.dictionary.null_count:
            return decoded(Arrow(array.dictionary.take(array.indices)))
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
    cells = decoded(cells)
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


def concatenated(cells: Iterable[Cells]) -> Iterator[Cells]:
    """Cells of one column from several blocks, in order: neighbours that are made alike as one."""
    for shape, group in groupby(cells, _shape):
        members: list[Any] = list(group)
        if shape is None or len(members) == 1:
            yield from members
        else:
            yield _put_together(members)


def _shape(cells: Cells | Part) -> tuple[Any, ...] | None:
    """Equal for cells that can be one; None for those that can't."""
    match cells:
        case Integers() | Floats() | Fixed():
            return (type(cells),)
        case Digits(_, width):
            return (Digits, width)
        case DictionaryCells(_, words):
            return (DictionaryCells, id(words))
        case Concat(parts):
            shapes = tuple(part if isinstance(part, bytes) else _shape(part) for part in parts)
            return None if None in shapes else (Concat, shapes)
    return None


def _put_together(members: Sequence[Any]) -> Cells:
    first, nulls = members[0], _nulls(members)
    match first:
        case Integers():
            return Integers(np.concatenate([one.values for one in members]), nulls)
        case Floats():
            return Floats(np.concatenate([one.values for one in members]), nulls)
        case Fixed():
            return Fixed(np.concatenate([one.rows for one in members]), nulls)
        case Digits():
            return Digits(np.concatenate([one.values for one in members]), first.width, nulls)
        case DictionaryCells():
            return DictionaryCells(np.concatenate([one.codes for one in members]), first.words, nulls)
    parts = zip(*(one.parts for one in members), strict=True)
    return Concat(tuple(_same_part(column) for column in parts), nulls)


def _same_part(column: Sequence[Any]) -> Any:
    return column[0] if isinstance(column[0], bytes) else _put_together(column)


def _nulls(members: Sequence[Any]) -> Flags | None:
    if all(one.null is None for one in members):
        return None
    return np.concatenate([np.zeros(len(one), np.bool_) if one.null is None else one.null for one in members])
