"""Which constraints there are, and what each takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators.errors import did_you_mean
from synthmill.generators.learning.relations.formulas import OPERATORS
from synthmill.generators.schema.fields import refused
from synthmill.generators.schema.json_values import shown

MOST = 100

Check = Callable[[Any], str]
"""What is wrong with a value; empty where nothing is."""


def _name(value: Any) -> str:
    return "" if isinstance(value, str) and value else "isn't a column's name"


def _names(value: Any) -> str:
    named = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return "" if named and len(set(value)) == len(value) >= 2 else "isn't a list of two columns or more"


def _operands(value: Any) -> str:
    named = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return "" if named and len(value) in (1, 2) else "isn't a list of one or two columns"


def _limit(value: Any) -> str:
    is_limit = isinstance(value, str | int | float) and not isinstance(value, bool)
    return "" if is_limit else "is neither a number nor a date"


def _values(value: Any) -> str:
    single = isinstance(value, list) and all(isinstance(one, str | int | float) for one in value)
    return "" if single and value else "isn't a list of values"


def _truth(value: Any) -> str:
    return "" if isinstance(value, bool) else "is neither true nor false"


def _operator(value: Any) -> str:
    return "" if value in OPERATORS else f"isn't one of {', '.join(OPERATORS)}"


KINDS: Mapping[str, tuple[Mapping[str, Check], Mapping[str, Check]]] = {
    "positive": ({"column": _name}, {}),
    "non_negative": ({"column": _name}, {}),
    "range": ({"column": _name}, {"min": _limit, "max": _limit}),
    "one_of": ({"column": _name, "values": _values}, {}),
    "unique": ({"column": _name}, {}),
    "inequality": ({"low": _name, "high": _name}, {"strict": _truth}),
    "fixed_combinations": ({"columns": _names}, {}),
    "formula": ({"column": _name, "operator": _operator, "of": _operands}, {}),
}
"""By type, what it needs and what it may have besides."""


class Constraints(ma.fields.Field[list[dict[str, Any]]]):
    """Constraints as objects, each with a `type`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or len(value) > MOST:
            raise refused(
                f"isn't a list of at most {MOST} constraints",
                'such as [{"type": "positive", "column": "age"}]',
            )
        wrong = {at: found for at, one in enumerate(value) if (found := check(one))}
        if wrong:
            raise ma.ValidationError(wrong)
        return value

    def json_schema(self) -> dict[str, Any]:
        text = {"type": "string"}
        limit = {"type": ["string", "number"]}
        names = {"type": "array", "items": text}
        types: dict[Check, Any] = {
            _name: text, _names: names, _operands: names, _limit: limit, _truth: {"type": "boolean"},
            _values: {"type": "array", "items": {}}, _operator: {"type": "string", "enum": list(OPERATORS)},
        }  # fmt: skip
        kinds = [
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["type", *needed],
                "properties": {
                    "type": {"const": kind},
                    **{name: types[of] for name, of in (*needed.items(), *more.items())},
                },
            }
            for kind, (needed, more) in KINDS.items()
        ]
        return {"type": "array", "maxItems": MOST, "items": {"oneOf": kinds}}


def check(one: Any) -> dict[str, Any]:
    """What is wrong with a constraint, by its parameters; empty where nothing is."""
    error = _wrong(one)
    return {} if error is None else {error.field_name: error.messages}


def _wrong(one: Any) -> ma.ValidationError | None:
    if not isinstance(one, dict) or not isinstance(one.get("type"), str):
        return refused(f"{shown(one)} isn't an object with a type", f"types: {', '.join(KINDS)}")
    if one["type"] not in KINDS:
        near = did_you_mean(one["type"], KINDS)
        return refused(f"{shown(one['type'])} isn't a constraint{near}", f"types: {', '.join(KINDS)}", "type")
    needed, more = KINDS[one["type"]]
    known = f"{one['type']} takes {', '.join([*needed, *more])}"
    for name in needed:
        if name not in one:
            return refused("is missing", known, name)
    for name, value in one.items():
        if name == "type":
            continue
        test = needed.get(name) or more.get(name)
        if test is None:
            return refused("unknown parameter", known, name)
        if reason := test(value):
            return refused(f"{shown(value)} {reason}", known, name)
    if one["type"] == "range" and not {"min", "max"} & set(one):
        return refused("has neither min nor max", known)
    if one["type"] == "formula" and (len(one["of"]) == 1) != (one["operator"] == "copy"):
        return refused(
            f"{one['operator']} isn't of {len(one['of'])} columns", "copy is of one, all others of two", "of"
        )
    return None
