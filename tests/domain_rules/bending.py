"""Bent copies of a template's data: each breaks one of its domain rules, as its file in `bends` says."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import yaml

from synthmill.generators.engine.pipeline import make_plan, make_rows
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.staging import run_stages

Tables = dict[str, pa.Table]

FOLDER = Path(__file__).parent / "bends"


def bends(template: str) -> dict[str, str]:
    """By rule of a template, the SQL that makes its data break that rule. A new rule is one entry more."""
    found: dict[str, str] = yaml.safe_load((FOLDER / f"{template}.yaml").read_text("utf-8"))
    return found


def all_rows(recipe: Recipe) -> Tables:
    plan = make_plan(recipe)
    results = run_stages(plan)

    def rows(table: TablePlan) -> pa.Table:
        blocks = [table.block_range(block) for block in range(table.blocks)]
        made = [make_rows(plan, table.name, *block, None, results) for block in blocks]
        return pa.Table.from_batches(made, table.schema)

    return {table.name: rows(table) for table in plan.tables}


def bent(tables: Tables, sql: str) -> Tables:
    """A copy of the tables, changed by SQL."""
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, rows in tables.items():
            connection.register("given", rows)
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
        connection.execute(sql)
        return {name: connection.table(name).to_arrow_table() for name in tables}
