"""Comparisons, conditions and nulls. As in SQL, what is compared with null is neither true nor false."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.engine.arrays import flags, taken, truths
from synthmill.generators.engine.cells import Flags
from synthmill.generators.formulas.function import Function, Is, Literals, taking
from synthmill.generators.formulas.values import (
    MOST_WORDS,
    NOTHING,
    TEXT,
    TRUTH,
    Coded,
    Type,
    Value,
    common,
    given,
    nulls,
    text,
)


def _compared_type(types: Sequence[Type], literals: Literals) -> Type | None:
    found = common(types) if len(types) == 2 else None
    return TRUTH if found and found != NOTHING else None


@dataclass(frozen=True)
class _Compared:
    name: str

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        shared = common(types)
        assert shared is not None
        values = [given(value, own, shared) for value, own in zip(values, types, strict=True)]
        if shared == TEXT:
            return Value(_texts_compared(values[0], values[1], getattr(pc, self.name)), nulls(*values))
        one, other = (value.values for value in values)
        return Value(getattr(np, self.name)(one, other), nulls(*values))


def _texts_compared(one: Value, other: Value, compare: Callable[[pa.Array, pa.Array], pa.Array]) -> Flags:
    first, second = one.values, other.values
    if not isinstance(first, Coded) or not isinstance(second, Coded):
        return truths(compare(text(one), text(other)))
    rows, columns = len(first.words), len(second.words)
    if rows * columns > MOST_WORDS:
        return truths(compare(first.array, second.array))
    # Of each word of one with each of the other; and of texts by their codes.
    pairs = np.arange(rows * columns)
    found = truths(compare(taken(first.words, pairs // columns), taken(second.words, pairs % columns)))
    compared: Flags
    if columns == 1:
        compared = found[first.codes]
        return compared
    compared = found[first.codes.astype(np.int64) * columns + second.codes]
    return compared


def _sure(value: Value, of: bool) -> Flags:
    """Where the value is known to be true, or to be false."""
    sure: Flags = value.values if of else ~value.values
    return sure if value.null is None else sure & ~value.null


def _both(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    false = _sure(values[0], False) | _sure(values[1], False)
    unknown = nulls(*values)
    return Value(~false, None if unknown is None else unknown & ~false)


def _one(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    true = _sure(values[0], True) | _sure(values[1], True)
    unknown = nulls(*values)
    return Value(true, None if unknown is None else unknown & ~true)


def _not(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    return Value(~values[0].values, values[0].null)


def _if_type(types: Sequence[Type], literals: Literals) -> Type | None:
    found = common(types[1:]) if len(types) == 3 and types[0] == TRUTH else None
    return None if found == NOTHING else found


def _if(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    then, other = (given(value, own, type_) for value, own in zip(values[1:], types[1:], strict=True))
    return _chosen(_sure(values[0], True), then, other, type_)


def _chosen(where: Flags, then: Value, other: Value, type_: Type) -> Value:
    if type_ == TEXT:
        values = _texts_chosen(where, then, other)
    else:
        values = np.where(where, then.values, other.values)
    if then.null is None and other.null is None:
        return Value(values)
    none = np.zeros(len(where), np.bool_)
    absent = [none if value.null is None else value.null for value in (then, other)]
    return Value(values, np.where(where, *absent))


def _texts_chosen(where: Flags, then: Value, other: Value) -> pa.Array | Coded:
    first, second = then.values, other.values
    if not isinstance(first, Coded) or not isinstance(second, Coded):
        return pc.if_else(flags(where), text(then), text(other))
    if len(first.words) + len(second.words) <= MOST_WORDS:
        codes = np.where(where, first.codes, second.codes.astype(np.int64) + len(first.words))
        return Coded(codes, pa.concat_arrays([first.words, second.words]))
    return pc.if_else(flags(where), text(then), text(other))


def _coalesce_type(types: Sequence[Type], literals: Literals) -> Type | None:
    found = common(types) if len(types) > 1 else None
    return None if found == NOTHING else found


def _coalesce(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    given_all = [given(value, own, type_) for value, own in zip(values, types, strict=True)]

    def first(one: Value, other: Value) -> Value:
        return one if one.null is None else _chosen(~one.null, one, other, type_)

    return reduce(first, given_all)


def _is_null_type(types: Sequence[Type], literals: Literals) -> Type | None:
    return TRUTH if len(types) == 1 else None


def _is_null(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    null = values[0].null
    return Value(np.zeros(len(values[0]), np.bool_) if null is None else null)


_TWO = taking([Is(TRUTH), Is(TRUTH)], TRUTH)

FUNCTIONS = (
    Function("=", "a = b", "Whether both are equal; == is the same.", _compared_type, _Compared("equal")),
    Function("!=", "a != b", "Whether they differ.", _compared_type, _Compared("not_equal")),
    Function("<", "a < b", "Whether a is less.", _compared_type, _Compared("less")),
    Function("<=", "a <= b", "Whether a isn't greater.", _compared_type, _Compared("less_equal")),
    Function(">", "a > b", "Whether a is greater.", _compared_type, _Compared("greater")),
    Function(">=", "a >= b", "Whether a isn't less.", _compared_type, _Compared("greater_equal")),
    Function("and", "a and b", "Whether both are true.", _TWO, _both),
    Function("or", "a or b", "Whether one is true.", _TWO, _one),
    Function("not", "not a", "Whether it is false.", taking([Is(TRUTH)], TRUTH), _not),
    Function("if", "if(condition, a, b)", "a where the condition is true, b elsewhere.", _if_type, _if),
    Function("coalesce", "coalesce(a, b, ...)", "The first that isn't null.", _coalesce_type, _coalesce),
    Function("is_null", "is_null(a)", "Whether it is null.", _is_null_type, _is_null),
)
