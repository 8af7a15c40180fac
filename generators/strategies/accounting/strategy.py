"""The strategy `accounting`: the books of some companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import marshmallow as ma

from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.costs import Estimate
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.stages import Results, Stage, StageContext
from synthmill.generators.strategies.accounting.building import build
from synthmill.generators.strategies.accounting.costs import accounting_costs
from synthmill.generators.strategies.accounting.documents import Journal
from synthmill.generators.strategies.accounting.parameters import AccountingParameters, sizes
from synthmill.generators.strategies.accounting.rows.anomaly_labels import Labels, labels_table
from synthmill.generators.strategies.accounting.rows.balances import STAGE, Balances, trial_balance_table
from synthmill.generators.strategies.accounting.rows.closing import Closing, closing_tables
from synthmill.generators.strategies.accounting.rows.entries import Entries, entries_table
from synthmill.generators.strategies.accounting.rows.journal_lines import JournalLines, lines_table
from synthmill.generators.strategies.accounting.rows.master_tables import (
    compiled_masters,
    counts_of,
    master_tables,
)
from synthmill.generators.strategies.accounting.rows.masters import Masters
from synthmill.generators.strategies.accounting.rows.open_items import OpenItems, open_items_table
from synthmill.generators.strategies.accounting.rows.partners import Partners
from synthmill.generators.strategies.accounting.rows.statements import Statements, statement_tables
from synthmill.generators.strategies.accounting.world import World
from synthmill.generators.tables.table import Table


@dataclass(frozen=True, eq=False)
class _Compiled:
    world: World
    masters: Mapping[str, Table]

    @cached_property
    def journal(self) -> Journal:
        return Journal(self.world)

    @cached_property
    def partners(self) -> Partners:
        return Partners(self.world, self.masters)

    @cached_property
    def standing(self) -> Masters:
        return Masters(self.world, self.masters, self.partners)

    @cached_property
    def entries(self) -> Entries:
        return Entries(self.journal, self.partners)

    @cached_property
    def lines(self) -> JournalLines:
        return JournalLines(self.journal, self.entries)

    @cached_property
    def open_items(self) -> OpenItems:
        return OpenItems(self.journal, self.entries)

    @cached_property
    def labels(self) -> Labels:
        return Labels(self.journal)

    @cached_property
    def balances(self) -> Balances:
        return Balances(self.journal, self.entries, self.closing)

    @cached_property
    def statements(self) -> Statements:
        return Statements(self.journal, self.entries, self.balances)

    @cached_property
    def closing(self) -> Closing:
        return Closing(self.journal, self.entries)


@dataclass(frozen=True)
class Accounting:
    name: str = "accounting"
    title: str = "Accounting"
    description: str = (
        "The books of some companies: orders, deliveries, invoices and payments, and what is posted besides,"
        " balanced to the cent."
    )
    Parameters: type[ma.Schema] = AccountingParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return ()

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        world = build(parameters, seed)
        asked = sizes(dict(parameters))
        compiled = _Compiled(world, compiled_masters(world, asked))
        tables = [
            entries_table(int(world.documents_before[-1])),
            lines_table(int(world.lines_before[-1])),
            *master_tables(counts_of(world, asked)),
            *closing_tables(*compiled.closing.counts),
            trial_balance_table(len(world.companies) * world.months),
            *statement_tables(len(world.companies), world.months),
            open_items_table(compiled.open_items.rows),
            labels_table(compiled.labels.rows),
        ]
        return Plan(self.name, tuple(table for table in tables if table.rows), compiled)

    def costs(self, parameters: Mapping[str, Any]) -> Estimate:
        return accounting_costs(parameters)

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        compiled: _Compiled = plan.data
        wanted = columns if columns is not None else [one.name for one in plan.table(table).columns]
        if table == "journal_entries":
            return compiled.entries.cells(start, stop, wanted)
        if table == "journal_lines":
            return compiled.lines.cells(start, stop, wanted)
        if table == "open_items":
            return compiled.open_items.cells(start, stop, wanted)
        if table == "anomaly_labels":
            return compiled.labels.cells(start, stop, wanted)
        if table == "closing_entries":
            return compiled.closing.entries_cells(start, stop, wanted)
        if table == "closing_lines":
            posted = compiled.balances.posted(results)
            return compiled.closing.lines_cells(start, stop, wanted, posted)
        if table == "trial_balance":
            return compiled.balances.cells(start, stop, wanted, results)
        if table in compiled.statements:
            return compiled.statements.cells(table, start, stop, wanted, results)
        return compiled.standing.cells(table, start, stop, wanted)

    def next_stage(self, plan: Plan, results: Results) -> Stage | None:
        return None if STAGE in results else plan.data.balances.stage

    def work(
        self,
        plan: Plan,
        stage: Stage,
        start: int,
        stop: int,
        results: Results,
        context: StageContext | None,
    ) -> bytes:
        made: bytes = plan.data.balances.work(start, stop)
        return made

    def combine(self, plan: Plan, stage: Stage, left: bytes, right: bytes) -> bytes:
        made: bytes = plan.data.balances.combine(left, right)
        return made


STRATEGY = Accounting()
