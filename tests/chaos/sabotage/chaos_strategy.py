"""A strategy for breaking: as slow as asked, and able to kill its worker. Its rows are pure all the same."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.engine.cells import Cells, Integers, Text
from synthmill.generators.engine.inputs import Input, InputPaths
from synthmill.generators.engine.plan import ColumnPlan, Plan, TablePlan
from synthmill.generators.engine.stages import Results

BLOCK_ROWS = 8_192
WORDS = 6
"""Sixteen hexadecimal digits each."""
_FOLDER = os.environ.get("CHAOS_FOLDER")
_WORKS = "synthmill.workers" in sys.orig_argv


class ChaosParameters(ma.Schema):
    rows = ma.fields.Integer(required=True, validate=ma.validate.Range(1))
    pause_ms = ma.fields.Integer(load_default=0)
    poison = ma.fields.String(
        load_default="none",
        validate=ma.validate.OneOf(["none", "memory", "memory_always", "segfault", "segfault_always"]),
    )
    poison_row = ma.fields.Integer(load_default=0)


class ChaosStrategy:
    name = "chaos"
    title = "Chaos"
    description = "Hashes of row numbers, slowly."
    Parameters = ChaosParameters

    def inputs(self, parameters: Mapping[str, Any]) -> tuple[Input, ...]:
        return ()

    def plan(self, parameters: Mapping[str, Any], seed: int, inputs: InputPaths) -> Plan:
        columns = (
            ColumnPlan("id", pa.int64(), False, "sequence"),
            ColumnPlan("value", pa.string(), False, "text"),
        )
        table = TablePlan("rows", parameters["rows"], BLOCK_ROWS, columns, ("id",))
        return Plan(self.name, (table,), {**parameters, "seed": seed})

    def cells(
        self,
        plan: Plan,
        table: str,
        start: int,
        stop: int,
        columns: Sequence[str] | None,
        results: Results,
    ) -> Mapping[str, Cells]:
        if _FOLDER and _WORKS:
            time.sleep(plan.data["pause_ms"] / 1000)
            if start <= plan.data["poison_row"] < stop:
                _take_poison(Path(_FOLDER), plan.data["poison"], plan.data["seed"])
        count = stop - start
        numbers = np.arange(start * WORDS, stop * WORDS, dtype=np.uint64) + np.uint64(plan.data["seed"] << 32)
        text = np.frombuffer(_mix(numbers).tobytes().hex().encode(), np.uint8)
        offsets = np.arange(0, (count + 1) * WORDS * 16, WORDS * 16, dtype=np.int64)
        made: dict[str, Cells] = {
            "id": Integers(np.arange(start, stop, dtype=np.int64)),
            "value": Text(text, offsets),
        }
        return made if columns is None else {name: made[name] for name in columns}


def _mix(numbers: np.ndarray) -> np.ndarray:
    """SplitMix64's finaliser."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _take_poison(folder: Path, poison: str, seed: int) -> None:
    if poison == "none":
        return
    if not poison.endswith("_always"):
        try:
            (folder / f"{poison}-{seed}").touch(exist_ok=False)
        except FileExistsError:
            return
    if poison.startswith("segfault"):
        ctypes.string_at(0)
    bytearray(1 << 46)


STRATEGY = ChaosStrategy()
