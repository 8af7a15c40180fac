"""What is computed of numbers: exact where whole numbers and decimals are, in doubles elsewhere.

What has no value is null.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.formulas.function import Function, Literals, is_number, taking
from synthmill.generators.formulas.values import (
    DATE,
    DURATION,
    MAX_SCALE,
    NUMBER,
    TIME,
    WHOLE,
    Type,
    Value,
    common,
    decimal,
    finite,
    floats,
    given,
    nulls,
    numeric,
    within,
)
from synthmill.generators.kernels.derived import circular
from synthmill.generators.kernels.elementary import exp, log
from synthmill.generators.kernels.mix import F64, I64

_SAFE = 2**63
"""Whole numbers nearer to 0 have 64 bits."""
_MOST_POWER = 1_023
_MOST_EXP = 709.0


def _sum_type(types: Sequence[Type], literals: Literals) -> Type | None:
    if len(types) != 2:
        return None
    if all(map(numeric, types)):
        return common(types)
    pairs = {(DATE, WHOLE): DATE, (TIME, DURATION): TIME, (DURATION, DURATION): DURATION}
    return pairs.get((types[0], types[1]))


def _difference_type(types: Sequence[Type], literals: Literals) -> Type | None:
    if len(types) == 2 and types[0] == types[1] and types[0] in (DATE, TIME):
        return WHOLE if types[0] == DATE else DURATION
    return _sum_type(types, literals)


def _product_type(types: Sequence[Type], literals: Literals) -> Type | None:
    if len(types) != 2:
        return None
    if types[0] == DURATION and types[1] == WHOLE:
        return DURATION
    if not all(map(numeric, types)):
        return None
    scale = types[0].scale + types[1].scale
    if NUMBER in types or scale > MAX_SCALE:
        return NUMBER
    return decimal(scale) if scale else common(types)


@dataclass(frozen=True)
class _Sum:
    sign: int

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        if all(map(numeric, types)):
            values = [given(value, own, type_) for value, own in zip(values, types, strict=True)]
        one, other = (value.values for value in values)
        null = nulls(*values)
        if type_ == NUMBER:
            return finite(one + self.sign * other, null)
        if _reach(one) + _reach(other) < _SAFE:
            return Value(one + other if self.sign > 0 else one - other, null)
        estimate = one.astype(np.float64) + self.sign * other.astype(np.float64)
        return within(one + np.int64(self.sign) * other, estimate, null)


def _product(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    one, other = values
    if type_ == NUMBER:
        return finite(floats(one, types[0]) * floats(other, types[1]), nulls(*values))
    if _reach(one.values) * _reach(other.values) < _SAFE:
        return Value(one.values * other.values, nulls(*values))
    estimate = one.values.astype(np.float64) * other.values.astype(np.float64)
    return within(one.values * other.values, estimate, nulls(*values))


def _reach(values: I64) -> int:
    """The greatest distance from 0."""
    return max(int(values.max()), -int(values.min())) if len(values) else 0


def _quotient(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return finite(floats(values[0], types[0]) / floats(values[1], types[1]), nulls(*values))


def _whole_type(types: Sequence[Type], literals: Literals) -> Type | None:
    return WHOLE if list(types) == [WHOLE, WHOLE] else None


def _whole_quotient(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    if literals[1]:
        return Value(values[0].values // np.int64(literals[1]), nulls(*values))
    zero = values[1].values == 0
    quotient = values[0].values // np.where(zero, 1, values[1].values)
    return within(quotient, np.where(zero, np.inf, 0.0), nulls(*values))


def _remainder(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    if literals[1]:
        divisor = np.int64(literals[1])
        # Dividing by one number for all rows is several times as quick as the operator.
        return Value(values[0].values - values[0].values // divisor * divisor, nulls(*values))
    zero = values[1].values == 0
    return within(
        values[0].values % np.where(zero, 1, values[1].values), np.where(zero, np.inf, 0.0), nulls(*values)
    )


def _power(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    base, power = (floats(value, own) for value, own in zip(values, types, strict=True))
    with np.errstate(all="ignore"):
        whole = (np.floor(power) == power) & (np.abs(power) <= _MOST_POWER)
        result = _repeated(base, np.where(whole, power, 0.0))
        x = power * log(np.where(base > 0, base, 1.0))
        result = np.where(whole, result, np.where((base > 0) & (x <= _MOST_EXP), exp(x), np.nan))
    return finite(result, nulls(*values))


def _repeated(base: F64, power: F64) -> F64:
    """Whole powers by squaring, so that they are exact where doubles have them."""
    result, left = np.ones(len(base)), np.abs(power).astype(np.int64)
    square = base
    while left.any():
        result = np.where(left & 1, result * square, result)
        square = square * square
        left = left >> 1
    return np.where(power < 0, 1.0 / result, result)


def _same_type(types: Sequence[Type], literals: Literals) -> Type | None:
    return types[0] if len(types) == 1 and (numeric(types[0]) or types[0] == DURATION) else None


def _negative(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    return Value(-values[0].values, values[0].null)


def _absolute(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    return Value(np.abs(values[0].values), values[0].null)


@dataclass(frozen=True)
class _Extreme:
    choose: Callable[..., F64]

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        values = [given(value, own, type_) for value, own in zip(values, types, strict=True)]
        result = values[0].values
        for value in values[1:]:
            result = self.choose(result, value.values)
        return Value(result, nulls(*values))


def _ordered_type(types: Sequence[Type], literals: Literals) -> Type | None:
    found = common(types) if len(types) > 1 else None
    return found if found and (numeric(found) or found in (DATE, TIME, DURATION)) else None


@dataclass(frozen=True)
class _Real:
    """A function of one double; null outside of its domain."""

    function: Callable[[F64], F64]
    low: float
    high: float

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        x = floats(values[0], types[0])
        inside = (x >= self.low) & (x <= self.high)
        return finite(np.where(inside, self.function(np.where(inside, x, 1.0)), np.nan), values[0].null)


def _root(x: F64) -> F64:
    return np.sqrt(x)


_ONE = taking([is_number], NUMBER)

FUNCTIONS = (
    Function(
        "+", "a + b", "Sum; also of a date and whole days, a time and a length.", _sum_type, _Sum(1), True
    ),
    Function(
        "-",
        "a - b",
        "Difference; of two dates: days; of two times: a length.",
        _difference_type,
        _Sum(-1),
        True,
    ),
    Function("*", "a * b", "Product.", _product_type, _product, True),
    Function(
        "/",
        "a / b",
        "Quotient, a number; null where b is 0.",
        taking([is_number, is_number], NUMBER),
        _quotient,
        True,
    ),
    Function("//", "a // b", "Quotient of whole numbers, rounded down.", _whole_type, _whole_quotient, True),
    Function("%", "a % b", "What that division leaves, with the sign of b.", _whole_type, _remainder, True),
    Function("^", "a ^ b", "Power, a number.", taking([is_number, is_number], NUMBER), _power, True),
    Function("- a", "-a", "The negative.", _same_type, _negative),
    Function("abs", "abs(a)", "Without its sign.", _same_type, _absolute),
    Function("min", "min(a, b, ...)", "The least.", _ordered_type, _Extreme(np.minimum), True),
    Function("max", "max(a, b, ...)", "The greatest.", _ordered_type, _Extreme(np.maximum), True),
    Function("sqrt", "sqrt(a)", "Square root; null below 0.", _ONE, _Real(_root, 0.0, np.inf), True),
    Function("exp", "exp(a)", "Exponential.", _ONE, _Real(exp, -1e300, _MOST_EXP), True),
    Function(
        "log", "log(a)", "Natural logarithm; null from 0 down.", _ONE, _Real(log, 5e-324, 1.7e308), True
    ),
    Function("sin", "sin(a)", "Sine, of radians up to 10^6.", _ONE, _Real(circular.sin, -1e6, 1e6), True),
    Function("cos", "cos(a)", "Cosine, of radians up to 10^6.", _ONE, _Real(circular.cos, -1e6, 1e6), True),
)
