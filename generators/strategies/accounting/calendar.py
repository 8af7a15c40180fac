"""Days of the books: which are worked, how busy each is, and to which period it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from synthmill.generators.columns.calendars import holidays
from synthmill.generators.engine.cells import Flags
from synthmill.generators.kernels.mix import I64

BEYOND = 420
"""Days after the books' end that are known: lags end there."""
_EPOCH = date(1970, 1, 1).toordinal()
_WEEKDAYS = (130, 110, 100, 100, 85)
"""How busy Monday to Friday are, in hundredths."""
_MONTH_END, _QUARTER_END, _YEAR_END = 160, 200, 240
"""How much busier the last five working days of a month are, of a quarter, and of a year."""
_SEASON = (94, 95, 102, 98, 99, 102, 93, 90, 103, 106, 112, 106)
_THURSDAY = 3


def month_starts(start: date, months: int) -> list[date]:
    """The first days of so many months and one more."""
    return [
        date(start.year + (start.month - 1 + ahead) // 12, (start.month - 1 + ahead) % 12 + 1, 1)
        for ahead in range(months + 1)
    ]


@dataclass(frozen=True, eq=False)
class Calendar:
    """Of one company. Days count from the first of the books."""

    first: int
    """The first day, counted from 1970."""
    days: int
    """Of the books; arrays go on for BEYOND days more."""
    working: I64
    """For each day the first working day from it on."""
    paying: I64
    """For each day the first Thursday on which payments are run, or the working day after it."""
    weights: I64
    """How busy each day of the books is; 0 where there is no work."""
    month: I64
    """For each day its month, counted from the books' first."""
    year: I64
    period: I64
    """By month: the fiscal year, and the period within it."""
    month_starts: I64
    """The first days of the books' months and of those after."""
    month_end: I64
    """By month: its last working day."""
    first_month: int
    """The calendar month of the first day, counted from 0."""


def calendar_of(country: str, start: date, months: int, fiscal_year_start: int) -> Calendar:
    starts = month_starts(start, months + BEYOND // 28)
    first = starts[0].toordinal() - _EPOCH
    edges = np.array([one.toordinal() - _EPOCH - first for one in starts], np.int64)
    days = int(edges[months])
    every = np.arange(days + BEYOND)
    weekday = (every + first + 3) % 7
    work = (weekday < 5) & ~np.isin(every + first, holidays(country))
    working = _next(work)
    month = np.searchsorted(edges, every, side="right") - 1
    end = np.array([every[work & (month == one)].max() for one in range(months)])
    # Working days that are left of the month after each day.
    left = np.array([np.count_nonzero(work[day : edges[month[day] + 1]]) for day in range(days)])
    calendar_month = (start.month - 1 + month) % 12
    busy = np.array((*_WEEKDAYS, 0, 0))[weekday] * np.array(_SEASON)[calendar_month]
    last = np.array(
        [_YEAR_END if one == 11 else _QUARTER_END if one % 3 == 2 else _MONTH_END for one in range(12)]
    )
    weights = (busy[:days] * np.where(left <= 5, last[calendar_month[:days]], 100) * work[:days]).astype(
        np.int64
    )
    ahead = np.arange(months) + start.month - fiscal_year_start
    year = start.year + ahead // 12 + (0 if fiscal_year_start == 1 else 1)
    paying = working[_next(weekday == _THURSDAY)]
    return Calendar(
        first,
        days,
        working,
        paying,
        weights,
        month.astype(np.int64),
        year,
        ahead % 12 + 1,
        edges,
        end,
        start.month - 1,
    )


def _next(true: Flags) -> I64:
    """For each place the first from it on that is true; the last place where there is none."""
    places = np.where(true, np.arange(len(true)), len(true) - 1)
    found: I64 = np.minimum.accumulate(places[::-1])[::-1].astype(np.int64)
    return found


def day_of(days: int) -> date:
    """The date of a day counted from 1970."""
    return date(1970, 1, 1) + timedelta(days)
