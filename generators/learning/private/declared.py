"""What a private fit is given besides data: its budget, and what is known of the columns without looking."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.schema.fields import Items, Number, Parameters, Scalar, Whole, check_limits, refused
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.schema.json_values import shown

LEVELS = ("careful", "open")
"""careful  leaves count classes of values, of many rows each
open     leaves hold the codes of their rows: closer to the data, and the file tells more of them"""
DEFAULT_DELTA = 1e-6
MOST_EPSILON = 100.0
MOST_VALUES = 10_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True)
class Bounds:
    """Between which a number or a day lies."""

    low: float | int | str
    high: float | int | str
    decimals: int | None
    """That all numbers have; of doubles None where they have any."""


@dataclass(frozen=True)
class Budget:
    """How private a fit is to be, and what is public."""

    epsilon: float
    delta: float
    bounds: Mapping[str, Mapping[str, Bounds]]
    """By table and column."""
    domains: Mapping[str, Mapping[str, list[Any]]]
    rows_per_subject: int


class Limit(ma.fields.Field[Any]):
    """A number, or a day as a date of ISO 8601."""

    def __init__(self, about: str) -> None:
        super().__init__(required=True, metadata={"description": about})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, str) and _DAY.match(value):
            try:
                date.fromisoformat(value)
            except ValueError as error:
                raise refused(str(error), "give a day there is") from None
            return value
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limits.MAX_SEED:
            raise refused(f"{shown(value)} is no number and no day", "give a number, or a day as 2020-12-31")
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": ["number", "string"]}


class BoundsParameters(Parameters):
    """Between which a number or a day lies, both included; what is beyond counts as the nearest of them."""

    min = Limit("The least.")
    max = Limit("The greatest.")
    decimals = Whole(
        "How many decimals numbers have; left out, whole numbers none and others as many as there is room.",
        0, 6, default=None,
    )  # fmt: skip

    @ma.validates_schema
    def _check(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        if isinstance(data["min"], str) != isinstance(data["max"], str):
            raise refused("is a day, and the other a number", "give two of the same", "max")
        check_limits(data)
        if data["min"] == data["max"]:
            raise refused("is the same as min", "give a domain of one value, or ignore the column", "max")


class ByColumn(ma.fields.Field[dict[str, dict[str, Any]]]):
    """Something by table and column."""

    def __init__(self, about: str, inner: ma.fields.Field[Any], examples: list[Any]) -> None:
        self.inner = inner
        super().__init__(load_default=dict, metadata={"description": about, "examples": examples})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
            raise refused(f"{shown(value)} isn't an object of objects", "give them by table, then by column")
        found: dict[str, dict[str, Any]] = {}
        wrong: dict[str, Any] = {}
        for table, columns in value.items():
            for column, given in columns.items():
                try:
                    found.setdefault(table, {})[column] = self.inner.deserialize(given)
                except ma.ValidationError as error:
                    wrong.setdefault(table, {})[column] = error.messages
        if wrong:
            raise ma.ValidationError(wrong)
        return found

    def json_schema(self) -> dict[str, Any]:
        inner = (
            object_schema(BoundsParameters)
            if isinstance(self.inner, ma.fields.Nested)
            else self.inner.json_schema()  # type: ignore[attr-defined]
        )
        by_column = {"type": "object", "additionalProperties": inner}
        return {"type": "object", "additionalProperties": by_column}


class BudgetParameters(Parameters):
    """Differential privacy: how much may be learnt of any one subject, and what is public."""

    epsilon = Number("How much: 1 is strong, 10 is weak.", 0.001, MOST_EPSILON, examples=[1.0])
    delta = Number(
        "With which probability more, at most: much less than one by the number of subjects.",
        1e-15, 0.01, default=DEFAULT_DELTA,
    )  # fmt: skip
    bounds = ByColumn(
        "Numbers and days: between which they lie, from knowledge other than the data. Ranges that aren't "
        "declared are found, between powers of two, for a part of the budget.",
        ma.fields.Nested(BoundsParameters),
        [{"people": {"age": {"min": 0, "max": 120}}}],
    )
    domains = ByColumn(
        "Categories: which values there are, from knowledge other than the data. Others count as if not "
        "known; where none are declared, those that many have are found, for a part of budget and delta.",
        Items("Values.", Scalar("A value."), most=MOST_VALUES),
        [{"people": {"sex": ["Female", "Male"]}}],
    )
    rows_per_subject = Whole(
        "Rows of a subject that are learnt from, at most; noise grows with it. Only with a role `subject`.",
        1, 1_000, default=1,
    )  # fmt: skip


def for_table(privacy: Mapping[str, Any], table: str) -> dict[str, Any]:
    """A budget whose bounds and domains are by column alone, where it is, as one of a table."""
    found = dict(privacy)
    bounds, domains = privacy.get("bounds"), privacy.get("domains")
    if isinstance(bounds, Mapping) and any(
        isinstance(one, Mapping) and one.keys() & {"min", "max"} for one in bounds.values()
    ):
        found["bounds"] = {table: dict(bounds)}
    if isinstance(domains, Mapping) and any(isinstance(one, list | tuple) for one in domains.values()):
        found["domains"] = {table: dict(domains)}
    return found


class Privacy(ma.fields.Field[Any]):
    """A level, or a budget."""

    def __init__(self) -> None:
        about = (
            "careful: leaves of trees count classes of values; open: they hold codes of rows, which is "
            "closer to the data and says more about whose they were. For the method dp an object with "
            "epsilon, delta, bounds, domains and rows_per_subject."
        )
        super().__init__(load_default="careful", metadata={"description": about})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict):
            given = BudgetParameters().load(value)
            given["bounds"] = {
                table: {
                    column: Bounds(one["min"], one["max"], one["decimals"]) for column, one in columns.items()
                }
                for table, columns in given["bounds"].items()
            }
            return Budget(**given)
        if value not in LEVELS:
            fix = f'give one of: {", ".join(LEVELS)}, or {{"epsilon": 1}} with the method dp'
            raise refused(f"{shown(value)} isn't one of its values", fix)
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"oneOf": [{"type": "string", "enum": list(LEVELS)}, object_schema(BudgetParameters)]}
