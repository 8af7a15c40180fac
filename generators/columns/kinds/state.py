"""How far a row has come in a machine of states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.state_path import StatePath, last, machine
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import TIMESTAMP, strings
from synthmill.generators.engine.cells import Cells, Dictionary, coded
from synthmill.generators.engine.plan import Packing
from synthmill.generators.schema.fields import Items, Name, Number, Parameters, Text, Whole, check_limits
from synthmill.generators.schema.times import (
    END_OF_TIME,
    UNITS,
    Duration,
    Moment,
    length,
    microseconds,
    precision_field,
)


class TransitionParameters(Parameters):
    """A way from one state to the next."""

    state = Text("The state that it leaves.", longest=200, examples=["new"])
    next = Text("The state that it leads to.", longest=200, examples=["paid"])
    weight = Number("How likely it is among those from the same state.", 0.0, 1e15, above=True, default=1.0)
    min = Duration("How long it takes at least.", default="0s", examples=["5m"])
    max = Duration("How long it takes at most.", examples=["2d"])

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        check_limits(data, length)


class StateParameters(ColumnParameters):
    start = Name("The column with the time at which the row enters its first state.", examples=["ordered_at"])
    initial = Text(
        "The first state; left out: the one that the first transition leaves.",
        longest=200,
        default=None,
        examples=["paid"],
    )
    transitions = Items(
        "The ways from state to state. A state that none leaves is final.",
        ma.fields.Nested(TransitionParameters),
        most=1_000,
        examples=[[{"state": "new", "next": "paid", "max": "2d"}]],
    )
    until = Moment("No state but the first is entered later than this.", default=None)
    max_steps = Whole(
        "States that a row goes through at most, where they go in circles.", 1, 1_000, default=50
    )
    precision = precision_field()


@dataclass(frozen=True, eq=False)
class _Cells:
    path: StatePath

    def __call__(self, rows: Rows) -> Cells:
        steps = self.path.steps(rows)
        states, null = last(steps, steps.states)
        return coded(states, self.path.machine.words, null)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    start = scope.source(parameters["start"], parameter="start")
    if start.type != TIMESTAMP:
        raise ParameterError("start", f"{start.column} isn't a timestamp", "name a column of timestamps")
    transitions = parameters["transitions"]
    first = parameters["initial"] or transitions[0]["state"]
    names = list(dict.fromkeys([first, *(t[end] for t in transitions for end in ("state", "next"))]))
    if first not in {transition["state"] for transition in transitions}:
        raise ParameterError("initial", f"no transition leaves {first}", "name a state that one leaves")
    unit = UNITS[parameters["precision"]]
    compiled = machine(names, first, transitions, unit, parameters["max_steps"], Dictionary(strings(names)))
    until = microseconds(parameters["until"] or END_OF_TIME)
    path = StatePath(compiled, scope.key("way"), scope.key("time"), start, until, unit)
    return Column(
        pa.string(),
        _Cells(path),
        mean_length(names),
        nullable=start.nullable,
        filled=start.filled,
        state_path=path,
        domain=strings(names),
        packing=Packing.WORDS,
    )


KIND = Kind(
    name="state",
    title="State",
    description="The state that a row has come to, by weighted transitions that take time.",
    Parameters=StateParameters,
    compile=_compile,
    costs=usual_and(time=0.8e-6),
    example={
        "start": "ordered_at",
        "until": "2025-12-31T00:00:00Z",
        "transitions": [
            {"state": "new", "next": "paid", "weight": 9, "min": "1m", "max": "2d"},
            {"state": "new", "next": "cancelled", "min": "1h", "max": "3d"},
            {"state": "paid", "next": "shipped", "min": "4h", "max": "5d"},
        ],
    },
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [
                {"name": "ordered_at", "kind": "timestamp", "start": "2025-12-20", "end": "2025-12-31"}
            ],
        },
    ),
)
