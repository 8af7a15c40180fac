"""A column's values as a data page holds them: which encoding, chosen by the values, and its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.engine.arrays import taken
from synthmill.generators.engine.arrow_cells import decoded, gathered, to_arrow
from synthmill.generators.engine.cells import (
    Arrow,
    Booleans,
    Cells,
    Dictionary,
    DictionaryCells,
    Fixed,
    Flags,
    Floats,
    Integers,
    Text,
)
from synthmill.generators.formats.page_texts import UUID_LENGTH, text_of
from synthmill.generators.kernels.bitpack import U32, delta, packed, used, varint
from synthmill.generators.kernels.mix import F64, I64

PLAIN, RLE, DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY, RLE_DICTIONARY, BYTE_STREAM_SPLIT = 0, 3, 5, 6, 8, 9
_SPARED_BITS = 8
"""Whole numbers are stored as differences if their range leaves so many bits of each unused."""
_FEW_WORDS = 8
"""A dictionary that has one word for so many rows is written whole, without a look at which are used."""
_SAMPLE_ROWS = 4_096
_LONGEST_BOUND = 64
"""Words longer than this aren't given as the least or greatest."""


@dataclass(frozen=True)
class Values:
    """What stands in a data page after the levels, and what is written of it elsewhere."""

    encoding: int
    data: Sequence[Any]
    """Buffers, one behind the other."""
    compressible: bool = False
    least: bytes | None = None
    greatest: bytes | None = None
    """As PLAIN; None where it isn't known or doesn't help."""
    dictionary: bytes | None = None
    words: int = 0
    """In the dictionary."""


def values_of(cells: Cells, nulls: Flags | None, type_: pa.DataType, compressed: bool) -> Values:
    """The cells but for nulls, encoded for a column of this type."""
    if nulls is not None:
        cells = gathered(cells, np.flatnonzero(~nulls))
    if not len(cells):
        return Values(PLAIN, ())
    return _encoded(_known(cells, type_), type_, compressed)


def _encoded(cells: Cells, type_: pa.DataType, compressed: bool) -> Values:
    match cells:
        case Integers(values):
            return _integers(values, type_)
        case Floats(values):
            return _floats(values, type_, compressed)
        case Booleans(values):
            return Values(PLAIN, (np.packbits(values, bitorder="little"),))
        case DictionaryCells():
            return _coded(cells, type_, compressed)
        case Arrow():
            raise TypeError(f"no Parquet pages for a column of type {type_}")
        case _:
            characters, lengths = text_of(cells)
            sizes = _uuid_lengths(len(cells)) if isinstance(cells, Fixed) else delta(lengths)
            # Lengths apart from characters take few bits, and the characters compress better and faster.
            return Values(DELTA_LENGTH_BYTE_ARRAY, (sizes, characters), True)


def _known(cells: Cells, type_: pa.DataType) -> Cells:
    """The cells, opened if they are an Arrow array; as codes if they are text that repeats."""
    if isinstance(cells, Arrow):
        array = cells.array.cast(pa.float64() if pt.is_float32(type_) else type_)
        cells = decoded(Arrow(array))
    if isinstance(cells, Text):
        sample = to_arrow(Text(cells.blob, cells.offsets[: _SAMPLE_ROWS + 1]), pa.large_string())
        if pc.count_distinct(sample).as_py() * 2 <= len(sample):
            return decoded(Arrow(to_arrow(cells, type_).dictionary_encode()))
    return cells


def _integers(values: I64, type_: pa.DataType) -> Values:
    stored = _stored_integer(type_)
    low, high = int(values.min()), int(values.max())
    least, greatest = (np.array([bound]).astype(stored).tobytes() for bound in (low, high))
    if high - low < 1 << stored.itemsize * 8 - _SPARED_BITS:
        return Values(DELTA_BINARY_PACKED, (delta(values),), False, least, greatest)
    return Values(PLAIN, (np.ascontiguousarray(values.astype(stored, copy=False)),), True, least, greatest)


def _stored_integer(type_: pa.DataType) -> np.dtype[Any]:
    if pt.is_decimal(type_):
        return np.dtype("<i4" if type_.precision <= 9 else "<i8")
    return np.dtype("<i8" if type_.bit_width == 64 else "<i4")


