"""Text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.engine.arrays import decimals, fixed_width, flags, strings, truths
from synthmill.generators.formulas.function import Function, Is, Literals, taking
from synthmill.generators.formulas.values import (
    DATE,
    NUMBER,
    TEXT,
    TRUTH,
    WHOLE,
    Coded,
    Type,
    Value,
    each_text,
    nulls,
    text,
)

_MOST = 10_000
"""Characters of a written position or count."""


def _as_text(value: Value, type_: Type) -> pa.Array:
    """As text, written as in a file."""
    if type_ == TEXT:
        return text(value)
    if type_ == TRUTH:
        return flags(value.values).cast(pa.string())
    if type_ == NUMBER:
        return fixed_width(value.values, pa.float64()).cast(pa.string())
    if type_ == DATE:
        return fixed_width(value.values.astype(np.int32), pa.date32()).cast(pa.string())
    if type_.name == "decimal":
        return decimals(value.values, pa.decimal128(19, type_.scale)).cast(pa.string())
    return fixed_width(value.values, pa.int64()).cast(pa.string())


def _has_text(type_: Type) -> bool:
    return type_ in (TEXT, TRUTH, NUMBER, DATE, WHOLE) or (type_.name == "decimal" and type_.scale <= 6)


def _joined(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    one, other = (_as_text(value, own) for value, own in zip(values, types, strict=True))
    return Value(pc.binary_join_element_wise(one, other, strings([""])[0]), nulls(*values))


def _text(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    return values[0] if types[0] == TEXT else Value(_as_text(values[0], types[0]), values[0].null)


@dataclass(frozen=True)
class _Cased:
    function: str

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        return each_text(values[0], getattr(pc, self.function))


def _length(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    return Value(
        _of_texts(values[0], lambda array: pc.utf8_length(array).to_numpy().astype(np.int64)), values[0].null
    )


def _of_texts(value: Value, make: Callable[[pa.Array], Any]) -> Any:
    """What each of a value's texts gives, as numpy has it."""
    if isinstance(value.values, Coded):
        return make(value.values.words)[value.values.codes]
    return make(value.values)


def _substring_type(types: Sequence[Type], literals: Literals) -> Type | None:
    suits = len(types) == 3 and types[0] == TEXT
    return TEXT if suits and all(isinstance(at, int) and 1 <= at <= _MOST for at in literals[1:]) else None


def _substring(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    start = literals[1] - 1
    return each_text(values[0], lambda array: pc.utf8_slice_codeunits(array, start, start + literals[2]))


def _part_type(types: Sequence[Type], literals: Literals) -> Type | None:
    return TRUTH if list(types) == [TEXT, TEXT] and isinstance(literals[1], str) else None


@dataclass(frozen=True)
class _Holds:
    function: str

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        holds = getattr(pc, self.function)
        return Value(_of_texts(values[0], lambda array: truths(holds(array, literals[1]))), values[0].null)


def _text_type(types: Sequence[Type], literals: Literals) -> Type | None:
    return TEXT if len(types) == 1 and _has_text(types[0]) else None


_CASED = taking([Is(TEXT)], TEXT)

FUNCTIONS = (
    Function(
        "&",
        "a & b",
        "One text behind the other; numbers and dates become text.",
        taking([_has_text, _has_text], TEXT),
        _joined,
    ),
    Function("text", "text(a)", "As text.", _text_type, _text),
    Function("upper", "upper(a)", "In capitals.", _CASED, _Cased("utf8_upper")),
    Function("lower", "lower(a)", "In small letters.", _CASED, _Cased("utf8_lower")),
    Function("length", "length(a)", "The number of characters.", taking([Is(TEXT)], WHOLE), _length),
    Function(
        "substring",
        "substring(a, 1, 3)",
        "So many characters from a place on; the first is 1.",
        _substring_type,
        _substring,
    ),
    Function(
        "contains", "contains(a, 'x')", "Whether a has the text in it.", _part_type, _Holds("match_substring")
    ),
    Function(
        "starts_with",
        "starts_with(a, 'x')",
        "Whether a begins with the text.",
        _part_type,
        _Holds("starts_with"),
    ),
)
