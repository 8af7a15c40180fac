"""Events at regular times in a life: an invoice on the 1st of every month, a reading every 15 minutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow.types as pt

from synthmill.generators.columns.kind import ParameterError, Rows
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.times.life import Bounds
from synthmill.generators.engine.arrow_cells import decoded
from synthmill.generators.engine.cells import Integers
from synthmill.generators.kernels.dates import days_within, first_days, months_of
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.schema.fields import Choice, Name, Parameters, Whole, refused
from synthmill.generators.schema.times import UNITS, Duration, length

_DAY = UNITS["day"]
_STEPS = {name: UNITS[name] for name in ("second", "minute", "hour", "day")} | {"week": 7 * _DAY}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_SHORTEST_MONTH = 28 * _DAY


class ScheduleParameters(Parameters):
    """Every so often from the beginning of a life on."""

    every = Whole("How many units lie between two events.", 1, 10**6, default=1, examples=[15])
    every_column = Name(
        "A column of the parents' with that number, instead; where it isn't above 0 there are no events.",
        default=None,
        examples=["interval_months"],
    )
    unit = Choice("What is counted.", (*_STEPS, *_MONTHS))
    day = Whole(
        "Of months, quarters and years: the day of the month, or its last where it has fewer, at midnight. "
        "Left out: the day and time at which the life begins.",
        1,
        31,
        default=None,
    )
    jitter = Duration("How much later than that an event may be, evenly.", default="0s", examples=["30s"])

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["day"] is not None and data["unit"] not in _MONTHS:
            raise refused(f"means nothing to {data['unit']}s", "leave it out, or count months", "day")
        if data["every_column"] is None and length(data["jitter"]) > often(data):
            raise refused("is longer than the time between two events", "give a shorter one", "jitter")


def often(parameters: Mapping[str, Any]) -> int:
    """Microseconds between two events at least; of a column's number of units one."""
    every = 1 if parameters["every_column"] is not None else parameters["every"]
    months = _MONTHS.get(parameters["unit"])
    return int(every * (_SHORTEST_MONTH * months if months else _STEPS[parameters["unit"]]))


@dataclass(frozen=True, eq=False)
class Schedule:
    """Compiled by `schedule_of`."""

    every: int
    column: Source | None
    step: int
    """Microseconds of the unit; 0 where it is months."""
    months: int
    day: int | None
    jitter: int

    def counts(self, parents: Rows, bounds: Bounds) -> I64:
        """How many events there are in each life: all that come before its end however late they may be."""
        every, last = self._every(parents), bounds.last - max(self.jitter, 1)
        going = (every > 0) & (last >= bounds.first)
        if bounds.missing is not None:
            going &= ~bounds.missing
        every = np.maximum(every, 1)
        if self.step:
            found = (last - bounds.first) // (every * self.step) + 1
        else:
            apart = _month_of(last) - self._first_month(bounds.first)
            found = apart // (every * self.months) + 1
            at = self._in_months(bounds.first, every, np.maximum(found - 1, 0))
            found -= at > last
        return np.where(going, np.maximum(found, 0), 0)

    def times(self, parents: Rows, bounds: Bounds, places: I64, index: I64, drawn: U64) -> I64:
        """Of the life at each place the event with this index, from 0; `drawn`: random bits for each."""
        every, first = np.maximum(self._every(parents), 1)[places], bounds.first[places]
        apart = every * (self.step or _SHORTEST_MONTH * self.months)
        base = first + index * apart if self.step else self._in_months(first, every, index)
        later = bounded(drawn, np.clip(self.jitter, 1, apart).view(np.uint64))
        result: I64 = base + later.view(np.int64)
        return result

    def _every(self, parents: Rows) -> I64:
        if self.column is None:
            return np.full(len(parents), self.every)
        cells = decoded(self.column.cells(parents))
        assert isinstance(cells, Integers)
        values = np.minimum(cells.values, 10**6)
        return values if cells.null is None else np.where(cells.null, 0, values)

    def _first_month(self, first: I64) -> I64:
        month = _month_of(first)
        return month if self.day is None else month + (_in_month(month, self.day - 1) * _DAY < first)

    def _in_months(self, first: I64, every: I64, index: I64) -> I64:
        month = self._first_month(first) + index * every * self.months
        if self.day is not None:
            return _in_month(month, self.day - 1) * _DAY
        day = first // _DAY
        return _in_month(month, day - first_days(_month_of(first))) * _DAY + first % _DAY


def _month_of(times: I64) -> I64:
    """Months from 1970."""
    return months_of(times // _DAY)


def _in_month(month: I64, later: int | I64) -> I64:
    """So many days after the first of a month, in days from 1970, or the month's last."""
    return days_within(np.full(len(month), later, np.int64) if isinstance(later, int) else later, month)


def schedule_of(
    parameters: Mapping[str, Any], source: Callable[[str, str], Source], parameter: str
) -> Schedule:
    """From loaded ScheduleParameters. Raises ParameterError."""
    column = None
    if parameters["every_column"] is not None:
        path = f"{parameter}.every_column"
        column = source(parameters["every_column"], path)
        if not pt.is_int64(column.type):
            raise ParameterError(
                path, f"{column.column} is of type {column.type}", "name one of whole numbers"
            )
    unit = parameters["unit"]
    jitter = length(parameters["jitter"])
    months = _MONTHS.get(unit, 0)
    return Schedule(parameters["every"], column, _STEPS.get(unit, 0), months, parameters["day"], jitter)