def _floats(values: F64, type_: pa.DataType, compressed: bool) -> Values:
    stored = np.ascontiguousarray(values.astype("<f4" if pt.is_float32(type_) else "<f8", copy=False))
    least, greatest = _float_bounds(stored)
    if not compressed:
        return Values(PLAIN, (stored,), False, least, greatest)
    # First bytes of neighbours are alike, and last ones aren't: a compressor wants them apart.
    apart = np.ascontiguousarray(stored.view(np.uint8).reshape(len(stored), -1).T)
    return Values(BYTE_STREAM_SPLIT, (apart,), True, least, greatest)


def _float_bounds(values: npt.NDArray[Any]) -> tuple[bytes | None, bytes | None]:
    """By Parquet's rules: none with a NaN, and a zero is given as the wider of its two."""
    low, high = values.min(), values.max()
    if low != low or high != high:
        return None, None
    if low == 0:
        low = values.dtype.type(-0.0)
    if high == 0:
        high = values.dtype.type(0.0)
    return low.tobytes(), high.tobytes()


@lru_cache(maxsize=64)
def _uuid_lengths(cells: int) -> Any:
    """All blocks but the last have equally many."""
    return delta(np.full(cells, UUID_LENGTH, np.int64))


def _coded(cells: DictionaryCells, type_: pa.DataType, compressed: bool) -> Values:
    codes, words = cells.codes, cells.words
    among = used(codes, len(words))
    if pt.is_boolean(type_):
        return _encoded(_looked_up(cells), type_, compressed)
    if len(words) * _FEW_WORDS > len(codes):
        places = np.flatnonzero(among)
        if len(places) * 2 > len(codes):
            return _encoded(_looked_up(cells), type_, compressed)
        codes = (np.cumsum(among) - 1).astype(np.uint32)[codes]
        words = Dictionary(taken(words.values, places))
        among = np.ones(len(places), np.bool_)
    table = words.made(("parquet", type_), lambda values: _Dictionary.of(values, type_))
    width = max(1, (len(words) - 1).bit_length())
    return Values(
        RLE_DICTIONARY,
        _indexes(codes, width, among),
        False,
        *table.bounds(among),
        table.page,
        len(words),
    )


def _indexes(codes: U32, width: int, among: Flags) -> tuple[Any, ...]:
    """Numbers of words: one run of bits, or if all are equal, one repeated number."""
    if np.count_nonzero(among) == 1:
        repeated = int(codes[0]).to_bytes(-(-width // 8), "little")
        return (bytes([width]) + varint(len(codes) << 1) + repeated,)
    return bytes([width]) + varint(-(-len(codes) // 8) << 1 | 1), packed(codes, width)


def _looked_up(cells: DictionaryCells) -> Cells:
    """The same cells, each for itself: never codes."""
    known = decoded(Arrow(cells.words.values))
    if isinstance(known, Integers | Floats | Booleans):
        return gathered(known, cells.codes.astype(np.int64))
    characters, lengths = text_of(cells)
    return Text(characters, np.concatenate([[0], np.cumsum(lengths)]))


@dataclass(frozen=True, eq=False)
class _Dictionary:
    """A table of words as a dictionary page has them."""

    page: bytes
    words: list[bytes]
    """Each word as PLAIN, without a length before it."""
    order: I64
    """Places of the words from the least to the greatest; none where a word has no order."""

    @classmethod
    def of(cls, values: pa.Array, type_: pa.DataType) -> _Dictionary:
        known = decoded(Arrow(values.cast(pa.float64()) if pt.is_float32(type_) else values))
        if isinstance(known, Integers):
            stored = known.values.astype(_stored_integer(type_))
            return cls(stored.tobytes(), [one.tobytes() for one in stored], np.argsort(known.values))
        if isinstance(known, Floats):
            floats = known.values.astype("<f4" if pt.is_float32(type_) else "<f8")
            # Zeros and NaNs have rules of their own; such tables go without bounds.
            ordered = not (np.isnan(floats) | (floats == 0)).any()
            order = np.argsort(floats) if ordered else np.empty(0, np.int64)
            return cls(floats.tobytes(), [one.tobytes() for one in floats], order)
        words = [value.encode() for value in values.to_pylist()]
        order = np.array(sorted(range(len(words)), key=words.__getitem__), np.int64)
        return cls(b"".join(len(word).to_bytes(4, "little") + word for word in words), words, order)

    def bounds(self, among: Flags) -> tuple[bytes | None, bytes | None]:
        """The least and the greatest of the words that are among the used ones."""
        found = self.order[among[self.order]]
        if not len(found):
            return None, None
        least, greatest = self.words[found[0]], self.words[found[-1]]
        return (least, greatest) if max(len(least), len(greatest)) <= _LONGEST_BOUND else (None, None)
