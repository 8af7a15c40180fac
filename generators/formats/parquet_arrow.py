"""Parquet by pyarrow: blocks of tables with columns that we don't write ourselves.

pyarrow writes each block as a whole small file. Its row group's bytes are the block's body; what its footer
says of the row group is the block's footer.
"""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt

from synthmill.generators.formats import row_group
from synthmill.generators.formats.contract import Encoded
from synthmill.generators.formats.thrift import I64, Field, Reader, Writer, Written

_MAGIC = b"PAR1"
_LEVELS = {"none": None, "gzip": 1, "zstd": 1}
_SAMPLE_ROWS = 4_096
_NUM_ROWS, _ROW_GROUPS = 3, 4
"""Fields of Parquet's FileMetaData."""


def encode(table: pa.Table, compression: str) -> Encoded:
    """A block."""
    written = _write(table, compression)
    start = _footer_start(written)
    groups = Reader(written, start).struct()[_ROW_GROUPS].value.values
    return Encoded(written[len(_MAGIC) : start], row_group.pack(groups[0]))


def file_metadata(schema: pa.Schema, compression: str, rows: int, groups: Written) -> bytearray:
    """The footer of a file; all but its row groups and rows is that of a file without rows."""
    empty = _write(schema.empty_table(), compression)
    metadata = Reader(empty, _footer_start(empty)).struct()
    metadata[_NUM_ROWS] = Field(I64, rows)
    metadata[_ROW_GROUPS] = Field(metadata[_ROW_GROUPS].type, groups)
    writer = Writer()
    writer.struct(metadata)
    return writer.out


def _footer_start(written: bytes) -> int:
    return len(written) - 8 - int.from_bytes(written[-8:-4], "little")


def _write(table: pa.Table, compression: str) -> bytes:
    """A whole Parquet file with the table in one row group."""
    out = io.BytesIO()
    dictionary, encodings = _encodings(table, compression)
    with pq.ParquetWriter(
        out,
        table.schema,
        compression=compression,
        compression_level=_LEVELS[compression],
        use_dictionary=dictionary,
        column_encoding=encodings,
        write_statistics=True,
        write_page_index=False,
        store_decimal_as_integer=True,
    ) as writer:
        if table.num_rows:
            writer.write_table(table, row_group_size=table.num_rows)
    return out.getvalue()


def _encodings(table: pa.Table, compression: str) -> tuple[list[str], dict[str, str]]:
    """Columns for a dictionary, and how the others are encoded where plain isn't best, from their first rows.

    A dictionary where values repeat; whole numbers, dates and timestamps otherwise as differences; floats
    byte by byte where that helps a compression. The choice is the block's own: footers say it per row group.
    """
    dictionary: list[str] = []
    encodings: dict[str, str] = {}
    for field, column in zip(table.schema, table.columns, strict=True):
        sample = column.slice(0, _SAMPLE_ROWS)
        if _repeats(field.type, sample):
            dictionary.append(field.name)
        elif _is_whole(field.type):
            encodings[field.name] = "DELTA_BINARY_PACKED"
        elif pt.is_floating(field.type) and compression != "none":
            encodings[field.name] = "BYTE_STREAM_SPLIT"
    return dictionary, encodings


def _repeats(kind: pa.DataType, sample: Any) -> bool:
    if pt.is_boolean(kind) or pt.is_nested(kind):
        return False
    if pt.is_dictionary(kind):
        return True
    share = 2 if pt.is_string(kind) or pt.is_large_string(kind) else 8
    return bool(pc.count_distinct(sample).as_py() * share <= len(sample))


def _is_whole(kind: pa.DataType) -> bool:
    """Whether Parquet stores the type as integers of 32 or 64 bits."""
    if pt.is_decimal(kind):
        return bool(kind.precision <= 18)
    return bool(pt.is_integer(kind) or pt.is_temporal(kind))
