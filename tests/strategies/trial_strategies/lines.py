"""The lines of a file, which is an input of the recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Dictionary, Integers, coded
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.plan import ColumnPlan, Plan, TablePlan
from synthmill.generators.engine.stages import Results
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import key, mix
from synthmill.generators.schema.fields import Parameters, Whole
from synthmill.generators.schema.input_field import InputFile


class LinesParameters(Parameters):
    """Lines of a file, drawn at random."""

    rows = Whole("How many lines are drawn.", 1, 10**9, examples=[100])
    file = InputFile("The file whose lines they are, as UTF-8.")


@dataclass(frozen=True)
class Lines:
    name: str = "lines"
    title: str = "Lines"
    description: str = "Lines of a file."
    Parameters: type[ma.Schema] = LinesParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return (Input(parameters["file"], "text/plain", "file"),)

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        lines = inputs[parameters["file"]].read_text().splitlines()
        if not lines:
            raise InvalidRequestError.one("file", "has no line in it", "give a file with lines")
        columns = (
            ColumnPlan("number", pa.int64(), False, "sequence", width=5),
            ColumnPlan("line", pa.string(), False, "line", width=20),
        )
        table = TablePlan("lines", parameters["rows"], 1_024, columns, ("number",))
        return Plan(self.name, (table,), (key(seed, "lines"), Dictionary(strings(lines))))

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        draw, lines = plan.data
        made: dict[str, Cells] = {}
        if columns is None or "number" in columns:
            made["number"] = Integers(np.arange(start, stop, dtype=np.int64))
        if columns is None or "line" in columns:
            rows = np.arange(start, stop, dtype=np.uint64)
            made["line"] = coded(bounded(mix(draw, rows), len(lines)).view(np.int64), lines)
        return made


STRATEGY = Lines()
