"""How many rows each table gets when a request gives `rows` beside the parameters."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.errors import FiniteTableError, InvalidRequestError, did_you_mean
from synthmill.generators.schema.json_values import shown

Rows = int | Mapping[str, int] | None
"""A number (for the main or only table), a number per table, or nothing."""


class RowCounts(ma.fields.Field[Any]):
    """A number, or an object with a number per table."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if value == {}:
            raise ma.ValidationError("the object names no table")
        if isinstance(value, dict) or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise ma.ValidationError(f"{shown(value)} is neither a whole number nor an object")


def tables_by_name(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The tables in a strategy's parameters by name: those of a list, or the one that is its `table`."""
    tables = parameters.get("tables")
    if not isinstance(tables, list):
        only = parameters.get("table")
        return {only: parameters} if isinstance(only, str) else {}
    return {
        table["name"]: table
        for table in tables
        if isinstance(table, dict) and isinstance(table.get("name"), str)
    }


def choose_table(table: str | None, tables: Container[str], able: Sequence[str]) -> str:
    """The table that is meant, or the only one of those that are able to go on. Raises FiniteTableError."""
    fix = f"tables that go on: {', '.join(able)}"
    if table is None and len(able) != 1:
        raise FiniteTableError(f"{len(able)} of the tables can go on, and none is named", fix)
    if table is not None and table not in tables:
        raise FiniteTableError(f"there is no table {table!r}", fix)
    return able[0] if table is None else table


def check_count(count: object, field: str) -> int:
    """The count, if a table may have as many rows. Raises InvalidRequestError."""
    fix = f"give a whole number from 1 to {limits.MAX_TABLE_ROWS}"
    if not isinstance(count, int) or isinstance(count, bool):
        raise InvalidRequestError.one(field, f"{shown(count)} isn't a whole number", fix)
    if not 1 <= count <= limits.MAX_TABLE_ROWS:
        raise InvalidRequestError.one(
            field, f"{shown(count)} is outside the limit of 1 to {limits.MAX_TABLE_ROWS} rows a table", fix
        )
    return count


def wished_counts(rows: Rows, tables: Mapping[str, object], main: str | None) -> dict[str, int]:
    """The counts that a request's `rows` names: per table, or one for the main (or the only) table."""
    if rows is None:
        return {}
    names = ", ".join(tables)
    if not tables:
        raise InvalidRequestError.one(
            "rows", "the parameters list no tables that rows could be for", "say the size in `parameters`"
        )
    if isinstance(rows, Mapping):
        for table, count in rows.items():
            if table not in tables:
                near = did_you_mean(table, tables)
                raise InvalidRequestError.one(
                    f"rows.{table}", f"there is no such table{near}", f"tables: {names}"
                )
            check_count(count, f"rows.{table}")
        return dict(rows)
    if main is None and len(tables) > 1:
        raise InvalidRequestError.one(
            "rows", f"one number for {len(tables)} tables", f"give an object with a number per table: {names}"
        )
    return {main or next(iter(tables)): check_count(rows, "rows")}


def apply_rows(parameters: dict[str, Any], rows: Rows) -> None:
    """Write a request's `rows` into the parameters of a strategy, over what they say themselves."""
    tables = tables_by_name(parameters)
    for name, count in wished_counts(rows, tables, None).items():
        tables[name]["rows"] = count
