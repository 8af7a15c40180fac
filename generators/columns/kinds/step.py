"""One step of the states that a row's parent goes through, for tables whose rows are these steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import (
    PARENT,
    Column,
    ColumnParameters,
    Kind,
    ParameterError,
    Rows,
    Scope,
)
from synthmill.generators.columns.state_path import StatePath
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.cells import Cells, Integers, coded
from synthmill.generators.engine.plan import Packing
from synthmill.generators.schema.fields import Choice


class StepParameters(ColumnParameters):
    show = Choice(
        "state: the state entered; previous: the one before it, null for the first; time: when it was "
        "entered; seconds: how long the one before it lasted, null for the first.",
        ("state", "previous", "time", "seconds"),
        default="state",
    )


@dataclass(frozen=True, eq=False)
class _Cells:
    path: StatePath
    show: str

    def __call__(self, rows: Rows) -> Cells:
        parents, places = rows.follow(PARENT)
        steps = self.path.steps(parents)
        index = rows.sibling_index().view(np.int64)
        at = steps.starts[slice(None) if places is None else places] + index
        if self.show == "time":
            return Integers(steps.times[at])
        if self.show == "state":
            return coded(steps.states[at], self.path.machine.words)
        first = index == 0
        before = np.where(first, at, at - 1)
        if self.show == "previous":
            return coded(steps.states[before], self.path.machine.words, first)
        return Integers((steps.times[at] - steps.times[before]) // np.int64(1_000_000), first)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    column = scope.steps_of()
    if column is None:
        raise ParameterError(
            "kind",
            f"the rows of {scope.table} aren't the steps of a state",
            "give the table children_of with steps_of",
        )
    path = scope.source(column, PARENT, parameter="kind").state_path
    assert path is not None
    show = parameters["show"]
    types = {"time": TIMESTAMP, "seconds": pa.int64()}
    return Column(
        types.get(show, pa.string()),
        _Cells(path, show),
        27
        if show == "time"
        else 6
        if show == "seconds"
        else mean_length(path.machine.words.values.to_pylist()),
        nullable=show in ("previous", "seconds"),
        packing=Packing.USUAL if show in types else Packing.WORDS,
    )


_ORDERED_AT = {"name": "ordered_at", "kind": "timestamp", "start": "2024-01-01", "end": "2024-12-31"}
_STATE = {
    "start": "ordered_at",
    "until": "2025-12-31",
    "transitions": [
        {"state": "new", "next": "paid", "max": "9d"},
        {"state": "paid", "next": "sent", "max": "9d"},
    ],
}

KIND = Kind(
    name="step",
    title="Step of a state",
    description="A state that the row's parent went through, or its time; for children_of with steps_of.",
    Parameters=StepParameters,
    compile=_compile,
    costs=usual_and(time=1.5e-6),
    example={"show": "time"},
    check_tables=(
        {
            "name": "orders",
            "rows": 1_000,
            "columns": [_ORDERED_AT, {"name": "status", "kind": "state", **_STATE}],
        },
        {"name": "cells", "children_of": {"table": "orders", "steps_of": "status"}, "columns": []},
    ),
)
