"""Points in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.kind import Choices, Column, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.times.arrival_rate import ArrivalRate, arrival_rate, rate_field
from synthmill.generators.columns.times.seasons import (
    SeasonParameters,
    Zone,
    day_law,
    has_seasons,
    hours_field,
    zone,
    zone_field,
)
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.schema.fields import check_period, refused
from synthmill.generators.schema.times import UNITS, Moment, microseconds, precision_field


class TimestampParameters(SeasonParameters):
    start = Moment("The earliest time.", default="2020-01-01T00:00:00Z")
    end = Moment("The latest time.", default="2025-12-31T23:59:59Z")
    precision = precision_field()
    hours = hours_field()
    zone = zone_field()
    rate = rate_field()

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        check_period(data, microseconds)
        if data["rate"] is not None and has_seasons(data, "hours", "zone"):
            raise refused(
                "can't stand beside hours, weekdays, months, holidays, zone", "say them in it", "rate"
            )


@dataclass(frozen=True)
class _Cells:
    key: int
    first: int
    unit: int
    count: int

    def __call__(self, rows: Rows) -> Cells:
        steps = rows.choose(self.key, self.count).view(np.int64)
        return Integers(steps * np.int64(self.unit) + np.int64(self.first))


@dataclass(frozen=True)
class _Likely:
    """A day, an hour of it and a moment of that, in a zone's time; then in UTC."""

    day_key: int
    hour_key: int
    moment_key: int
    first_day: int
    days: Discrete
    hours: Discrete
    unit: int
    zone: Zone

    def __call__(self, rows: Rows) -> Cells:
        local = self.days.draw(rows.draw(self.day_key))
        local += np.int64(self.first_day)
        local *= np.int64(UNITS["day"])
        local += self.hours.draw(rows.draw(self.hour_key)) * np.int64(UNITS["hour"])
        steps = bounded(rows.draw(self.moment_key), max(1, UNITS["hour"] // self.unit)).view(np.int64)
        local += steps * np.int64(self.unit)
        return Integers(self.zone.to_utc(local))


@dataclass(frozen=True, eq=False)
class _ByRate:
    key: int
    rate: ArrivalRate
    unit: int

    def __call__(self, rows: Rows) -> Cells:
        moments = self.rate.moment(bounded(rows.draw(self.key), self.rate.total))
        passed = (moments - np.int64(self.rate.start)) // np.int64(self.unit)
        return Integers(passed * np.int64(self.unit) + np.int64(self.rate.start))


def _likely(parameters: Mapping[str, Any], scope: Scope, first: int, last: int) -> _Likely:
    unit = UNITS[parameters["precision"]]
    if unit > UNITS["hour"]:
        raise ParameterError("precision", "is too coarse for hours of a day", "give hour or finer")
    hours = parameters["hours"] or [1.0] * 24
    if not any(hours):
        raise ParameterError("hours", "no hour is likely", "give some hour a weight above 0")
    there = zone(parameters["zone"])
    days = _whole_days(there, first, last + unit)
    if days[0] > days[1]:
        raise ParameterError("end", "no whole day lies between start and end", "give a later end")
    return _Likely(
        scope.key("day"),
        scope.key("hour"),
        scope.key("moment"),
        days[0],
        day_law(parameters, *days),
        discrete(hours),
        unit,
        there,
    )


def _whole_days(there: Zone, first: int, end: int) -> tuple[int, int]:
    """The first and last day of a zone that lie wholly between two moments, the second one not included."""
    near = np.arange(-2, 3, dtype=np.int64)
    starts, ends = first // UNITS["day"] + near, end // UNITS["day"] + near
    begin = there.to_utc(starts * np.int64(UNITS["day"]))
    finish = there.to_utc((ends + 1) * np.int64(UNITS["day"]))
    return int(starts[begin >= first].min()), int(ends[finish <= end].max())


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    unit = UNITS[parameters["precision"]]
    first, last = microseconds(parameters["start"]), microseconds(parameters["end"])
    if has_seasons(parameters, "hours", "zone"):
        return Column(TIMESTAMP, _likely(parameters, scope, first, last), 27, period=(first, last))
    count = (last - first) // unit + 1
    if parameters["rate"] is not None:
        rate = arrival_rate(parameters["rate"], first, first + count * unit)
        return Column(TIMESTAMP, _ByRate(scope.key(), rate, unit), 27, period=(first, last))
    choices = Choices(scope.key(), count)
    cells = _Cells(choices.key, first, unit, choices.count)
    return Column(TIMESTAMP, cells, 27, choices=choices, period=(first, last))


KIND = Kind(
    name="timestamp",
    title="Timestamp",
    description="A point in time (UTC) from `start` to `end`: all equally likely, or by hour, day and year.",
    Parameters=TimestampParameters,
    compile=_compile,
    example={"start": "2024-01-01T00:00:00Z", "end": "2024-12-31T23:59:59Z"},
)
