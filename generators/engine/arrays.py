"""From numpy to Arrow without a loop over rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.kernels.mix import I64

MONEY = pa.decimal128(18, 2)
TIMESTAMP = pa.timestamp("us", tz="UTC")


def fixed_width(values: npt.NDArray[np.generic], type_: pa.DataType) -> pa.Array:
    """Numbers as they lie in memory, read as an Arrow type of the same width (no copy)."""
    return pa.Array.from_buffers(type_, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def taken(values: pa.Array, places: npt.NDArray[np.int64]) -> pa.Array:
    """The values at these places, from 0; null where those are."""
    return values.take(fixed_width(places, pa.int64()))


def flags(values: npt.NDArray[np.bool_]) -> pa.Array:
    """True and false."""
    bits = pa.py_buffer(np.packbits(values, bitorder="little"))
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, bits])


def truths(array: pa.Array) -> npt.NDArray[np.bool_]:
    """The flags of a boolean array; what lies beneath a null means nothing.

    `to_numpy` would import pandas.
    """
    bits = np.frombuffer(array.buffers()[1], np.uint8)
    flat = np.unpackbits(bits, count=array.offset + len(array), bitorder="little")
    return flat[array.offset :].astype(np.bool_)


def strings(values: Sequence[str]) -> pa.Array:
    """Text from Python's.

    `pa.array` and `pa.scalar` would import pandas, which takes longer than a small job does.
    """
    encoded = [value.encode() for value in values]
    offsets = np.cumsum([0, *map(len, encoded)]).astype(np.int32)
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded)))


def plain_values(values: Sequence[str] | Sequence[bool] | Sequence[float]) -> pa.Array:
    """Values of one type as string, bool, int64 or double; doubles and integers mixed make doubles."""
    if isinstance(values[0], str):
        return strings([str(value) for value in values])
    if isinstance(values[0], bool):
        return flags(np.array(values, np.bool_))
    if all(isinstance(value, int) for value in values):
        return fixed_width(np.array(values, np.int64), pa.int64())
    return fixed_width(np.array(values, np.float64), pa.float64())


def null(type_: pa.DataType) -> pa.Scalar:
    return pa.nulls(1, type_)[0]


def decimals(units: I64, type_: pa.DataType) -> pa.Array:
    """Decimals from whole numbers of their last digit: cents make a decimal128(18, 2)."""
    words = np.empty((len(units), 2), np.int64)
    words[:, 0] = units
    words[:, 1] = units >> 63
    return pa.Array.from_buffers(type_, len(units), [None, pa.py_buffer(words)])


def places_in(known: pa.Array, values: pa.Array) -> I64:
    """For each value its place among the known ones, -1 for those that aren't there and for null."""
    nowhere = fixed_width(np.full(1, -1, np.int32), pa.int32())[0]
    return whole_numbers(pc.fill_null(pc.index_in(values, known), nowhere).cast(pa.int64()))


def whole_numbers(array: pa.Array) -> I64:
    """The 64-bit values of an int64 or timestamp array; what lies beneath a null means nothing."""
    values = np.frombuffer(array.buffers()[1], np.int64, len(array) + array.offset)
    return values[array.offset :]


def nulls_of(array: pa.Array, source: pa.Array) -> pa.Array:
    """The array, null where the source is."""
    if source.null_count == 0:
        return array
    return null_where(source.is_null(), array)


def null_where(where: pa.Array, array: pa.Array) -> pa.Array:
    """The array, null where the flags are true as well."""
    return pc.if_else(where, null(array.type), _from_the_start(array))


def _from_the_start(array: pa.Array) -> pa.Array:
    """The array, copied if it is text that begins inside its buffer.

    Older releases of pyarrow, 21 among them, damage such text where `if_else` is given it beside a null.
    """
    if not (pt.is_string(array.type) or pt.is_large_string(array.type)) or not len(array):
        return array
    width = np.int64 if pt.is_large_string(array.type) else np.int32
    first = np.frombuffer(array.buffers()[1], width, 1, array.offset * np.dtype(width).itemsize)[0]
    return pa.concat_arrays([array]) if first else array


def equal_length_text(characters: npt.NDArray[np.uint8]) -> pa.Array:
    """Text from a matrix with a row of UTF-8 bytes for each cell."""
    rows, width = characters.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    return pa.StringArray.from_buffers(
        rows, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(characters))
    )
