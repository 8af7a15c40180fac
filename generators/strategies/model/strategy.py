"""The strategy `model`: rows of a model file, each a function of the model, the seed and its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow.types as pt

from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.plan import (
    BLOCK_BYTES,
    ColumnPlan,
    ForeignKey,
    Packing,
    Plan,
    TablePlan,
    block_rows,
)
from synthmill.generators.engine.stages import MAX_RESULT_BYTES, Results, Stage, StageContext
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning.codecs.held import Held
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.families.made import LearntTable, Made
from synthmill.generators.learning.model import MEDIA_TYPE, Model, load
from synthmill.generators.learning.table_model import ColumnModel
from synthmill.generators.strategies.model.parameters import ModelParameters

_STAGE = "conditions"
_PERSONAL = ("personal", "subject")


@dataclass(frozen=True, eq=False)
class ModelPlan:
    """What a plan's `data` is."""

    model: Model
    made: Made
    """Its rows, where there are no conditions."""
    where: Mapping[str, Any] | None


@dataclass(frozen=True)
class ModelStrategy:
    name: str = "model"
    title: str = "Models of real data"
    description: str = "Rows like those that a model was fitted to; the model is a file, named by its sha256."
    Parameters: type[ma.Schema] = ModelParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return (Input(parameters["model"], MEDIA_TYPE, "model"),)

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        try:
            model = load(inputs[parameters["model"]])
        except ModelFileError as error:
            raise InvalidRequestError.one("model", error.reason, error.fix) from error
        where = parameters["where"]
        if where is not None:
            model.check_conditions()
        made = model.made(parameters["rows"], seed)
        size = len(model.to_bytes())
        needs = () if where is None else (_STAGE,)
        tables = tuple(_planned(one, made.rows[one.name], size, needs) for one in model.tables)
        return Plan(self.name, tables, ModelPlan(model, made, where))

    def next_stage(self, plan: Plan, results: Results) -> Stage | None:
        """The model of the conditions, where there are any."""
        if plan.data.where is None or _STAGE in results:
            return None
        return Stage(_STAGE, units=1, block_units=1, max_bytes=MAX_RESULT_BYTES)

    def work(
        self,
        plan: Plan,
        stage: Stage,
        start: int,
        stop: int,
        results: Results,
        context: StageContext | None,
    ) -> bytes:
        data: ModelPlan = plan.data
        assert data.where is not None
        return data.model.conditioned(data.where).to_bytes()

    def combine(self, plan: Plan, stage: Stage, left: bytes, right: bytes) -> bytes:
        raise AssertionError("the stage has one block")

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        data: ModelPlan = plan.data
        rows = np.arange(start, stop, dtype=np.uint64)
        if data.where is None:
            return data.made.cells(table, rows, columns)
        model = results.once("model", lambda: load(results.combined(_STAGE)))
        return model.made(data.made.rows, data.made.seed).cells(table, rows, columns)


def _planned(table: LearntTable, rows: int, size: int, needs: tuple[str, ...]) -> TablePlan:
    columns = tuple(_column(one, size // len(table.columns)) for one in table.visible)
    width = sum(one.width + len(one.name) for one in columns)
    return TablePlan(
        table.name,
        rows,
        block_rows(partial(_fits, width)),
        columns,
        tuple(one.name for one in table.visible if one.role == "key" and not one.codec.nullable),
        tuple(
            ForeignKey((one.name,), one.codec.table, (one.codec.key,))
            for one in table.visible
            if isinstance(one.codec, Held)
        ),
        needs=needs,
    )


def _fits(width: int, rows: int) -> bool:
    return rows * width <= BLOCK_BYTES


def _column(column: ColumnModel, held: int) -> ColumnPlan:
    codec = column.codec
    few = column.role in ("category", "key")
    return ColumnPlan(
        column.name,
        codec.type,
        codec.nullable,
        column.role,
        pii=column.role in _PERSONAL,
        width=120 if column.role == "text" else 24 if pt.is_string(codec.type) else 12,
        packing=Packing.WORDS if few else Packing.USUAL,
        held=held,
    )


STRATEGY = ModelStrategy()
