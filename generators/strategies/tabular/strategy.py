"""The strategy `tabular`: from a plan to record batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.engine.cells import Cells, to_batch
from synthmill.generators.engine.plan import MAX_BLOCK_ROWS, ColumnPlan, ForeignKey, Plan, TablePlan
from synthmill.generators.strategies.tabular.endless import endless
from synthmill.generators.strategies.tabular.keys import foreign_keys, primary_key
from synthmill.generators.strategies.tabular.parameters import TabularParameters
from synthmill.generators.strategies.tabular.planning import compile_tables
from synthmill.generators.strategies.tabular.rows import TableRows
from synthmill.generators.strategies.tabular.table import Table

BLOCK_BYTES = 16 * 2**20
"""What a block may come to, as text with its columns' names, by estimate."""


@dataclass(frozen=True)
class Tabular:
    name: str = "tabular"
    title: str = "Tables"
    description: str = "Related tables with columns of many kinds; every cell follows from its place alone."
    pure: bool = True
    Parameters: type[ma.Schema] = TabularParameters

    def plan(self, parameters: Mapping[str, Any], seed: int) -> Plan:
        tables = compile_tables(parameters, seed)
        plans = tuple(_table_plan(table, tables[table["name"]]) for table in parameters["tables"])
        return Plan(plans, tables)

    def rows(self, plan: Plan, table: str, start: int, stop: int) -> pa.RecordBatch:
        return to_batch(self.cells(plan, table, start, stop), plan.table(table).schema)

    def cells(self, plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
        rows = TableRows(plan.data[table], np.arange(start, stop, dtype=np.uint64))
        return {column.name: rows.cells(column.name) for column in plan.table(table).columns}

    def endless(self, parameters: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
        return endless(parameters, table)

    def events(self, plan: Plan, table: str, start: int, stop: int) -> pa.RecordBatch:
        return self.rows(plan, table, start, stop)


def _table_plan(parameters: Mapping[str, Any], table: Table) -> TablePlan:
    columns = tuple(
        ColumnPlan(
            column["name"],
            compiled.type,
            table.nullable(column["name"]),
            column["kind"],
            compiled.pii,
        )
        for column in parameters["columns"]
        for compiled in (table.columns[column["name"]],)
    )
    return TablePlan(
        name=table.name,
        rows=table.rows,
        block_rows=_block_rows(table),
        columns=columns,
        primary_key=primary_key(parameters, table),
        foreign_keys=tuple(
            ForeignKey((own,), *there) for own, there in foreign_keys((c.name for c in columns), table)
        ),
    )


def _block_rows(table: Table) -> int:
    """The largest power of two up to MAX_BLOCK_ROWS with which a block stays within BLOCK_BYTES."""
    width = sum(len(name) + 6 + column.width for name, column in table.columns.items())
    block = MAX_BLOCK_ROWS
    while block > 1 and block * width > BLOCK_BYTES:
        block //= 2
    return block


STRATEGY = Tabular()
