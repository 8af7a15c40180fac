"""Events: what happens at given moments, again and again, or on holidays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.schema.fields import Choice, Items, Number, Parameters, Text, refused
from synthmill.generators.schema.json_values import shown
from synthmill.generators.schema.times import UNITS, Duration, Moment, days, length, microseconds
from synthmill.generators.strategies.time_series.component import ComponentKind, Scope, some_time, varied
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.varied import Varied, VariedNumber

_DAY = UNITS["day"]
_SHAPES = ("constant", "fading", "peaked")
_NEVER = -(2**61)
_FULL = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class HappeningParameters(Parameters):
    lasts = Duration("How long it has an effect.", examples=("2h",))
    effect = VariedNumber("What it adds, at most.", examples=(10,))
    shape = Choice(
        "`constant` while it lasts; `fading` to nothing; `peaked`: rising to the middle, then falling.",
        _SHAPES,
        default="constant",
    )


class EventsParameters(HappeningParameters):
    """Something at given moments; where one begins before another has ended, that one ends."""

    at = Items("When it begins.", Moment("A moment."), most=10_000, examples=[["2024-03-01T12:00:00Z"]])


class RecurringParameters(HappeningParameters):
    """Something again and again, such as a nightly backup."""

    first = Moment("When it begins for the first time.")
    every = Duration("How often.", examples=("1d",))


class HolidayDay(Text):
    """A day of each year, such as 12-25, or of one, such as 2024-11-29."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        day = super()._deserialize(value, attr, data, **kwargs)
        try:
            # A leap year has all days.
            date.fromisoformat(day if _FULL.fullmatch(day) else f"2000-{day}")
        except ValueError:
            raise refused(f"{shown(day)} isn't a day", "write 12-25 or 2024-11-29, in quotes") from None
        return day


class HolidaysParameters(Parameters):
    """Days that differ from others, in UTC."""

    days = Items(
        "Days of each year (12-25), or of one (2024-11-29).",
        HolidayDay("A day.", longest=10),
        most=1_000,
        examples=[["01-01", "12-25", "2024-11-29"]],
    )
    effect = VariedNumber("What such a day adds.", examples=(-0.5,))
    neighbours = Number("The share of the effect on the day before and the day after.", 0.0, 1.0, default=0.0)


@dataclass(frozen=True)
class _Shape:
    name: str
    lasts: int
    effect: Varied

    def __call__(self, at: Places, passed: I64) -> F64:
        """The effect so long after the beginning, in microseconds."""
        place = passed / self.lasts
        if self.name == "fading":
            height = 1.0 - place
        elif self.name == "peaked":
            height = 1.0 - np.abs(2.0 * place - 1.0)
        else:
            height = np.ones(len(place))
        return at.of(self.effect) * np.where((passed >= 0) & (passed < self.lasts), height, 0.0)


@dataclass(frozen=True, eq=False)
class _Events:
    begins: I64
    """Rising, the first of them long before all samples."""
    shape: _Shape

    def __call__(self, at: Places) -> F64:
        last = self.begins[np.searchsorted(self.begins, at.time, side="right") - 1]
        return self.shape(at, at.time - last)


@dataclass(frozen=True)
class _Recurring:
    first: int
    every: int
    shape: _Shape

    def __call__(self, at: Places) -> F64:
        passed = at.time - self.first
        return self.shape(at, np.where(passed < 0, passed, passed % self.every))


@dataclass(frozen=True, eq=False)
class _Holidays:
    yearly: npt.NDArray[np.bool_]
    """Of shape (12, 31)."""
    once: I64
    """Days counted from 1970."""
    neighbours: float
    effect: Varied

    def __call__(self, at: Places) -> F64:
        days, place = np.unique(at.time // _DAY, return_inverse=True)
        beside = self._are(days - 1) | self._are(days + 1)
        share = np.where(self._are(days), 1.0, np.where(beside, self.neighbours, 0.0))
        return at.of(self.effect) * share[place]

    def _are(self, days: I64) -> npt.NDArray[np.bool_]:
        """Whether these days are holidays."""
        dates = days.astype("datetime64[D]")
        months = dates.astype("datetime64[M]")
        of_month = (dates - months.astype("datetime64[D]")).astype(np.int64)
        found: npt.NDArray[np.bool_] = self.yearly[months.astype(np.int64) % 12, of_month]
        return found | np.isin(days, self.once)


def _shape(parameters: Mapping[str, Any], scope: Scope) -> _Shape:
    return _Shape(parameters["shape"], some_time(parameters, "lasts"), varied(parameters, "effect", scope))


def _events(parameters: Mapping[str, Any], scope: Scope) -> _Events:
    begins = sorted({microseconds(moment) for moment in parameters["at"]})
    return _Events(np.array([_NEVER, *begins]), _shape(parameters, scope))


def _recurring(parameters: Mapping[str, Any], scope: Scope) -> _Recurring:
    every = length(parameters["every"])
    if every < length(parameters["lasts"]):
        raise ParameterError("every", "is less than it lasts", "let it come less often, or last less")
    return _Recurring(microseconds(parameters["first"]), every, _shape(parameters, scope))


def _holidays(parameters: Mapping[str, Any], scope: Scope) -> _Holidays:
    yearly, once = np.zeros((12, 31), np.bool_), []
    for day in parameters["days"]:
        if _FULL.fullmatch(day):
            once.append(days(day))
        else:
            yearly[int(day[:2]) - 1, int(day[3:]) - 1] = True
    effect = varied(parameters, "effect", scope)
    return _Holidays(yearly, np.array(once, np.int64), parameters["neighbours"], effect)


KINDS = (
    ComponentKind(
        "events",
        "Events at given moments",
        EventsParameters,
        _events,
        {"at": ["2024-03-01T12:00:00Z"], "lasts": "6h", "effect": 3, "shape": "fading"},
    ),
    ComponentKind(
        "recurring",
        "What happens again and again",
        RecurringParameters,
        _recurring,
        {"first": "2024-01-01T02:00:00Z", "every": "1d", "lasts": "45m", "effect": 30},
    ),
    ComponentKind(
        "holidays",
        "Holidays",
        HolidaysParameters,
        _holidays,
        {"days": ["01-01", "12-25"], "effect": -0.6, "neighbours": 0.3},
    ),
)
