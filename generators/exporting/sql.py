"""A dataset as one SQL script that PostgreSQL or SQLite loads, with types, primary and foreign keys."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.engine.inputs import NO_INPUTS, InputPaths
from synthmill.generators.engine.pipeline import make_plan, make_rows
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Plan, TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.stages import Results
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import UnknownNameError
from synthmill.generators.exporting.keys import foreign_keys

DIALECTS = ("postgresql", "sqlite")
_BATCH = 500
"""Rows of one INSERT."""


def sql(recipe: Recipe, dialect: str, inputs: InputPaths = NO_INPUTS) -> Iterator[str]:
    """The script, in pieces of a block at most: tables, rows, then keys, in one transaction.

    Raises UnknownNameError for another dialect. Rows are made from the recipe as they are written.
    """
    if dialect not in DIALECTS:
        raise UnknownNameError("dialect", dialect, DIALECTS)
    plan = make_plan(recipe, inputs)
    results = run_stages(plan)
    declared = {table["name"]: table for table in recipe.parameters.get("tables", []) if "columns" in table}
    keys = {table.name: list(foreign_keys(plan, table, declared.get(table.name))) for table in plan.tables}
    yield "BEGIN;\n"
    for table in plan.tables:
        yield _create(table, declared.get(table.name), keys[table.name], dialect)
    for table in plan.tables:
        yield from _rows(plan, table, dialect, results)
    if dialect == "postgresql":
        # Afterwards, so that rows may come in any order, and checking them once is quicker.
        for table in plan.tables:
            yield from (
                f"ALTER TABLE {_quoted(table.name)} ADD {_foreign(key)};\n" for key in keys[table.name]
            )
    yield "COMMIT;\n"


def sql_type(column: ColumnPlan, parameters: Mapping[str, Any], dialect: str) -> str:
    """The type that the recipe names, or the one that holds all values of the column."""
    named = parameters.get("sql_type")
    if named:
        return str(named)
    kind, lite = column.type, dialect == "sqlite"
    if pt.is_decimal(kind):
        return f"NUMERIC({kind.precision}, {kind.scale})"
    for is_kind, postgres, other in (
        (pt.is_boolean, "BOOLEAN", "BOOLEAN"),
        (pt.is_integer, "BIGINT", "INTEGER"),
        (pt.is_floating, "DOUBLE PRECISION", "REAL"),
        (pt.is_date, "DATE", "DATE"),
        (pt.is_timestamp, "TIMESTAMPTZ", "TIMESTAMP"),
        (pt.is_nested, "JSONB", "TEXT"),
    ):
        if is_kind(kind):
            return other if lite else postgres
    return "TEXT"


def _create(
    table: TablePlan, declared: Mapping[str, Any] | None, keys: Sequence[ForeignKey], dialect: str
) -> str:
    parameters = {column["name"]: column for column in declared["columns"]} if declared else {}
    lines = [
        f"{_quoted(column.name)} {sql_type(column, parameters.get(column.name, {}), dialect)}"
        f"{'' if column.nullable else ' NOT NULL'}"
        for column in table.columns
    ]
    if table.primary_key:
        lines.append(f"PRIMARY KEY ({_listed(table.primary_key)})")
    if dialect == "sqlite":
        # SQLite adds no key to a table that is there; deferred ones are looked at when all rows are.
        lines += [f"{_foreign(key)} DEFERRABLE INITIALLY DEFERRED" for key in keys]
    return f"CREATE TABLE {_quoted(table.name)} (\n  " + ",\n  ".join(lines) + "\n);\n"


def _foreign(key: ForeignKey) -> str:
    return f"FOREIGN KEY ({_listed(key.columns)}) REFERENCES {_quoted(key.table)} ({_listed(key.references)})"


def _rows(plan: Plan, table: TablePlan, dialect: str, results: Results) -> Iterator[str]:
    head = f"INSERT INTO {_quoted(table.name)} ({_listed([c.name for c in table.columns])}) VALUES\n"
    for block in range(table.blocks):
        batch = make_rows(plan, table.name, *table.block_range(block), None, results)
        lines = list(zip(*(_literals(column, dialect) for column in batch.columns), strict=True))
        pieces = []
        for start in range(0, len(lines), _BATCH):
            rows = ",\n".join(f"({', '.join(line)})" for line in lines[start : start + _BATCH])
            pieces.append(f"{head}{rows};\n")
        yield "".join(pieces)


def _literals(column: pa.Array, dialect: str) -> list[str]:
    kind = column.type
    if pt.is_boolean(kind):
        return ["NULL" if v is None else "TRUE" if v else "FALSE" for v in column.to_pylist()]
    if pt.is_floating(kind):
        return [_double(value, dialect) for value in column.to_pylist()]
    if pt.is_nested(kind):
        return [
            "NULL" if v is None else _text(json.dumps(v, default=str, ensure_ascii=False))
            for v in column.to_pylist()
        ]
    bare = pt.is_integer(kind) or pt.is_decimal(kind)
    texts = pc.cast(column, pa.string()).to_pylist()
    return ["NULL" if v is None else v if bare else _text(v) for v in texts]


def _double(value: float | None, dialect: str) -> str:
    if value is None or (value - value != 0 and dialect == "sqlite"):
        return "NULL"
    return repr(value) if value - value == 0 else f"'{value}'"


def _text(value: str) -> str:
    # Neither database can hold a NUL in a text.
    return "'" + value.replace("'", "''").replace("\0", "") + "'"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_quoted, names))


def _quoted(name: str) -> str:
    return f'"{name}"'
