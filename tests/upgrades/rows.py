"""Rows for every table of a database of any revision, made from the schema that it has."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

STATES = {
    "jobs": ("queued", "running", "paused", "completed", "failed", "cancelled"),
    "parts": ("pending", "running", "done"),
    "streams": ("running", "paused", "stopped"),
    "uploads": ("receiving", "stored", "removing"),
    "models": ("storing", "stored", "removing"),
}
PARENTS = 6
CHILDREN = 18
"""Of each parent three, wherever more than one row may refer to it."""
_OWN = "alembic_version"

Rows = dict[str, list[dict[str, Any]]]


def fill(connection: Connection) -> None:
    """Give every table rows: of each state, and of every column that may be NULL with a value and without."""
    schema = _schema(connection)
    kept: Rows = {}
    for table in schema.sorted_tables:
        count = PARENTS if _once_for_each(table) else CHILDREN
        kept[table.name] = [_row(table, number, kept) for number in range(count)]
        connection.execute(table.insert(), kept[table.name])
    connection.commit()


def read(connection: Connection) -> Rows:
    """Every row of every table, in the order of their keys."""
    return {
        table.name: [
            dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in _schema(connection).sorted_tables
    }


def _schema(connection: Connection) -> sa.MetaData:
    schema = sa.MetaData()
    schema.reflect(connection)
    schema.remove(schema.tables[_OWN])
    return schema


def _once_for_each(table: sa.Table) -> bool:
    """Whether each row that this table's rows refer to is referred to by one of them at most."""
    unique = [set(table.primary_key.columns)]
    unique += [
        set(constraint.columns)
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    referring = {column for column in table.columns if column.foreign_keys}
    return any(columns <= referring for columns in unique) or not referring


def _row(table: sa.Table, number: int, kept: Rows) -> dict[str, Any]:
    return {column.name: _value(table, column, number, kept) for column in table.columns}


def _value(table: sa.Table, column: sa.Column[Any], number: int, kept: Rows) -> Any:
    if column.nullable and number % 3 == 1:
        return None
    for reference in column.foreign_keys:
        others = kept[reference.column.table.name]
        return others[number % len(others)][reference.column.name]
    if column.name == "state":
        # Not in step with the rows referred to, so that jobs of each state have parts of each.
        known = STATES[table.name]
        return known[(number // PARENTS if table.name == "parts" else number) % len(known)]
    if column.name == "recipe":
        return {"strategy": "tabular", "seed": number, "engine": str(number % 2 + 1), "parameters": {}}
    match column.type:
        case sa.JSON():
            return {"number": number, "text": "Zoë \u2028", "deep": [{"a": 0.1}, None, []]}
        case sa.Boolean():
            return number % 2 == 0
        case sa.LargeBinary():
            return bytes([0, 255, number])
        case sa.Integer():
            # Beyond what a float or 32 bits hold, but where the row's place is meant.
            return number if column.primary_key else 2**53 + 1 + number
        case sa.Float():
            return 1_700_000_000.123456 + number
        case sa.String(length=length):
            return f"{number}-{table.name}.{column.name} é"[:length]
    raise AssertionError(f"no value for {table.name}.{column.name} of type {column.type!r}")
