"""The rows that break no constraint: a model learns from these alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.engine.arrays import truths
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning.days import DAY
from synthmill.generators.learning.parameters import FEWEST_SUBJECTS
from synthmill.generators.learning.relations.differences import Order, kept
from synthmill.generators.learning.relations.formulas import FormulaOf, holds
from synthmill.generators.learning.relations.found import quantities_of
from synthmill.generators.learning.relations.quantities import Quantity
from synthmill.generators.learning.source import Column, Flags, Source, units_of
from synthmill.generators.schema.json_values import shown

Constraint = Mapping[str, Any]

_EPOCH = date(1970, 1, 1)


def field_of(at: int) -> str:
    return f"constraints[{at}]"


def learnable(
    constraints: Sequence[Constraint], source: Source, roles: Mapping[str, str], warnings: list[str]
) -> Source:
    """The rows that break no constraint. Raises InvalidRequestError where that leaves too few, or a
    constraint can't be of its columns."""
    quantities = quantities_of(source.columns, roles)
    whole = np.ones(source.rows, np.bool_)
    for at, one in enumerate(constraints):
        holding = _holding(at, one, source, roles, quantities)
        broken = int((~holding).sum())
        if broken:
            warnings.append(
                f"{described(one)}: {broken:,} of {source.rows:,} rows break it, and aren't learnt from"
            )
        whole &= holding
    if whole.all():
        return source
    left = source.only(whole)
    if left.rows == 0 or left.subject_count < FEWEST_SUBJECTS:
        raise InvalidRequestError.one(
            "constraints",
            f"only {left.rows} of {source.rows:,} rows meet all of them",
            f"ask for what at least {FEWEST_SUBJECTS} subjects' rows hold",
        )
    return left


def _holding(
    at: int, one: Constraint, source: Source, roles: Mapping[str, str], quantities: Mapping[str, Quantity]
) -> Flags:
    """By row, whether a constraint holds; it does where what it is about is null."""
    every = np.ones(source.rows, np.bool_)
    if one["type"] in ("unique", "fixed_combinations"):
        return every
    if one["type"] == "one_of":
        column = source.columns[one["column"]]
        if roles[column.name] not in ("category", "number"):
            raise _made_anew(at, column.name, roles[column.name])
        return ~column.known | _among(at, column, one["values"])
    if one["type"] in ("positive", "non_negative", "range"):
        column = source.columns[one["column"]]
        if roles[column.name] not in ("number", "time", "category"):
            raise _made_anew(at, column.name, roles[column.name])
        low, high = limits_of(at, one, column.type)
        values = _values(column)
        holding: Flags = (values >= low) & (values <= high)
        return ~column.known | (holding if one["type"] != "positive" else holding & (values > 0))
    names = [one["low"], one["high"]] if one["type"] == "inequality" else [one["column"], *one["of"]]
    for name in names:
        if name not in quantities:
            fix = "numbers below 2**53, and for inequalities dates and times, of their usual roles"
            raise InvalidRequestError.one(field_of(at), f"{name} can't be reckoned with ({roles[name]})", fix)
    if one["type"] == "inequality":
        low_one, high_one = quantities[names[0]], quantities[names[1]]
        if low_one.kind != high_one.kind or names[0] == names[1]:
            raise InvalidRequestError.one(
                field_of(at), f"{' and '.join(names)} can't be compared", "name two columns of one type"
            )
        return kept(low_one, high_one, one.get("strict", False))
    if any(quantities[name].kind != "number" for name in names) or len(set(names)) == 1:
        raise InvalidRequestError.one(field_of(at), "a formula is of numbers", "name other columns")
    formula = FormulaOf(one["operator"], tuple(one["of"]))
    return holds(quantities[names[0]], formula, [quantities[name] for name in names[1:]])


def _made_anew(at: int, name: str, role: str) -> InvalidRequestError:
    fix = "give the column the role number, time or category, or leave the constraint out"
    return InvalidRequestError.one(field_of(at), f"{name} is a {role}, which is made anew in each row", fix)


def _among(at: int, column: Column, values: Sequence[Any]) -> Flags:
    try:
        if any(isinstance(one, bool) for one in values) != pt.is_boolean(column.type):
            raise ValueError("a truth value is no number and no text")
        wanted = pa.array(values).cast(column.type)
    except (pa.ArrowException, ValueError, TypeError) as error:
        reason = f"{shown(list(values))} can't be values of {column.name}, of {column.type}: {error}"
        raise InvalidRequestError.one(field_of(at), reason, "give values as the column has them") from error
    return truths(pc.is_in(column.values, wanted))


def limits_of(at: int, one: Constraint, type_: pa.DataType) -> tuple[Any, Any]:
    """Both limits, as numbers; of dates and times as days."""
    given = (
        {"min": 0} if one["type"] != "range" else {name: one[name] for name in ("min", "max") if name in one}
    )
    of_days = pt.is_date(type_) or pt.is_timestamp(type_)
    found = {"min": -np.inf, "max": np.inf}
    for name, limit in given.items():
        if isinstance(limit, str) != of_days or not (of_days or pt.is_integer(type_) or _is_number(type_)):
            kind = "a date as text" if of_days else "a number, of a column of numbers"
            raise InvalidRequestError.one(
                field_of(at), f"{shown(limit)} is no limit of {one['column']}, of {type_}", f"give {kind}"
            )
        try:
            found[name] = (date.fromisoformat(str(limit)) - _EPOCH).days if of_days else limit
        except ValueError as error:
            fix = "give a day, such as 2026-01-31"
            raise InvalidRequestError.one(field_of(at), f"{shown(limit)} is no date", fix) from error
    if found["min"] > found["max"]:
        raise InvalidRequestError.one(
            field_of(at), "nothing lies from min to max", "give a max of at least min"
        )
    return found["min"], found["max"]


def _is_number(type_: pa.DataType) -> bool:
    return bool(pt.is_floating(type_) or pt.is_decimal(type_))


def _values(column: Column) -> np.ndarray[Any, Any]:
    """Numbers, or days."""
    if pt.is_floating(column.type):
        return np.asarray(column.values.to_numpy(zero_copy_only=False))
    units = units_of(column.values)
    if pt.is_timestamp(column.type):
        return units // DAY[column.type.unit]
    return units / 10.0**column.type.scale if pt.is_decimal(column.type) else units


def described(one: Constraint) -> str:
    """A constraint in a few words."""
    match one["type"]:
        case "inequality":
            return Order(one["low"], one["high"], one.get("strict", False)).text
        case "formula":
            return f"{one['column']} = {FormulaOf(one['operator'], tuple(one['of'])).text}"
        case "range":
            return f"{one['column']} from {one.get('min', '...')} to {one.get('max', '...')}"
        case "fixed_combinations":
            return f"{', '.join(one['columns'])} stand together as they did"
        case kind:
            return f"{one['column']} is {kind.replace('_', ' ')}"
