"""Numbers to whole ones, to so many decimals, to another type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.formulas.function import Function, Literals, is_number, taking
from synthmill.generators.formulas.values import (
    MAX_SCALE,
    NUMBER,
    WHOLE,
    Type,
    Value,
    decimal,
    exact,
    finite,
    fitting,
    floats,
    numeric,
    within,
)
from synthmill.generators.kernels.elementary import rounded
from synthmill.generators.kernels.mix import F64

_MOST_WHOLE = 9e15


@dataclass(frozen=True)
class _ToWhole:
    """Down or up to a whole number."""

    up: bool

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        value, sign = values[0], -1 if self.up else 1
        if exact(types[0]):
            return Value(sign * (sign * value.values // np.int64(10 ** types[0].scale)), value.null)
        return _whole(sign * np.floor(sign * value.values), value)


def _whole(values: F64, source: Value) -> Value:
    fits = np.abs(values) < _MOST_WHOLE
    return within(np.where(fits, values, 0.0).astype(np.int64), np.where(fits, 0.0, np.inf), source.null)


def _round_type(types: Sequence[Type], literals: Literals) -> Type | None:
    if not types or len(types) > 2 or not numeric(types[0]):
        return None
    if len(types) == 1:
        return WHOLE
    if not isinstance(literals[1], int) or not 0 <= literals[1] <= MAX_SCALE:
        return None
    return decimal(min(literals[1], types[0].scale)) if types[0].name == "decimal" else types[0]


def _round(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    value, digits = values[0], literals[1] if len(types) == 2 else 0
    if exact(types[0]):
        step = 10 ** max(0, types[0].scale - digits)
        return Value((value.values + np.int64(step // 2)) // np.int64(step), value.null)
    result = rounded(value.values, digits)
    return _whole(result, value) if type_ == WHOLE else finite(result, value.null)


def _decimal_type(types: Sequence[Type], literals: Literals) -> Type | None:
    if len(types) != 2 or not numeric(types[0]) or not isinstance(literals[1], int):
        return None
    return decimal(literals[1]) if 0 <= literals[1] <= MAX_SCALE else None


def _decimal(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    value = values[0]
    if exact(types[0]):
        if type_.scale >= types[0].scale:
            return fitting(value.values, type_.scale - types[0].scale, value.null)
        return _round(values, types, literals, type_)
    return _whole(np.floor(value.values * float(10**type_.scale) + 0.5), value)


def _number(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    return Value(floats(values[0], types[0]), values[0].null)


_TO_WHOLE = taking([is_number], WHOLE)

FUNCTIONS = (
    Function("floor", "floor(a)", "Down to a whole number.", _TO_WHOLE, _ToWhole(False), True),
    Function("ceil", "ceil(a)", "Up to a whole number.", _TO_WHOLE, _ToWhole(True), True),
    Function(
        "round",
        "round(a), round(a, 2)",
        "To a whole number or so many decimals, halves up.",
        _round_type,
        _round,
        True,
    ),
    Function(
        "decimal", "decimal(a, 2)", "An exact decimal with so many digits.", _decimal_type, _decimal, True
    ),
    Function("number", "number(a)", "A floating-point number.", taking([is_number], NUMBER), _number),
)
