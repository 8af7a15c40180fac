"""Values as text, a column at a time: what CSV and JSON Lines have in common.

Every type has one fixed text form, so a column's cells look alike whatever their values:
booleans `true` and `false`, decimals with all digits of their scale, dates `2024-12-31`, timestamps
`2024-12-31T23:59:59` with as many further digits as their unit has (none, 3, 6 or 9) and with `Z` where
the type has a time zone (instants are written in UTC), floats with the fewest digits that read back equal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.engine.arrays import strings
from synthmill.generators.formats.nested_json import json_text

TEXT = pa.large_string()
"""Offsets of 64 bits: a block's text may pass 2 GiB."""

_SCIENTIFIC_SCALE = 6
"""Beyond this scale pyarrow writes small decimals as 1E-7."""


def text(value: str) -> pa.Scalar:
    return strings([value]).cast(TEXT)[0]


def holds_text(column_type: pa.DataType) -> bool:
    """Whether cells of this type are text of any kind, which may need quotes or escapes."""
    if pt.is_dictionary(column_type):
        return holds_text(column_type.value_type)
    return bool(pt.is_string(column_type) or pt.is_large_string(column_type))


def holds_numbers(column_type: pa.DataType) -> bool:
    """Whether cells of this type are numbers, booleans, objects or lists: in JSON without quotes."""
    if pt.is_dictionary(column_type):
        return holds_numbers(column_type.value_type)
    return bool(
        pt.is_integer(column_type)
        or pt.is_floating(column_type)
        or pt.is_decimal(column_type)
        or pt.is_boolean(column_type)
        or pt.is_struct(column_type)
        or pt.is_list(column_type)
    )


def as_text(column: pa.Array) -> pa.Array:
    """The column's cells as large strings, nulls staying null. Raises TypeError for any other type."""
    kind = column.type
    if pt.is_dictionary(kind):
        return as_text(column.dictionary).take(column.indices)
    if pt.is_timestamp(kind):
        return _timestamps(column)
    if pt.is_decimal(kind):
        return _decimals(column)
    if pt.is_struct(kind) or pt.is_list(kind):
        return json_text(column, as_text, holds_numbers)
    if holds_text(kind) or holds_numbers(kind) or pt.is_date32(kind) or pt.is_time(kind):
        return column.cast(TEXT)
    raise TypeError(f"no text for a column of type {kind}")


def joined(columns: Sequence[pa.Array | pa.Scalar], separator: str, null: str = "") -> pa.Array:
    """Row by row, the cells of all columns in one large string."""
    return pc.binary_join_element_wise(
        *columns, text(separator), null_handling="replace", null_replacement=null
    )


def as_bytes(rows: pa.Array) -> bytes:
    """The strings of an array end to end."""
    _, offsets, data = rows.buffers()
    ends = np.frombuffer(offsets, np.int64, len(rows) + 1, rows.offset * 8)
    return bytes(memoryview(data)[ends[0] : ends[-1]]) if data is not None else b""


def _timestamps(column: pa.Array) -> pa.Array:
    # Viewed without their zone, timestamps are UTC, and pyarrow writes them 12 times faster.
    written = column.view(pa.timestamp(column.type.unit)).cast(TEXT)
    written = pc.binary_replace_slice(written, 10, 11, "T")
    if column.type.tz is None:
        return written
    return pc.binary_join_element_wise(written, text("Z"), text(""))


def _decimals(column: pa.Array) -> pa.Array:
    scale = column.type.scale
    if 0 <= scale <= _SCIENTIFIC_SCALE:
        return column.cast(TEXT)
    if scale < 0:
        return column.cast(pa.decimal256(76, 0)).cast(TEXT)
    whole_type = type(column.type)
    unscaled = pa.Array.from_buffers(
        getattr(pa, whole_type.__name__.removesuffix("Type").lower())(column.type.precision, 0),
        len(column),
        column.buffers(),
        offset=column.offset,
    ).cast(TEXT)
    sign = pc.if_else(pc.starts_with(unscaled, "-"), text("-"), text(""))
    digits = pc.utf8_lpad(pc.replace_substring(unscaled, "-", ""), scale + 1, "0")
    whole = pc.utf8_slice_codeunits(digits, 0, -scale)
    fraction = pc.utf8_slice_codeunits(digits, -scale)
    return pc.binary_join_element_wise(sign, whole, text("."), fraction, text(""))
