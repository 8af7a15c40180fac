"""The strategy `tabular`: from a plan to cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.plan import BLOCK_BYTES, ColumnPlan, ForeignKey, Plan, TablePlan, block_rows
from synthmill.generators.engine.stages import NO_RESULTS, Results
from synthmill.generators.strategies.tabular.endless import endless
from synthmill.generators.strategies.tabular.keys import foreign_keys, primary_key
from synthmill.generators.strategies.tabular.parameters import TabularParameters
from synthmill.generators.strategies.tabular.planning import compile_tables
from synthmill.generators.strategies.tabular.rows import TableRows
from synthmill.generators.strategies.tabular.table import Table


@dataclass(frozen=True)
class Tabular:
    name: str = "tabular"
    title: str = "Tables"
    description: str = "Related tables with columns of many kinds; every cell follows from its place alone."
    Parameters: type[ma.Schema] = TabularParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return ()

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        tables = compile_tables(parameters, seed)
        plans = tuple(_table_plan(table, tables[table["name"]]) for table in parameters["tables"])
        return Plan(self.name, plans, tables)

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        rows = TableRows(plan.data[table], np.arange(start, stop, dtype=np.uint64))
        names = columns if columns is not None else [one.name for one in plan.table(table).columns]
        return {name: rows.cells(name) for name in names}

    def endless(self, parameters: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
        return endless(parameters, table)

    def events(self, plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
        return self.cells(plan, table, start, stop, None, NO_RESULTS)


def _table_plan(parameters: Mapping[str, Any], table: Table) -> TablePlan:
    columns = tuple(
        ColumnPlan(
            column["name"],
            compiled.type,
            table.nullable(column["name"]),
            column["kind"],
            compiled.pii,
            compiled.width,
            compiled.packing,
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
    width = sum(len(name) + 6 + column.width for name, column in table.columns.items())
    return block_rows(lambda rows: rows * width <= BLOCK_BYTES)


STRATEGY = Tabular()
