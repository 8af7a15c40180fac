"""Dates (whole days), times (microseconds, UTC) and lengths of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from synthmill.generators.formulas.function import Function, Is, Literals, is_number, taking
from synthmill.generators.formulas.values import (
    DATE,
    DURATION,
    NUMBER,
    TIME,
    WHOLE,
    Type,
    Value,
    floats,
    within,
)
from synthmill.generators.kernels.dates import first_days, months_of
from synthmill.generators.kernels.mix import I64

_DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _has_days(type_: Type) -> bool:
    return type_ in (DATE, TIME)


def _days(value: Value, type_: Type) -> I64:
    result: I64 = value.values // np.int64(_DAY) if type_ == TIME else value.values
    return result


@dataclass(frozen=True)
class _Field:
    """A part of a date."""

    name: str

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        return Value(self._of(_days(values[0], types[0])), values[0].null)

    def _of(self, days: I64) -> I64:
        if self.name == "weekday":
            # The 1st of January 1970 was a Thursday.
            return (days + 3) % 7 + 1
        months = months_of(days)
        if self.name == "day":
            return days - first_days(months) + 1
        return months // 12 + 1970 if self.name == "year" else months % 12 + 1


@dataclass(frozen=True)
class _Clock:
    """A part of a time of day."""

    unit: int
    most: int

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        return Value(values[0].values // np.int64(self.unit) % np.int64(self.most), values[0].null)


def _date_type(types: Sequence[Type], literals: Literals) -> Type | None:
    if len(types) != 1:
        return None
    return DATE if _has_days(types[0]) or _day(literals[0]) is not None else None


def _date(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    written = _day(literals[0])
    if written is not None:
        return Value(np.full(len(values[0]), written, np.int64))
    return Value(_days(values[0], types[0]), values[0].null)


def _day(written: object) -> int | None:
    """Days from 1970 to a day such as 2024-02-29, where there is one."""
    try:
        return (
            date.fromisoformat(written).toordinal() - _EPOCH.toordinal() if isinstance(written, str) else None
        )
    except ValueError:
        return None


def _time_type(types: Sequence[Type], literals: Literals) -> Type | None:
    if len(types) != 1:
        return None
    return TIME if types[0] == DATE or _moment(literals[0]) is not None else None


def _time(values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type) -> Value:
    written = _moment(literals[0])
    if written is not None:
        return Value(np.full(len(values[0]), written, np.int64))
    return within(
        values[0].values * np.int64(_DAY), values[0].values.astype(np.float64) * _DAY, values[0].null
    )


def _moment(written: object) -> int | None:
    """Microseconds from 1970 to a time such as 2024-02-29T12:00:00Z, where there is one."""
    try:
        moment = datetime.fromisoformat(written) if isinstance(written, str) else None
        if moment is None:
            return None
        zoned = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return (zoned - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class _Length:
    unit: int

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        whole = np.floor(floats(values[0], types[0]) * float(self.unit) + 0.5)
        fits = np.abs(whole) < 9e18
        lengths = np.where(fits, whole, 0.0).astype(np.int64)
        return within(lengths, np.where(fits, 0.0, np.inf), values[0].null)


@dataclass(frozen=True)
class _InUnits:
    unit: int

    def __call__(
        self, values: Sequence[Value], types: Sequence[Type], literals: Literals, type_: Type
    ) -> Value:
        return Value(values[0].values.astype(np.float64) / float(self.unit), values[0].null)


_OF_DATE, _OF_TIME = taking([_has_days], WHOLE), taking([Is(TIME)], WHOLE)
_LENGTH, _UNITS = taking([is_number], DURATION), taking([Is(DURATION)], NUMBER)

FUNCTIONS = (
    Function("year", "year(a)", "Of a date or time.", _OF_DATE, _Field("year")),
    Function("month", "month(a)", "1 to 12.", _OF_DATE, _Field("month")),
    Function("day", "day(a)", "Of the month, 1 to 31.", _OF_DATE, _Field("day")),
    Function("weekday", "weekday(a)", "1 for Monday to 7 for Sunday.", _OF_DATE, _Field("weekday")),
    Function("hour", "hour(a)", "Of a time (UTC), 0 to 23.", _OF_TIME, _Clock(3_600_000_000, 24)),
    Function("minute", "minute(a)", "0 to 59.", _OF_TIME, _Clock(60_000_000, 60)),
    Function(
        "date",
        "date(a), date('2024-02-29')",
        "The day of a time, or that day.",
        _date_type,
        _date,
        reads="day",
    ),
    Function(
        "time",
        "time(a), time('2024-02-29T12:00:00Z')",
        "The start of a day, or that time.",
        _time_type,
        _time,
        True,
        reads="time",
    ),
    Function("days", "days(a)", "A length of time.", _LENGTH, _Length(_DAY), True),
    Function("hours", "hours(a)", "A length of time.", _LENGTH, _Length(3_600_000_000), True),
    Function("minutes", "minutes(a)", "A length of time.", _LENGTH, _Length(60_000_000), True),
    Function("seconds", "seconds(a)", "A length of time.", _LENGTH, _Length(1_000_000), True),
    Function("in_days", "in_days(a)", "A length of time as a number.", _UNITS, _InUnits(_DAY)),
    Function("in_hours", "in_hours(a)", "A length of time as a number.", _UNITS, _InUnits(3_600_000_000)),
    Function("in_seconds", "in_seconds(a)", "A length of time as a number.", _UNITS, _InUnits(1_000_000)),
)
