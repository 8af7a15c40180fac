"""Answers of people who are asked until they say something: rounds that follow from those before."""

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
from synthmill.generators.schema.fields import Flag, Parameters, Whole

BLOCK = 16
"""People asked at a time, whose answers are kept together."""


class SurveyParameters(Parameters):
    """A survey."""

    people = Whole("How many people are asked.", 1, 10**7, examples=[200])
    silent = Whole("Of ten answers, how many are none.", 0, 9, default=4)
    pure = Flag("Whether the same question always has the same answer.", default=True)


@dataclass(frozen=True)
class Survey:
    name: str = "survey"
    title: str = "Survey"
    description: str = "Answers of people who are asked until they answer."
    Parameters: type[ma.Schema] = SurveyParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return ()

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        columns = tuple(
            ColumnPlan(name, pa.int64(), False, name, width=4) for name in ("person", "round", "answer")
        )
        # Which rounds there are follows from the answers; a name that none has waits for the last.
        answers = TablePlan("answers", parameters["people"], 64, columns, ("person",), needs=("all",))
        return Plan(self.name, (answers,), {**parameters, "seed": seed})

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        wanted = columns if columns is not None else ("person", "round", "answer")
        made: dict[str, Cells] = {}
        if "person" in wanted:
            made["person"] = Integers(np.arange(start, stop, dtype=np.int64))
        if {"round", "answer"} & set(wanted):
            rounds, answers = results.once("answers", lambda: _known(plan, results))
            found = {"round": Integers(rounds[start:stop]), "answer": Integers(answers[start:stop])}
            made |= {name: cells for name, cells in found.items() if name in wanted}
        return made

    def next_stage(self, plan: Plan, results: Results) -> Stage | None:
        left = len(_silent(plan, results))
        if not left:
            return None
        pure = plan.data["pure"]
        return Stage(f"round-{len(results) + 1}", left, BLOCK, pure=pure, keep=True, max_bytes=8 * BLOCK)

    def work(
        self,
        plan: Plan,
        stage: Stage,
        start: int,
        stop: int,
        results: Results,
        context: StageContext | None,
    ) -> bytes:
        if context is not None:
            context.check()
        asked = _silent(plan, results)[start:stop]
        drawn = mix(key(plan.data["seed"], "survey", stage.name), asked.view(np.uint64))
        answers = bounded(drawn, 100).view(np.int64)
        return np.where(answers % 10 < plan.data["silent"], -1, answers).tobytes()

    def combine(self, plan: Plan, stage: Stage, left: bytes, right: bytes) -> bytes:
        raise AssertionError("what is kept isn't combined")


def _known(plan: Plan, results: Results) -> tuple[I64, I64]:
    """The round in which each person answered and the answer, -1 for those who haven't."""
    rounds = np.full(plan.data["people"], -1, np.int64)
    answers = rounds.copy()
    for number, stage in enumerate(results, 1):
        asked = np.flatnonzero(answers < 0)
        blocks = range(-(-len(asked) // BLOCK))
        reported = np.frombuffer(b"".join(results.block(stage, block) for block in blocks), np.int64)
        answers[asked] = reported
        rounds[asked[reported >= 0]] = number
    return rounds, answers


def _silent(plan: Plan, results: Results) -> I64:
    return np.flatnonzero(results.once("answers", lambda: _known(plan, results))[1] < 0)


STRATEGY = Survey()
