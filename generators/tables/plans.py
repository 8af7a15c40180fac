"""What a strategy with tables of columns asks of this room: a plan, and cells of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.plan import (
    BLOCK_BYTES,
    ColumnPlan,
    ForeignKey,
    Plan,
    TablePlan,
    block_rows,
)
from synthmill.generators.tables.planning import compile_tables
from synthmill.generators.tables.rows import TableRows
from synthmill.generators.tables.table import Table, foreign_keys, primary_key


@dataclass(frozen=True)
class CompiledTables:
    """What a plan's `data` is, or may have as its attribute `tables` besides what else a strategy needs."""

    tables: Mapping[str, Table]


def plan_tables(strategy: str, parameters: Mapping[str, Any], seed: int) -> Plan:
    """The plan of a strategy whose loaded parameters have `tables` as `tabular` has them.

    Raises InvalidRequestError with all that can't be satisfied.
    """
    tables = compile_tables(parameters, seed)
    plans = tuple(_table_plan(table, tables[table["name"]]) for table in parameters["tables"])
    return Plan(strategy, plans, CompiledTables(tables))


def tables_of(plan: Plan) -> Mapping[str, Table]:
    """The compiled tables of a plan, by name. Raises TypeError where its strategy doesn't stand on them."""
    found = getattr(plan.data, "tables", None)
    if not isinstance(found, Mapping):
        raise TypeError(f"a plan of {plan.strategy} has no compiled tables")
    return found


def table_cells(
    plan: Plan, table: str, start: int, stop: int, columns: Sequence[str] | None
) -> Mapping[str, Cells]:
    """What `Strategy.cells` gives: chosen columns of rows, and no column that none of them depends on."""
    rows = TableRows(tables_of(plan)[table], np.arange(start, stop, dtype=np.uint64))
    names = columns if columns is not None else [one.name for one in plan.table(table).columns]
    return {name: rows.cells(name) for name in names}


def _table_plan(parameters: Mapping[str, Any], table: Table) -> TablePlan:
    columns = tuple(_column_plan(column, table) for column in parameters["columns"])
    width = sum(len(name) + 6 + column.width for name, column in table.columns.items())
    return TablePlan(
        name=table.name,
        rows=table.rows,
        block_rows=block_rows(lambda rows: rows * width <= BLOCK_BYTES),
        columns=columns,
        primary_key=primary_key(parameters, table),
        foreign_keys=tuple(
            ForeignKey((own,), *there) for own, there in foreign_keys((c.name for c in columns), table)
        ),
    )


def _column_plan(parameters: Mapping[str, Any], table: Table) -> ColumnPlan:
    name = parameters["name"]
    column = table.columns[name]
    return ColumnPlan(
        name,
        column.type,
        table.nullable(name),
        parameters["kind"],
        column.pii,
        column.width,
        column.packing,
    )
