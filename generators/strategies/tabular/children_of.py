"""Whose children a table's rows are, and how many a parent has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators.columns.times.life import LifeParameters
from synthmill.generators.columns.times.schedule import ScheduleParameters
from synthmill.generators.schema.fields import (
    Choice,
    Items,
    Name,
    Number,
    Parameters,
    Reason,
    TableName,
    Whole,
    check_limits,
    options,
    refused,
)
from synthmill.generators.schema.times import Duration

MAX_CHILDREN = 10_000
"""Children that one parent may have by weights."""

MAX_EVENTS = 1_000_000
"""Children that one parent may have by how long its life is."""

_NO_GAP = "0s"
_FORM = (
    "give an object with table and max, where wanted also with min and weights; or with table and steps_of; "
    "or with table, during and schedule"
)


class ChildrenOf(Parameters):
    """The table whose rows are the parents of this table's rows, and how many children a parent has."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.error_messages["type"] = Reason("isn't an object", _FORM)
        for field in self.fields.values():
            # In a list the reason keeps its fix; marshmallow would format it into plain text.
            messages: dict[str, Any] = {"required": [Reason("is missing", _FORM)]}
            field.error_messages = {**field.error_messages, **messages}

    table = TableName("The parents' table.", examples=["orders"])
    min = Whole("The fewest children of a parent.", 0, MAX_CHILDREN, default=0)
    max = Whole(
        f"The most children of a parent, {MAX_CHILDREN} by weights; needed unless `steps_of` or `schedule` "
        "is given.",
        1,
        MAX_EVENTS,
        default=None,
        examples=[8],
    )
    weights = Items(
        "How common each number of children is, from min to max. All equal if left out; tilted so that the "
        "mean is the one that the two tables' rows ask for.",
        Number("How common this number is.", 0.0, 1e15, above=True),
        default=None,
        most=MAX_CHILDREN + 1,
        examples=[[3, 2, 1]],
    )
    total = Choice(
        "exact: the table has exactly its `rows`; free: each parent's number of children is "
        "drawn independently, and the table has as many rows as they add up to.",
        ("exact", "free"),
        default="exact",
    )
    mean = Number(
        "With a free total, the mean number of children, to which the weights are tilted.",
        0.0,
        MAX_CHILDREN,
        default=None,
        examples=[2.5],
    )
    during = ma.fields.Nested(
        LifeParameters,
        **options(
            "The life of a parent, in which its children come to be one after the other: see `event_time`.",
            None,
            [{"start": "opened_at", "end": "closed_at", "until": "2025-12-31T00:00:00Z"}],
        ),
    )
    counts = Choice(
        "weights: each number of children is as common as its weight says; exposure: the longer a life is, "
        "and the higher its rate, the more (Poisson with a free total, in proportion with an exact one).",
        ("weights", "exposure"),
        default="weights",
    )
    per_day = Number(
        "By exposure with a free total: the mean number of children in a day of a life.",
        0.0,
        MAX_EVENTS,
        above=True,
        default=None,
        examples=[0.8],
    )
    intensity = Name(
        "By exposure: a column of the parents' with numbers; one with 2 has twice as many children as one "
        "with 1.",
        default=None,
        examples=["activity"],
    )
    min_gap = Duration(
        "By exposure: how much time lies between two children of a parent at least; who has no time for "
        "more has fewer.",
        default=_NO_GAP,
        examples=["30m"],
    )
    schedule = ma.fields.Nested(
        ScheduleParameters,
        **options(
            "A child at regular times of a life; stands instead of all but `table`, `during` and `max`, and "
            "the total is free.",
            None,
            [{"unit": "month", "day": 1}],
        ),
    )
    steps_of = Name(
        "The parents' column of the kind state: a child for every state that the parent goes through. Stands "
        "instead of all but `table` and `during`, and the total is free.",
        default=None,
        examples=["status"],
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("steps_of") is not None:
            _check_alone(data, "steps_of", ("max", "schedule"))
        elif data.get("schedule") is not None:
            _check_schedule(data)
        elif data["counts"] == "exposure":
            _check_exposure(data)
        else:
            _check_weights(data)


def _check_weights(data: Mapping[str, Any]) -> None:
    for name in ("per_day", "intensity", "min_gap"):
        if data.get(name) not in (None, _NO_GAP):
            raise refused("needs counts by exposure", "leave it out, or set counts to exposure", name)
    if data.get("max") is None:
        raise refused("is missing", _FORM, "max")
    if data.get("mean") is not None and data["total"] != "free":
        raise refused("means nothing to an exact total", "leave it out, or set total to free", "mean")
    if data["max"] > MAX_CHILDREN:
        fix = f"give a whole number from 1 to {MAX_CHILDREN}, or set counts to exposure"
        raise refused(f"{data['max']} is outside 1 to {MAX_CHILDREN}", fix, "max")
    check_limits(data)
    counts = data["max"] - data["min"] + 1
    if data.get("weights") and len(data["weights"]) != counts:
        raise refused(
            f"{len(data['weights'])} weights for {counts} numbers of children",
            "give one weight for each number from min to max",
            "weights",
        )


def _check_schedule(data: Mapping[str, Any]) -> None:
    _check_alone(data, "schedule", ())
    if data.get("during") is None:
        raise refused("is missing", "say when the life of a parent begins and ends", "during")
    if data["during"]["rate"] is not None:
        raise refused("means nothing beside schedule", "leave one of the two out", "during.rate")


def _check_exposure(data: Mapping[str, Any]) -> None:
    for name in ("weights", "mean", "min"):
        if data.get(name):
            raise refused("means nothing to counts by exposure", "leave it out", name)
    if data.get("during") is None:
        raise refused("is missing", "say when the life of a parent begins and ends", "during")
    if data.get("max") is None:
        raise refused("is missing", _FORM, "max")
    if data["total"] == "exact" and data.get("per_day") is not None:
        raise refused("means nothing to an exact total", "leave it out, or set total to free", "per_day")
    if data["total"] == "free" and data.get("per_day") is None:
        raise refused("is missing", "say how many children there are in a day of a life", "per_day")


def _check_alone(data: Mapping[str, Any], which: str, more: Iterable[str]) -> None:
    """Refuse what means nothing where the number of children follows from something else."""
    defaults = {"min": 0, "counts": "weights", "min_gap": _NO_GAP}
    for name in (*more, "weights", "mean", "per_day", "intensity", *defaults):
        if data.get(name) != defaults.get(name):
            raise refused(f"means nothing beside {which}", "leave one of the two out", name)
