"""Entries of accounts, each with the total of its account: known once all entries have been added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.plan import ColumnPlan, Plan, TablePlan
from synthmill.generators.engine.stages import Results, Stage, StageContext
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, key, mix
from synthmill.generators.schema.fields import Parameters, Whole

STAGE = "totals"


class LedgerParameters(Parameters):
    """Entries of accounts."""

    entries = Whole("How many entries there are.", 1, 10**9, examples=[1_000])
    accounts = Whole("How many accounts they are of.", 1, 10_000, default=10)
    block_entries = Whole("Entries that are added up at a time.", 1, 2**20, default=100)


@dataclass(frozen=True)
class Ledger:
    name: str = "ledger"
    title: str = "Ledger"
    description: str = "Entries with the totals of their accounts."
    Parameters: type[ma.Schema] = LedgerParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return ()

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        entries = TablePlan(
            "entries",
            parameters["entries"],
            256,
            tuple(
                ColumnPlan(name, pa.int64(), False, name, width=6) for name in ("account", "amount", "total")
            ),
            needs=(STAGE,),
        )
        accounts = TablePlan(
            "accounts", parameters["accounts"], 256, (ColumnPlan("id", pa.int64(), False, "sequence"),)
        )
        return Plan(self.name, (entries, accounts), {**parameters, "seed": seed})

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        if table == "accounts":
            return {"id": Integers(np.arange(start, stop, dtype=np.int64))}
        wanted = columns if columns is not None else ("account", "amount", "total")
        made: dict[str, Cells] = {}
        for name in wanted:
            if name == "total":
                totals = results.once(STAGE, lambda: np.frombuffer(results.combined(STAGE), np.int64))
                made[name] = Integers(totals[_drawn(plan, "account", start, stop)])
            else:
                made[name] = Integers(_drawn(plan, name, start, stop))
        return made

    def next_stage(self, plan: Plan, results: Results) -> Stage | None:
        if STAGE in results:
            return None
        data = plan.data
        return Stage(STAGE, data["entries"], data["block_entries"], max_bytes=8 * data["accounts"])

    def work(
        self,
        plan: Plan,
        stage: Stage,
        start: int,
        stop: int,
        results: Results,
        context: StageContext | None,
    ) -> bytes:
        totals = np.zeros(plan.data["accounts"], np.int64)
        np.add.at(totals, _drawn(plan, "account", start, stop), _drawn(plan, "amount", start, stop))
        return totals.tobytes()

    def combine(self, plan: Plan, stage: Stage, left: bytes, right: bytes) -> bytes:
        return (np.frombuffer(left, np.int64) + np.frombuffer(right, np.int64)).tobytes()


def _drawn(plan: Plan, column: str, start: int, stop: int) -> I64:
    count = plan.data["accounts"] if column == "account" else 1_000
    rows = np.arange(start, stop, dtype=np.uint64)
    return bounded(mix(key(plan.data["seed"], "ledger", column), rows), count).view(np.int64)


STRATEGY = Ledger()
