"""The types of formulas, and what they come to for some rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthmill.generators.engine.arrays import strings, taken
from synthmill.generators.engine.cells import Flags
from synthmill.generators.kernels.mix import F64, I64

MAX_SCALE = 9
_BEYOND = 9.2e18
"""Whole numbers of 64 bits end a little behind."""


@dataclass(frozen=True)
class Type:
    name: str
    scale: int = 0
    """Of a decimal: its digits after the point."""

    def __str__(self) -> str:
        return self.name


WHOLE, NUMBER, TEXT, TRUTH = Type("whole number"), Type("number"), Type("text"), Type("truth value")
DATE, TIME, DURATION, NOTHING = Type("date"), Type("time"), Type("length of time"), Type("null")


def decimal(scale: int) -> Type:
    return Type("decimal", scale)


def exact(type_: Type) -> bool:
    return type_ == WHOLE or type_.name == "decimal"


def numeric(type_: Type) -> bool:
    return exact(type_) or type_ == NUMBER


MOST_WORDS = 4_096
"""Words that texts are told apart by, rather than by their bytes."""


@dataclass(frozen=True, eq=False)
class Coded:
    """Texts of which each is one of a few words."""

    codes: npt.NDArray[Any]
    """For each text, the place of its word."""
    words: pa.Array

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def array(self) -> pa.Array:
        """The texts themselves."""
        return taken(self.words, self.codes.astype(np.int64))


def text(value: Value) -> pa.Array:
    """The texts of a value, written out."""
    return value.values.array if isinstance(value.values, Coded) else value.values


def each_text(value: Value, make: Callable[[pa.Array], pa.Array]) -> Value:
    """A value's texts, each changed in the same way."""
    if isinstance(value.values, Coded):
        return Value(Coded(value.values.codes, make(value.values.words)), value.null)
    return Value(make(value.values), value.null)


@dataclass(frozen=True, eq=False)
class Value:
    """Of every row: whole numbers (also a decimal's digits, days, microseconds), doubles, flags or text, as
    an array or coded.

    What lies beneath a null means nothing.
    """

    values: Any
    null: Flags | None = None

    def __len__(self) -> int:
        return len(self.values)


def common(types: Sequence[Type]) -> Type | None:
    """The type that values of all of them can be given without loss, if there is one."""
    known = [type_ for type_ in types if type_ != NOTHING]
    if not known:
        return NOTHING
    if all(type_ == known[0] for type_ in known):
        return known[0]
    if not all(map(numeric, known)):
        return None
    return NUMBER if NUMBER in known else decimal(max(type_.scale for type_ in known))


def given(value: Value, type_: Type, wanted: Type) -> Value:
    """A value as one of a common type."""
    if type_ == wanted:
        return value
    if type_ == NOTHING:
        return Value(nothing(wanted, len(value)), np.ones(len(value), np.bool_))
    if wanted == NUMBER:
        return Value(floats(value, type_), value.null)
    return fitting(value.values, wanted.scale - type_.scale, value.null)


def floats(value: Value, type_: Type) -> F64:
    """A number's values as doubles."""
    if type_ == NUMBER:
        result: F64 = value.values
        return result
    doubles: F64 = value.values.astype(np.float64) / float(10**type_.scale)
    return doubles


def fitting(values: I64, digits: int, null: Flags | None) -> Value:
    """Whole numbers times a power of ten, null where they don't fit into 64 bits."""
    if len(values) and max(int(values.max()), -int(values.min())) * 10**digits < 2**63:
        return Value(values * np.int64(10**digits), null)
    too_large = np.abs(values.astype(np.float64)) * float(10**digits) >= _BEYOND
    return Value(values * np.int64(10**digits), either(null, too_large))


def within(values: I64, estimate: F64, null: Flags | None) -> Value:
    """Results of whole arithmetic, null where, by the estimate in doubles, they don't fit into 64 bits."""
    return Value(values, either(null, ~(np.abs(estimate) < _BEYOND)))


def finite(values: F64, null: Flags | None) -> Value:
    """Doubles, null where they are infinite or no number."""
    return Value(values, either(null, ~np.isfinite(values)))


def either(null: Flags | None, more: Flags) -> Flags | None:
    """Null where one or the other says so."""
    if not more.any():
        return null
    return more if null is None else null | more


def nulls(*values: Value) -> Flags | None:
    """Where one of the values is null."""
    found: Flags | None = None
    for value in values:
        if value.null is not None:
            found = value.null if found is None else found | value.null
    return found


def nothing(type_: Type, rows: int) -> Any:
    """Values to lie beneath nulls."""
    if type_ == TEXT:
        return Coded(np.zeros(rows, np.int64), strings([""]))
    shapes: dict[Type, npt.DTypeLike] = {NUMBER: np.float64, TRUTH: np.bool_}
    return np.zeros(rows, shapes.get(type_, np.int64))
