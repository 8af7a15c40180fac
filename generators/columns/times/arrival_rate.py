"""How often things happen at each hour of some years, and which share of them has happened by a moment.

The rate is constant within an hour of a zone's days. It is the product of a weight of the hour, one of the
weekday, one of the month, a factor of special days, and a growth from year to year. What it adds up to is
kept in whole numbers: 2**32 in an hour of the busiest kind, so that one of a thousandth of that rate still
tells milliseconds apart. From the sum before each day, the day's weight and the sums of a day's (or a
week's) hours, the sum at any microsecond follows, and the microsecond of any sum: no table of all hours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.calendars import countries, offsets
from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.columns.times.seasons import (
    MOST_DAYS,
    day_weights,
    known_holidays,
    weights_field,
    zone_field,
)
from synthmill.generators.kernels.elementary import exp, log
from synthmill.generators.kernels.mix import F64, I64, U64
from synthmill.generators.kernels.rates import (
    BITS,
    DROPPED,
    PROFILE,
    LocalRate,
    Stretches,
    local_rate,
    local_reached,
    moment_of,
    reached_by,
)
from synthmill.generators.schema.fields import Choice, Items, Number, Parameters, Text, options, refused
from synthmill.generators.schema.json_values import shown
from synthmill.generators.schema.times import UNITS, days

_DAY = UNITS["day"]
_YEAR_DAYS = 365.2425


class SpecialDate(Text):
    """A day, such as 2024-12-24, or one of every year, such as 12-24."""

    _PATTERN = re.compile(r"([0-9]{4}-)?[0-9]{2}-[0-9]{2}")

    def __init__(self) -> None:
        super().__init__("A day, or one of every year.", examples=["12-24"])

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            if not self._PATTERN.fullmatch(text):
                raise ValueError
            date.fromisoformat(text if len(text) == 10 else f"2000-{text}")
        except ValueError:
            raise refused(f"{shown(text)} isn't a day", "write it like 2024-12-24 or 12-24") from None
        return text

    def json_schema(self) -> dict[str, Any]:
        return super().json_schema() | {"pattern": f"^{self._PATTERN.pattern}$"}


class SpecialDaysParameters(Parameters):
    holidays = Choice("A country's public holidays (2001 to 2035).", countries(), default=None)
    dates = Items(
        "Days, or days of every year.", SpecialDate(), default=None, examples=[["12-24", "2024-11-29"]]
    )
    factor = Number("What the rate of these days is multiplied by.", 0.0, 1e6, examples=[0.2])

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if (data["holidays"] is None) == (data["dates"] is None):
            raise refused("needs holidays or dates", "give one of the two", "holidays")


class RateParameters(Parameters):
    """How often things happen, by hour, weekday, month, special day and year: weights that are multiplied."""

    hours = weights_field(
        "How often in each hour of the day, from midnight on: 24, or 168 of a week from Monday on.",
        24,
        [[0] * 7 + [1, 3] + [5] * 9 + [2, 1] + [0] * 4],
        most=168,
    )
    weekdays = weights_field("How often on each weekday, Monday first.", 7, [[5, 5, 5, 5, 6, 2, 1]])
    months = weights_field("How often in each month.", 12, [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3]])
    special_days = Items(
        "Days on which it is otherwise; factors of a day that is named twice are multiplied.",
        ma.fields.Nested(SpecialDaysParameters),
        most=100,
        default=None,
        examples=[[{"holidays": "US", "factor": 0.2}, {"dates": ["11-29"], "factor": 4}]],
    )
    growth = Number(
        "How much more often from year to year: 0.2 is a fifth, below 0 is less.",
        -0.99,
        10.0,
        default=0.0,
        examples=[0.2],
    )
    zone = zone_field("")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["hours"] and len(data["hours"]) not in (24, 168):
            raise refused(f"has {len(data['hours'])} entries", "give 24, or 168 for a week", "hours")
        if all(data[name] == usual for name, usual in _CONSTANT.items() if name != "zone"):
            raise refused("says nothing", "give hours, weekdays, months, special_days or growth")


_CONSTANT = {name: field.load_default for name, field in RateParameters().fields.items()}
"""Always as often."""


def rate_field() -> ma.fields.Nested:
    """The parameter `rate` of what has times; None if left out: always as often."""
    about = (
        "How often things happen by hour, weekday, month, special day and year; always as often if left out."
    )
    example = {"hours": [0] * 8 + [1] * 10 + [0] * 6, "weekdays": [1, 1, 1, 1, 1, 0, 0], "growth": 0.1}
    return ma.fields.Nested(RateParameters, **options(about, None, [example]))


@dataclass(frozen=True, eq=False)
class ArrivalRate:
    """The sum of a rate from `start` on, to any moment and back, the same bits everywhere.

    Times are microseconds from 1970 (UTC). With u evenly spread below 2**64, `moment(bounded(u, total))` is a
    time by the rate, and `moment(reached(a) + bounded(u, reached(b) - reached(a)))` one from a to b - 1, as
    long as there is any rate between.
    """

    start: int
    end: int
    """The moment after the last."""
    total: int
    """The sum at the end; below 2**53 and above 0."""
    local: LocalRate
    stretches: Stretches

    def reached(self, times: I64) -> U64:
        """The sum at each time: rising, 0 up to `start` and `total` from `end` on."""
        return reached_by(self.local, self.stretches, times)

    def moment(self, reached: U64) -> I64:
        """The last time by which each sum, below `total`, isn't passed: rising, never where the rate is 0.

        So `reached(moment(c)) <= c < reached(moment(c) + 1)`.
        """
        return moment_of(self.local, self.stretches, reached)


def arrival_rate(parameters: Mapping[str, Any] | None, start: int, end: int) -> ArrivalRate:
    """From loaded RateParameters (None: always as often), for times from start to end - 1, in microseconds.

    Raises ParameterError, for `end` or a parameter within `rate`.
    """
    given = _CONSTANT if parameters is None else parameters
    starts, ahead = _stretches(given["zone"], start, end)
    first, last = int((starts + ahead).min()) // _DAY, int(end + ahead.max()) // _DAY
    if last - first >= MOST_DAYS:
        raise ParameterError("end", f"with a rate there can be {MOST_DAYS} days", "give a nearer end")
    local = _local(given, first, last)
    ends = np.append(starts[1:], end)
    local_sums = local_reached(local, starts + ahead)
    sums = np.cumsum(
        np.concatenate((np.zeros(1, np.uint64), local_reached(local, ends + ahead) - local_sums))
    )
    if not sums[-1]:
        raise ParameterError(
            "rate", "nothing ever happens from start to end", "give some weight above 0 there"
        )
    stretches = Stretches(start, end, starts, ahead, sums[:-1], local_sums)
    return ArrivalRate(start, end, int(sums[-1]), local, stretches)


def _stretches(zone: str | None, start: int, end: int) -> tuple[I64, I64]:
    """From when on a zone is how far ahead of UTC, in microseconds; the first stretch begins with `start`."""
    if zone is None:
        return np.array([start], np.int64), np.zeros(1, np.int64)
    moments, ahead = (values * UNITS["second"] for values in offsets(zone))
    held = max(int(np.searchsorted(moments, start, side="right")) - 1, 0)
    inside = np.flatnonzero((moments > start) & (moments < end))
    return np.append(np.int64(start), moments[inside]), ahead[np.append(held, inside)]


def _local(parameters: Mapping[str, Any], first: int, last: int) -> LocalRate:
    hours = np.array(parameters["hours"] or [1.0] * 24, np.float64).reshape(-1, 24)
    sums = np.cumsum(_whole(hours, "hours"), axis=1)
    sums = np.concatenate((np.zeros((len(sums), 1), np.uint64), sums), axis=1)
    weights = _whole(_day_rates(parameters, first, last), "weekdays")
    profiles = (np.arange(first, last + 1, dtype=np.int64) + 3) % 7 % len(sums)
    a_day = (weights * sums[profiles, 24]) >> DROPPED
    before = np.cumsum(np.concatenate((np.zeros(1, np.uint64), a_day)))
    raised = sums + np.arange(len(sums), dtype=np.uint64)[:, None] * PROFILE
    return local_rate(first, before, weights, profiles, raised.ravel())


def _day_rates(parameters: Mapping[str, Any], first: int, last: int) -> F64:
    rates = day_weights(parameters, first, last)
    for at, special in enumerate(parameters["special_days"] or ()):
        try:
            chosen = _special_days(special, first, last)
        except ParameterError as error:
            raise ParameterError(
                f"rate.special_days[{at}].{error.parameter}", error.reason, error.fix
            ) from error
        rates[chosen - first] *= special["factor"]
    if parameters["growth"]:
        a_day = log.plain(np.array([1.0 + parameters["growth"]])) / _YEAR_DAYS
        rates *= exp.plain(a_day * np.arange(len(rates), dtype=np.float64))
    return rates


def _special_days(special: Mapping[str, Any], first: int, last: int) -> I64:
    if special["holidays"]:
        return known_holidays(special["holidays"], first, last)
    found = {day for text in special["dates"] for day in _named(text, first, last)}
    return np.array(sorted(day for day in found if first <= day <= last), np.int64)


def _named(text: str, first: int, last: int) -> Sequence[int]:
    """The days that a date names: itself, or one of each year that has it."""
    if len(text) == 10:
        return [days(text)]
    years = np.array([first, last], "datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    leap = [year for year in range(years[0], years[1] + 1) if text != "02-29" or _is_leap(year)]
    return [days(f"{year:04}-{text}") for year in leap]


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _whole(weights: F64, parameter: str) -> U64:
    """The weights in whole numbers, the greatest 2**24; what is above 0 stays so."""
    greatest = weights.max()
    if greatest <= 0.0:
        raise ParameterError(f"rate.{parameter}", "nothing ever happens", "give some weight above 0")
    scaled = np.floor(weights / greatest * 2.0**BITS + 0.5)
    return np.where(weights > 0.0, np.maximum(scaled, 1.0), 0.0).astype(np.uint64)
