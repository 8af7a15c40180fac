"""When a row entered a state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.state_path import StatePath, last
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.schema.fields import Name, Text


class StateTimeParameters(ColumnParameters):
    column = Name("The column of the kind state.", examples=["status"])
    state = Text(
        "The state that was entered; left out: the one that the row is in.",
        longest=200,
        default=None,
        examples=["paid"],
    )


@dataclass(frozen=True, eq=False)
class _Cells:
    path: StatePath
    state: int | None

    def __call__(self, rows: Rows) -> Cells:
        steps = self.path.steps(rows)
        if self.state is None:
            return Integers(*last(steps, steps.times))
        entered = np.flatnonzero(steps.states == self.state)[::-1]
        times, never = np.zeros(len(rows), np.int64), np.ones(len(rows), np.bool_)
        # Of several times the one that is written last stays, which is the first one.
        times[steps.rows[entered]], never[steps.rows[entered]] = steps.times[entered], False
        return Integers(times, never)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    source = scope.source(parameters["column"])
    path, wanted = source.state_path, parameters["state"]
    if path is None:
        raise ParameterError("column", f"{source.column} isn't a state", "name a column of the kind state")
    if wanted is None:
        return Column(TIMESTAMP, _Cells(path, None), 27, nullable=source.nullable, filled=source.filled)
    names = path.machine.words.values.to_pylist()
    if wanted not in names:
        raise ParameterError("state", f"{source.column} has no state {wanted}", f"it has: {', '.join(names)}")
    cells = _Cells(path, names.index(wanted))
    filled = path.start.filled * path.machine.share_entering(names.index(wanted))
    return Column(TIMESTAMP, cells, 27, nullable=True, filled=filled)


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
    name="state_time",
    title="Time of a state",
    description="When a row first entered a state (null if it never did), or the one that it is in.",
    Parameters=StateTimeParameters,
    compile=_compile,
    costs=usual_and(time=1e-6),
    example={"column": "status", "state": "paid"},
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [_ORDERED_AT, {"name": "status", "kind": "state", **_STATE}],
        },
    ),
)
