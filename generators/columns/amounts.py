"""What becomes of an amount that a law gives: a drift with time, price points, round amounts, zeros."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import ParameterError, Rows, Scope
from synthmill.generators.columns.numbers import natural_log, scaled
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.arrow_cells import decoded
from synthmill.generators.engine.cells import Cells, Flags, Integers
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.elementary import exp
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.schema.fields import Items, Name, Number
from synthmill.generators.schema.times import Moment, microseconds

_CENTS = 100
_YEAR = 365.25 * 86_400e6
"""Microseconds."""
_MOST = 9e17
"""Cents, which still are a 64-bit number."""

OPTIONS = ("endings", "steps", "zeros", "growth")
"""Parameters that an amount follows another law with than that of its distribution."""


def amount_fields() -> dict[str, Any]:
    """The parameters, by name; `amounts` compiles them."""
    return {
        "endings": Items(
            "Price points: what amounts end in, such as 0.99, by `weights`. The whole units are those of the "
            "distribution; an amount that would leave min and max is moved by one unit.",
            Number("Less than a unit.", 0.0, 0.99),
            most=100,
            default=None,
            examples=[[0.99, 0.95, 0.49]],
        ),
        "steps": Items(
            "Round amounts: each is the nearest multiple of one of these, by `weights`, within min and max.",
            Number("A step.", 0.01, 1e9),
            most=20,
            default=None,
            examples=[[10, 20, 50]],
        ),
        "weights": Items(
            "How likely each of the endings or steps is, in proportion. Left out: all equally.",
            Number("A weight.", 0.0, 1e15),
            most=100,
            default=None,
            examples=[[6, 3, 1]],
        ),
        "zeros": Number("The share of amounts that are 0 instead.", 0.0, 1.0, default=0.0),
        "growth": Number(
            "By how much a year prices rise, 0.03 for 3 %: amounts are those of `since`, which min and max "
            "hold for, times (1 + growth) to the power of the years, of 365.25 days, until `column`.",
            -0.9,
            10.0,
            default=None,
            examples=[0.03],
        ),
        "column": Name(
            "With growth: the row's column of dates or times.", default=None, examples=["ordered_at"]
        ),
        "since": Moment("With growth: when amounts are those of the distribution.", default=None),
    }


@dataclass(frozen=True, eq=False)
class _Level:
    """What amounts are multiplied with, by time."""

    rate: float
    """Per microsecond, of the logarithm."""
    since: int
    source: Source

    def __call__(self, rows: Rows) -> tuple[F64, Flags | None]:
        times = decoded(self.source.cells(rows))
        assert isinstance(times, Integers)
        unit = 86_400_000_000 if self.source.type == pa.date32() else 1
        elapsed = (times.values * np.int64(unit) - np.int64(self.since)).astype(np.float64)
        return exp(np.minimum(elapsed * self.rate, 600.0)), times.null


@dataclass(frozen=True, eq=False)
class _Points:
    """Endings or steps in cents, one of which is chosen for each row."""

    key: int
    law: Discrete
    cents: I64
    steps: bool

    def __call__(self, rows: Rows, amounts: I64, low: int | None, high: int | None) -> I64:
        point = self.cents[self.law.draw(rows.draw(self.key))]
        if self.steps:
            made = (amounts + point // 2) // point * point
            if low is None or high is None:
                return made
            least, most = -(-np.int64(low) // point) * point, np.int64(high) // point * point
            within: I64 = np.minimum(np.maximum(made, least), most)
            return within
        made = amounts // _CENTS * _CENTS + point
        if low is not None and high is not None:
            made = np.where(made > high, made - _CENTS, np.where(made < low, made + _CENTS, made))
        return made


@dataclass(frozen=True, eq=False)
class Amounts:
    """The last step: from a law's amounts in cents, within low and high, to cells."""

    low: int
    high: int
    level: _Level | None
    points: _Points | None
    zeros_key: int
    zeros: Discrete | None

    def __call__(self, rows: Rows, cents: I64) -> Cells:
        null = None
        if self.level is not None:
            factor, null = self.level(rows)
            cents = np.floor(np.minimum(cents * factor, _MOST) + 0.5).astype(np.int64)
        if self.points is not None:
            held = self.level is None
            cents = self.points(rows, cents, self.low if held else None, self.high if held else None)
        if self.zeros is not None:
            cents = np.where(self.zeros.draw(rows.draw(self.zeros_key)) == 1, np.int64(0), cents)
        return Integers(cents, null)


def amounts(parameters: Mapping[str, Any], scope: Scope, low: int, high: int) -> tuple[Amounts, bool]:
    """Compiled, and whether cells may be null. Limits are in cents. Raises ParameterError."""
    zeros = parameters["zeros"]
    level = _level(parameters, scope)
    made = Amounts(
        low,
        high,
        level,
        _points(parameters, scope, low, high),
        scope.key("zeros"),
        discrete([1.0 - zeros, zeros]) if zeros else None,
    )
    return made, level is not None and level.source.nullable


def _points(parameters: Mapping[str, Any], scope: Scope, low: int, high: int) -> _Points | None:
    name = next((name for name in ("steps", "endings") if parameters[name] is not None), None)
    weights = parameters["weights"]
    if name is None:
        if weights is not None:
            raise ParameterError("weights", "are of endings or steps", "give these, too")
        return None
    if name == "steps" and parameters["endings"] is not None:
        raise ParameterError("steps", "can't go with endings", "leave out one of them")
    values = parameters[name]
    if weights is not None and (len(weights) != len(values) or not sum(weights)):
        raise ParameterError("weights", f"aren't one for each of {name}, some above 0", f"give {len(values)}")
    cents = [scaled(value, 2, name) for value in values]
    if name == "endings" and parameters["growth"] is None and high - low < _CENTS:
        raise ParameterError("endings", "max is less than a unit above min", "move the limits apart")
    for step in cents if name == "steps" else []:
        if high // step * step < low:
            raise ParameterError(
                "steps", f"no multiple of {step / _CENTS} lies between min and max", "leave it out"
            )
    law = discrete(weights or [1.0] * len(values))
    return _Points(scope.key(name), law, np.array(cents, np.int64), name == "steps")


def _level(parameters: Mapping[str, Any], scope: Scope) -> _Level | None:
    growth = parameters["growth"]
    for name in ("column", "since"):
        if (parameters[name] is None) != (growth is None):
            fix = f"give `{name}`, too" if growth is not None else "give `growth`, too"
            raise ParameterError(name, "goes with growth", fix)
    if growth is None:
        return None
    source = scope.source(parameters["column"])
    if source.type not in (TIMESTAMP, pa.date32()):
        raise ParameterError("column", f"{source.column} isn't of times or dates", "name a column that is")
    return _Level(natural_log(1.0 + growth) / _YEAR, microseconds(parameters["since"]), source)
