"""Whether a format can hold the columns of a plan: asked before any work begins, by a cell of each type."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa

from synthmill.generators.engine.arrow_cells import cells_of
from synthmill.generators.engine.plan import ColumnPlan, Plan, TablePlan
from synthmill.generators.engine.recent import Recent
from synthmill.generators.engine.registry import Entry
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.formats import FORMATS


def check_format(plan: Plan, format_name: str) -> None:
    """Refuse (InvalidRequestError, field `format`) a format that refuses a column's type by TypeError."""
    entry = FORMATS.entry(format_name)
    columns = [(table.name, column) for table in plan.tables for column in table.columns]
    refused = [(table, column, why) for table, column in columns if (why := _refusal(entry, column.type))]
    if refused:
        able = [
            name
            for name in FORMATS.usable()
            if not any(_refusal(FORMATS.entry(name), c.type) for _, c in columns)
        ]
        fix = f"choose {' or '.join(able)}" if able else "choose other columns"
        raise InvalidRequestError(
            FieldError(
                "format", f"{format_name} can't hold {table}.{column.name} ({column.type}): {why}", fix
            )
            for table, column, why in refused
        )


_SAID: Recent[str] = Recent(4 * 2**20, len)
_BYTES_A_CHARACTER = 20.0
"""Of a type, by how long its name is: a type of many fields takes some hundred bytes for each."""


def _refusal(entry: Entry, type_: pa.DataType) -> str:
    """What a format says of a column type that it can't hold; empty where it can."""
    return _SAID.get((entry, type_), lambda: _said(entry, type_), _BYTES_A_CHARACTER * len(str(type_)))


def _said(entry: Entry, type_: pa.DataType) -> str:
    table = TablePlan("t", 1, 1, (ColumnPlan("c", type_, True, "any"),))
    try:
        cells = cells_of(
            pa.RecordBatch.from_arrays([pa.array([value_of(type_)], type_)], schema=table.schema)
        )
    except (pa.ArrowException, ValueError, TypeError):
        return ""  # There is none that we could try; making such a column shows it.
    try:
        FORMATS.load(entry).encode(table, cells, "none")
    except TypeError as error:
        return " ".join(str(error).split()) or "TypeError"
    return ""


def value_of(type_: pa.DataType) -> Any:
    """A cell of a type, with one of everything inside it."""
    if pa.types.is_struct(type_):
        return {field.name: value_of(field.type) for field in type_}
    if pa.types.is_list(type_) or pa.types.is_large_list(type_):
        return [value_of(type_.value_type)]
    if pa.types.is_fixed_size_list(type_):
        return [value_of(type_.value_type)] * type_.list_size
    if pa.types.is_map(type_):
        return [(value_of(type_.key_type), value_of(type_.item_type))]
    if pa.types.is_dictionary(type_):
        return value_of(type_.value_type)
    for is_such, value in _VALUES:
        if is_such(type_):
            return value
    return None


_VALUES = (
    (pa.types.is_boolean, True),
    (pa.types.is_integer, 1),
    (pa.types.is_floating, 0.5),
    (pa.types.is_decimal, Decimal(1)),
    (pa.types.is_date, dt.date(2024, 2, 29)),
    (pa.types.is_timestamp, dt.datetime(2024, 2, 29, tzinfo=dt.UTC)),
    (pa.types.is_time, dt.time(12)),
    (pa.types.is_duration, dt.timedelta(hours=1)),
    (pa.types.is_string, "text"),
    (pa.types.is_large_string, "text"),
    (pa.types.is_binary, b"bytes"),
    (pa.types.is_large_binary, b"bytes"),
)
