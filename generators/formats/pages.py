"""Parquet pages: a column's cells of a block as one data page, after a dictionary page where it has one.

Each column has its own profile, which follows from its cells alone: numbers packed into bits aren't given
to a compressor, text and whole-width numbers are, and a page that compression hardly makes smaller is stored
without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.formats import members
from synthmill.generators.formats import row_group as groups
from synthmill.generators.formats.contract import Encoded
from synthmill.generators.formats.page_values import PLAIN, RLE, RLE_DICTIONARY, Values, values_of
from synthmill.generators.formats.parquet_schema import stored
from synthmill.generators.formats.thrift import (
    BINARY,
    I32,
    I64,
    LIST,
    STRUCT,
    TRUE,
    Field,
    Items,
    Struct,
    numbers,
)
from synthmill.generators.kernels.bitpack import varint

_CODECS = {"none": 0, "gzip": 2, "zstd": 6}
_DATA_PAGE, _DICTIONARY_PAGE = 0, 2
_WORTH = 0.9
"""A page is stored compressed if it shrinks to this part or less."""


def row_group(table: TablePlan, cells: Mapping[str, Cells], compression: str, at: int) -> Encoded:
    """A block as a row group that begins `at` bytes into the file (others: `row_group.placed`)."""
    body: list[Any] = []
    chunks: list[Struct] = []
    start, full = at, 0
    for column in table.columns:
        pieces, chunk, plain_size, size = _chunk(column, cells[column.name], compression, at)
        body += pieces
        chunks.append(chunk)
        at += size
        full += plain_size
    group: Struct = {
        1: Field(LIST, Items(STRUCT, list(chunks))),
        2: Field(I64, full),
        3: Field(I64, len(cells[table.columns[0].name])),
        5: Field(I64, start),
        6: Field(I64, at - start),
    }
    return Encoded(b"".join(body), groups.pack(group))


def _chunk(column: ColumnPlan, cells: Cells, compression: str, at: int) -> tuple[list[Any], Struct, int, int]:
    """A column's pages, its ColumnChunk, and how many bytes the pages have before and after compression."""
    kept = stored(column.type)
    assert kept is not None
    nulls = cells.null
    missing = 0 if nulls is None else int(np.count_nonzero(nulls))
    if missing and not column.nullable:
        raise ValueError(f"column {column.name} has nulls, which its plan rules out")
    values = values_of(cells, nulls if missing else None, column.type, compression != "none")
    levels = _levels(nulls if missing else None, len(cells)) if column.nullable else b""
    codec, plain, packed = _stored(levels, values, compression)
    pieces: list[Any] = []
    size = full = 0
    metadata: Struct = {
        1: Field(I32, kept.physical),
        2: Field(LIST, Items(I32, _encodings(values))),
        3: Field(LIST, Items(BINARY, [column.name.encode()])),
        4: Field(I32, _CODECS[codec]),
        5: Field(I64, len(cells)),
    }
    if values.dictionary is not None:
        length = len(values.dictionary)
        # Dictionaries are small: they stay as they are, and so does the chunk.
        header = _header(_DICTIONARY_PAGE, length, length, 7, values.words, PLAIN)
        pieces += [header, values.dictionary]
        size = full = len(header) + length
    length = sum(map(_size, packed))
    header = _header(_DATA_PAGE, plain, length, 5, len(cells), values.encoding, RLE, RLE)
    data_offset = at + size
    pieces += [header, *packed]
    size += len(header) + length
    full += len(header) + plain
    metadata |= {6: Field(I64, full), 7: Field(I64, size), 9: Field(I64, data_offset)}
    if values.dictionary is not None:
        metadata[11] = Field(I64, at)
    metadata[12] = Field(STRUCT, _statistics(values, missing))
    chunk: Struct = {2: Field(I64, 0), 3: Field(STRUCT, metadata)}
    return pieces, chunk, full, size


def _size(data: Any) -> int:
    return memoryview(data).nbytes


def _stored(levels: bytes, values: Values, compression: str) -> tuple[str, int, list[Any]]:
    """The codec of a data page, its size without one, and its pieces as they are stored."""
    pieces = [levels, *values.data]
    plain = sum(map(_size, pieces))
    if compression == "none" or not values.compressible:
        return "none", plain, pieces
    packed = members.compress(b"".join(pieces), compression)
    if len(packed) > plain * _WORTH:
        return "none", plain, pieces
    return compression, plain, [packed]


def _levels(nulls: Any, rows: int) -> bytes:
    """For each row, whether it has a value: definition levels, with their size before them."""
    if nulls is None:
        levels = varint(rows << 1) + b"\1"
    else:
        levels = varint(-(-rows // 8) << 1 | 1) + np.packbits(~nulls, bitorder="little").tobytes()
    return len(levels).to_bytes(4, "little") + levels


def _encodings(values: Values) -> list[int]:
    return [PLAIN, RLE, RLE_DICTIONARY] if values.dictionary is not None else [values.encoding, RLE]


def _header(kind: int, plain: int, length: int, number: int, *fields: int) -> bytes:
    """A page's header; `fields` are those of its kind of page, which is field `number`."""
    own = bytes([number - 3 << 4 | STRUCT]) + numbers(*fields)
    return numbers(kind, plain, length) + own + b"\0\0"


def _statistics(values: Values, missing: int) -> Struct:
    statistics: Struct = {3: Field(I64, missing)}
    if values.least is not None and values.greatest is not None:
        statistics |= {
            5: Field(BINARY, values.greatest),
            6: Field(BINARY, values.least),
            7: Field(TRUE, True),
            8: Field(TRUE, True),
        }
    return statistics
