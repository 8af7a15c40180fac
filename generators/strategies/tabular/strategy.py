"""The strategy `tabular`: the column engine, with parameters and tables that go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.costs import Estimate
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.stages import Results
from synthmill.generators.strategies.tabular.endless import endless
from synthmill.generators.strategies.tabular.parameters import TabularParameters
from synthmill.generators.tables.costing import table_costs
from synthmill.generators.tables.planning import plan_tables
from synthmill.generators.tables.rows import table_cells


@dataclass(frozen=True)
class Tabular:
    name: str = "tabular"
    title: str = "Tables"
    description: str = "Related tables with columns of many kinds; every cell follows from its place alone."
    Parameters: type[ma.Schema] = TabularParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return ()

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        return plan_tables(self.name, parameters, seed)

    def costs(self, parameters: Mapping[str, Any]) -> Estimate:
        return table_costs(parameters)

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        return table_cells(plan, table, start, stop, columns)

    def endless(self, parameters: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
        return endless(parameters, table)

    def events(self, plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
        return table_cells(plan, table, start, stop, None)


STRATEGY = Tabular()
