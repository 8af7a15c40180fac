"""Conditions on columns of a row, typed by the columns: `{column: country, in: [DE, AT]}`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import marshmallow as ma
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.columns.kind import ParameterError, Rows
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import strings, truths
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import Arrow, Booleans, Cells, DictionaryCells, Flags, Floats, Integers
from synthmill.generators.schema.fields import REQUIRED, options, refused
from synthmill.generators.schema.json_values import shown

COMPARISONS = ("equals", "not_equals", "in", "not_in", "above", "at_least", "below", "at_most")
_JOINS = ("all", "any")
_MOST, _DEEPEST = 100, 4
_FORM = (
    'give {"column": ..., and one or more of ' + ", ".join(COMPARISONS) + ', is_null}, or {"all": [...]} or '
    '{"any": [...]} of such'
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Condition: TypeAlias = Callable[[Rows], Flags]
"""For rows, whether it holds for each."""


class ConditionField(ma.fields.Field[dict[str, Any]]):
    """A condition on columns, as an object."""

    def __init__(self, about: str, *, default: Any = REQUIRED) -> None:
        super().__init__(**options(about, default, [{"column": "country", "in": ["DE", "AT"]}]))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        return _loaded(value, 0)

    def json_schema(self) -> dict[str, Any]:
        scalar = {"type": ["string", "number", "boolean"]}
        many = {"type": "array", "items": scalar, "minItems": 1}
        comparisons = {name: many if name in ("in", "not_in") else scalar for name in COMPARISONS}
        of_conditions = {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": _MOST}
        return {
            "type": "object",
            "properties": {"column": {"type": "string"}, **comparisons, "is_null": {"type": "boolean"}}
            | dict.fromkeys(_JOINS, of_conditions),
            "additionalProperties": False,
        }


def _loaded(value: Any, depth: int) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise refused(f"{shown(value)} isn't a condition", _FORM)
    if depth > _DEEPEST:
        raise refused(f"has conditions more than {_DEEPEST} deep", "join them in fewer steps")
    for join in _JOINS:
        if join in value:
            parts = value[join]
            if len(value) > 1 or not isinstance(parts, list) or not 1 <= len(parts) <= _MOST:
                raise refused(f"{join} needs a list of conditions, and nothing beside it", _FORM)
            return {join: [_loaded(part, depth + 1) for part in parts]}
    unknown = [name for name in value if name not in ("column", "is_null", *COMPARISONS)]
    if unknown:
        raise refused(f"there is no {shown(unknown[0])} in a condition", _FORM)
    if not isinstance(value.get("column"), str) or len(value) < 2:
        raise refused("a condition needs a column and something that it must be", _FORM)
    if not isinstance(value.get("is_null", False), bool):
        raise refused(f"{shown(value['is_null'])} is neither true nor false", "give is_null true or false")
    for name in COMPARISONS:
        if name in value:
            _check_operand(name, value[name])
    return dict(value)


def _check_operand(name: str, operand: Any) -> None:
    if name in ("in", "not_in"):
        if not isinstance(operand, list) or not 1 <= len(operand) <= 10_000:
            raise refused(f"{name} needs a list of values", "give a list of 1 to 10000 values")
    else:
        operand = [operand]
    for one in operand:
        if not isinstance(one, str | int | float) or (isinstance(one, float) and not math.isfinite(one)):
            raise refused(f"{shown(one)} can't be compared with", "give text, a number, true or false")


def condition(
    given: Mapping[str, Any] | None, source: Callable[[str], Source], parameter: str
) -> Condition | None:
    """Compile a loaded condition on columns that `source` finds by name. Raises ParameterError, naming the
    parameter.
    """
    if given is None:
        return None
    for join in _JOINS:
        if join in given:
            parts = tuple(_known(condition(part, source, parameter)) for part in given[join])
            return _Joined(parts, join == "all")
    found = source(given["column"])
    tests: list[_Test] = []
    for name in COMPARISONS:
        if name in given:
            operands = given[name] if name in ("in", "not_in") else [given[name]]
            tests.append(_Test(name, tuple(_operand(one, found, name, parameter) for one in operands)))
    return _Compared(found, tuple(tests), given.get("is_null"))


def _known(part: Condition | None) -> Condition:
    assert part is not None
    return part


@dataclass(frozen=True, eq=False)
class _Joined:
    parts: tuple[Condition, ...]
    all: bool

    def __call__(self, rows: Rows) -> Flags:
        held = self.parts[0](rows)
        for part in self.parts[1:]:
            held = held & part(rows) if self.all else held | part(rows)
        return held


@dataclass(frozen=True)
class _Test:
    name: str
    operands: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class _Compared:
    source: Source
    tests: tuple[_Test, ...]
    is_null: bool | None

    def __call__(self, rows: Rows) -> Flags:
        cells = decoded(self.source.cells(rows))
        null = np.zeros(len(cells), np.bool_) if cells.null is None else cells.null
        held = np.ones(len(cells), np.bool_) if self.is_null is None else null == self.is_null
        for test in self.tests:
            held &= _holds(cells, test, self.source.type) & ~null
        return held


def _holds(cells: Cells, test: _Test, type_: pa.DataType) -> Flags:
    """Whether a test holds for each cell, nulls aside."""
    match cells:
        case DictionaryCells(codes, words):
            # A word is looked at once, however many cells have it.
            of_words: Flags = words.made(test, lambda values: _holds(decoded(Arrow(values)), test, type_))
            return of_words[codes]
        case Integers(values) | Floats(values) | Booleans(values):
            return _numbers_hold(values, test)
    texts = to_arrow(cells, type_).cast(pa.string())
    found = pc.is_in(texts, value_set=strings(test.operands))
    held = truths(found) if len(found) else np.empty(0, np.bool_)
    return ~held if test.name in ("not_equals", "not_in") else held


def _numbers_hold(values: Any, test: _Test) -> Flags:
    first = test.operands[0]
    match test.name:
        case "equals" | "in":
            held: Flags = np.isin(values, np.array(test.operands, values.dtype))
        case "not_equals" | "not_in":
            held = ~np.isin(values, np.array(test.operands, values.dtype))
        case "above":
            held = values > first
        case "at_least":
            held = values >= first
        case "below":
            held = values < first
        case _:
            held = values <= first
    return held


def _operand(value: Any, source: Source, name: str, parameter: str) -> Any:
    """A value as the cells of a column hold it. Raises ParameterError for one of another type."""
    type_ = source.type
    ordered = name in ("above", "at_least", "below", "at_most")
    try:
        found = as_cell(value, type_)
    except (ValueError, TypeError, ArithmeticError):
        found = None
    if found is None:
        raise ParameterError(
            parameter,
            f"{source.column} is of type {type_}, and {shown(value)} isn't",
            "compare it with its like",
        )
    if ordered and isinstance(found, str | bool):
        raise ParameterError(
            parameter, f"{source.column} is of type {type_}, which has no order", "use equals or in"
        )
    return found


def as_cell(value: Any, type_: pa.DataType) -> Any:
    """The value as cells of the type hold it, None if it is of another.

    Raises ValueError, TypeError or ArithmeticError for text that is no date, and the like.
    """
    if pt.is_string(type_) or pt.is_large_string(type_):
        return value if isinstance(value, str) else None
    if pt.is_boolean(type_):
        return value if isinstance(value, bool) else None
    if pt.is_date32(type_):
        return date.fromisoformat(value).toordinal() - _EPOCH.toordinal()
    if pt.is_timestamp(type_):
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return round((moment - _EPOCH).total_seconds() * 10**6)
    if isinstance(value, bool | str):
        return None
    if pt.is_decimal(type_):
        units = Decimal(repr(value)).scaleb(type_.scale)
        return int(units) if units == units.to_integral_value() else None
    if pt.is_integer(type_):
        return int(value) if value == int(value) else None
    return float(value) if pt.is_floating(type_) else None


def columns_of(given: Mapping[str, Any]) -> Sequence[str]:
    """The columns that a loaded condition is about."""
    joined = [name for join in _JOINS for part in given.get(join, ()) for name in columns_of(part)]
    return [given["column"]] if "column" in given else joined
