"""Dates, times and lengths of time in parameters: ISO 8601 text, whole microseconds inside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import marshmallow as ma

from synthmill.generators.schema.fields import REQUIRED, Choice, options, refused
from synthmill.generators.schema.json_values import shown

UNITS = {
    "microsecond": 1,
    "millisecond": 1_000,
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": 86_400_000_000,
}
"""Microseconds in what a time can be whole numbers of."""

END_OF_TIME = "9999-12-31T23:59:59.999999Z"
"""The last moment that Python, and so pandas' readers, can name."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LENGTHS = {
    "ms": 1_000,
    "s": 10**6,
    "m": 60 * 10**6,
    "h": 3_600 * 10**6,
    "d": 86_400 * 10**6,
    "w": 604_800 * 10**6,
}
_LENGTH = re.compile(r"([0-9]{1,9})(ms|s|m|h|d|w)")


def microseconds(moment: str) -> int:
    """From 1970 to a moment that a `Moment` field let through."""
    return (datetime.fromisoformat(moment) - _EPOCH) // timedelta(microseconds=1)


def days(day: str) -> int:
    """From 1970 to a day that a `Day` field let through."""
    return date.fromisoformat(day).toordinal() - _EPOCH.toordinal()


def length(duration: str) -> int:
    """Microseconds of a duration that a `Duration` field let through."""
    match = _LENGTH.fullmatch(duration)
    assert match is not None
    return int(match[1]) * _LENGTHS[match[2]]


class Day(ma.fields.Field[str]):
    """A day, such as 2024-02-29."""

    def __init__(
        self, about: str, *, default: Any = REQUIRED, examples: Iterable[str] = ("2024-02-29",)
    ) -> None:
        super().__init__(**options(about, default, examples))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return date.fromisoformat(value).isoformat()
        except (TypeError, ValueError):
            raise refused(
                f"{shown(value)} isn't a day", "write it like 2024-02-29 (in YAML: in quotes)"
            ) from None

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


class Moment(ma.fields.Field[str]):
    """A point in time, such as 2024-02-29T12:00:00Z; without a zone it is UTC."""

    def __init__(
        self, about: str, *, default: Any = REQUIRED, examples: Iterable[str] = ("2024-02-29T12:00:00Z",)
    ) -> None:
        super().__init__(**options(about, default, examples))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            moment = datetime.fromisoformat(value)
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise refused(
                f"{shown(value)} isn't a time", "write it like 2024-02-29T12:00:00Z (in YAML: in quotes)"
            ) from None
        return moment.isoformat().replace("+00:00", "Z")

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


class Duration(ma.fields.Field[str]):
    """A length of time: a whole number and ms, s, m, h, d or w."""

    def __init__(self, about: str, *, default: Any = REQUIRED, examples: Iterable[str] = ("90m",)) -> None:
        super().__init__(**options(about, default, examples))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not _LENGTH.fullmatch(value):
            raise refused(
                f"{shown(value)} isn't a length of time", "write a whole number and ms, s, m, h, d or w: 90m"
            )
        if length(value) > 10_000 * 366 * UNITS["day"]:
            raise refused(f"{value} is longer than 10,000 years", "give a shorter time")
        return value

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_LENGTH.pattern}$"}


def precision_field() -> Choice:
    return Choice("Times are whole numbers of this.", tuple(UNITS), default="second")
