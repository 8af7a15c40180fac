"""Which days and hours are more likely: weekdays, seasons, holidays, hours of a zone's day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthmill.generators.columns.calendars import countries, holidays, offsets, zones
from synthmill.generators.columns.kind import ColumnParameters, ParameterError
from synthmill.generators.kernels.dates import months_of
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.schema.fields import Choice, Items, Number
from synthmill.generators.schema.times import UNITS, days

MOST_DAYS = 40_000
_KNOWN = (days("2001-01-01"), days("2035-12-31"))
"""First and last day of the years whose holidays are known."""


def weights_field(about: str, count: int, examples: list[Any], *, most: int | None = None) -> Items:
    """So many weights (or up to `most`), none if left out."""
    inner = Number("How likely it is.", 0.0, 1e9)
    return Items(about, inner, fewest=count, most=most or count, default=None, examples=examples)


class SeasonParameters(ColumnParameters):
    """Parameters of kinds of days."""

    weekdays = weights_field("How likely each weekday is, Monday first.", 7, [[1, 1, 1, 1, 1, 0, 0]])
    months = weights_field("How likely each month's days are.", 12, [[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4]])
    holidays = Choice(
        "A country whose public holidays are left out (2001 to 2035).", countries(), default=None
    )


def hours_field() -> Items:
    business = [[0] * 9 + [1] * 8 + [0] * 7]
    return weights_field("How likely each hour of the day is, from midnight on.", 24, business)


def zone_field(more: str = ", of which whole ones are taken") -> Choice:
    about = f"The time zone of days and hours{more}; cells are in UTC. Left out: UTC."
    return Choice(about, zones(), default=None)


def has_seasons(parameters: Mapping[str, Any], *others: str) -> bool:
    return any(parameters[name] is not None for name in ("weekdays", "months", "holidays", *others))


def day_law(parameters: Mapping[str, Any], first: int, last: int) -> Discrete:
    """Of the days from the first, which is 0, to the last. Raises ParameterError."""
    if last - first >= MOST_DAYS:
        raise ParameterError(
            "end", f"with weekdays, months or holidays there can be {MOST_DAYS} days", "give a nearer end"
        )
    weights = day_weights(parameters, first, last)
    if parameters["holidays"]:
        weights[known_holidays(parameters["holidays"], first, last) - first] = 0.0
    if not weights.any():
        raise ParameterError("weekdays", "no day is left", "make some weekday, month and day likely")
    return discrete(weights.tolist())


def day_weights(parameters: Mapping[str, Any], first: int, last: int) -> F64:
    """How likely each day from the first to the last is by its weekday and its month."""
    listed = np.arange(first, last + 1, dtype=np.int64)
    weights = np.ones(len(listed))
    if parameters["weekdays"]:
        weights *= np.array(parameters["weekdays"], np.float64)[(listed + 3) % 7]
    if parameters["months"]:
        weights *= np.array(parameters["months"], np.float64)[months_of(listed) % 12]
    return weights


def known_holidays(country: str, first: int, last: int) -> I64:
    """A country's holidays from the first day to the last. Raises ParameterError for years not known."""
    if first < _KNOWN[0] or last > _KNOWN[1]:
        raise ParameterError(
            "holidays", "are known from 2001 to 2035", "keep start and end within these years"
        )
    listed = holidays(country)
    return listed[(listed >= first) & (listed <= last)]


@dataclass(frozen=True, eq=False)
class Zone:
    """From a zone's own time to UTC, in microseconds."""

    changes: I64
    """In the zone's time: from when on an offset holds. What is skipped in spring counts as before; of what
    comes twice in autumn the first is meant."""
    offsets: I64

    def to_utc(self, local: I64) -> I64:
        if len(self.offsets) == 1:
            same: I64 = local - self.offsets[0]
            return same
        place = np.maximum(np.searchsorted(self.changes, local, side="right") - 1, 0)
        return local - self.offsets[place]


def zone(name: str | None) -> Zone:
    if name is None:
        return Zone(np.zeros(1, np.int64), np.zeros(1, np.int64))
    moments, ahead = (values * UNITS["second"] for values in offsets(name))
    before = np.concatenate((ahead[:1], ahead[:-1]))
    return Zone(moments + np.maximum(before, ahead), ahead)
