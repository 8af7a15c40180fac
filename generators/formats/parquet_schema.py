"""How Parquet's footer describes columns, for the column types that we write ourselves.

Numbers of fields and values by https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.formats.thrift import (
    BINARY,
    BYTE,
    I32,
    I64,
    LIST,
    STRUCT,
    TRUE,
    Field,
    Items,
    Struct,
    Writer,
    Written,
)

BOOLEAN, INT32, INT64, FLOAT, DOUBLE, BYTE_ARRAY = 0, 1, 2, 4, 5, 6
_REQUIRED, _OPTIONAL = 0, 1
_UTF8, _DECIMAL, _DATE = 0, 5, 6
_TIMESTAMPS = {"ms": 9, "us": 10}
_INTEGERS = {("u", 8): 11, ("u", 16): 12, ("i", 8): 15, ("i", 16): 16}
_UNITS = {"ms": 1, "us": 2, "ns": 3}
_FORMAT_VERSION = 2
_CREATED_BY = b"synthmill-parquet version 2.0.0"
"""Counts with the codec, not with releases of Synthmill, so that a release alone doesn't change bytes."""


@dataclass(frozen=True)
class Stored:
    """How a column type is stored."""

    physical: int
    annotations: tuple[tuple[int, Field], ...] = ()
    """Fields of the SchemaElement that say what the stored values mean."""

    @property
    def bits(self) -> int:
        """Of a stored integer."""
        return 32 if self.physical == INT32 else 64


@cache
def stored(type_: pa.DataType) -> Stored | None:
    """How we store a column type; None if we leave it to pyarrow."""
    if pt.is_boolean(type_):
        return Stored(BOOLEAN)
    if pt.is_float64(type_) or pt.is_float32(type_):
        return Stored(DOUBLE if pt.is_float64(type_) else FLOAT)
    if pt.is_string(type_) or pt.is_large_string(type_):
        return Stored(BYTE_ARRAY, _meaning(_UTF8, 1, {}))
    if pt.is_date32(type_):
        return Stored(INT32, _meaning(_DATE, 6, {}))
    if pt.is_timestamp(type_):
        return _timestamp(type_)
    if pt.is_decimal128(type_):
        return _decimal(type_)
    return _integer(type_)


def _integer(type_: pa.DataType) -> Stored | None:
    if type_ in (pa.int32(), pa.int64()):
        return Stored(INT32 if type_ == pa.int32() else INT64)
    if type_ not in (pa.int8(), pa.int16(), pa.uint8(), pa.uint16()):
        return None
    sign = "i" if pt.is_signed_integer(type_) else "u"
    logical = {1: Field(BYTE, type_.bit_width), 2: Field(TRUE, sign == "i")}
    return Stored(INT32, _meaning(_INTEGERS[sign, type_.bit_width], 10, logical))


def _decimal(type_: pa.DataType) -> Stored | None:
    if type_.precision > 18 or type_.scale < 0:
        return None
    scale, precision = Field(I32, type_.scale), Field(I32, type_.precision)
    older, logical = _meaning(_DECIMAL, 5, {1: scale, 2: precision})
    return Stored(INT32 if type_.precision <= 9 else INT64, (older, (7, scale), (8, precision), logical))


def _timestamp(type_: pa.DataType) -> Stored | None:
    if type_.tz not in (None, "UTC") or type_.unit not in _UNITS:
        return None
    unit = {_UNITS[type_.unit]: Field(STRUCT, {})}
    logical = {1: Field(TRUE, type_.tz is not None), 2: Field(STRUCT, unit)}
    # The older annotation knows instants alone, and no nanoseconds.
    return Stored(INT64, _meaning(_TIMESTAMPS.get(type_.unit) if type_.tz else None, 8, logical))


def _meaning(converted: int | None, number: int, logical: Struct) -> tuple[tuple[int, Field], ...]:
    """The older annotation, and the logical type of this number."""
    older = () if converted is None else ((6, Field(I32, converted)),)
    return (*older, (10, Field(STRUCT, {number: Field(STRUCT, logical)})))


def ours(table: TablePlan) -> bool:
    """Whether we write a table's pages ourselves: by its plan, so that all of its blocks are alike."""
    return all(stored(column.type) is not None for column in table.columns)


def file_metadata(table: TablePlan, rows: int, groups: Written) -> bytearray:
    """The footer of a table that is ours; `groups` are its row groups' metadata."""
    root: Struct = {4: Field(BINARY, b"schema"), 5: Field(I32, len(table.columns))}
    elements = [root, *(_element(column) for column in table.columns)]
    order: Struct = {1: Field(STRUCT, {})}
    writer = Writer()
    writer.struct(
        {
            1: Field(I32, _FORMAT_VERSION),
            2: Field(LIST, Items(STRUCT, list(elements))),
            3: Field(I64, rows),
            4: Field(LIST, groups),
            6: Field(BINARY, _CREATED_BY),
            7: Field(LIST, Items(STRUCT, [order] * len(table.columns))),
        }
    )
    return writer.out


def _element(column: ColumnPlan) -> Struct:
    kept = stored(column.type)
    assert kept is not None
    return {
        1: Field(I32, kept.physical),
        3: Field(I32, _OPTIONAL if column.nullable else _REQUIRED),
        4: Field(BINARY, column.name.encode()),
        **dict(kept.annotations),
    }
