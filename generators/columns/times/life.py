"""A life, in which events come to be: from when to when, and how often at which times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import ParameterError, Rows
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.times.arrival_rate import arrival_rate, rate_field
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.arrow_cells import decoded
from synthmill.generators.engine.cells import Flags, Integers
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.schema.fields import Name, Parameters, refused
from synthmill.generators.schema.times import UNITS, Moment, microseconds

_DAY = UNITS["day"]


class LifeParameters(Parameters):
    """From when to when; at least one beginning and one end."""

    start = Name(
        "The column of times or days at which it begins; where it is null there is no life.",
        default=None,
        examples=["opened_at"],
    )
    since = Moment("It begins no earlier than this.", default=None)
    end = Name(
        "The column of times or days before which it ends; where it is null it goes on to `until`.",
        default=None,
        examples=["closed_at"],
    )
    until = Moment(
        "It ends no later than this, such as the day on which the data are as they are.", default=None
    )
    rate = rate_field()

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["start"] is None and data["since"] is None:
            raise refused("is missing", "name the column with the beginning, or give since", "start")
        if data["end"] is None and data["until"] is None:
            raise refused("is missing", "give the moment at which it ends, or name a column as end", "until")
        if data["since"] and data["until"] and not microseconds(data["since"]) < microseconds(data["until"]):
            raise refused("isn't before until", "give an earlier one", "since")


class Rate(Protocol):
    """A rate summed up: `columns.arrival_rate.ArrivalRate`, or always the same."""

    def reached(self, times: I64) -> U64: ...

    def moment(self, reached: U64) -> I64: ...


class _Steady:
    """A rate of 1 in each microsecond: it knows no first and last moment, and takes no time."""

    def reached(self, times: I64) -> U64:
        return times.view(np.uint64)

    def moment(self, reached: U64) -> I64:
        return reached.view(np.int64)


@dataclass(frozen=True, eq=False)
class Bounds:
    """Of some lives the first microsecond and the one after the last, which isn't before the first."""

    first: I64
    last: I64
    missing: Flags | None
    """Which of them there are not."""


@dataclass(frozen=True, eq=False)
class Life:
    """Compiled by `life_of`."""

    start: Source | None
    end: Source | None
    since: int | None
    until: int | None
    rate: Rate
    a_day: float
    """What the rate adds up to in a day, on average."""
    gap: int
    """Microseconds that lie between two children at least."""

    @property
    def nullable(self) -> bool:
        """Whether some rows may have no life."""
        endless = self.until is None and self.end is not None and self.end.nullable
        return endless or (self.start is not None and self.start.nullable)

    @property
    def filled(self) -> float:
        """The share of rows that have a life, roughly."""
        share = 1.0 if self.start is None else self.start.filled
        return share * self.end.filled if self.until is None and self.end is not None else share

    @property
    def period(self) -> tuple[int, int] | None:
        """Between which microseconds all lives lie, where it is known."""
        begins = [one for one in (self.since, _limit(self.start, 0)) if one is not None]
        first = max(begins, default=None)
        last = self.until if self.until is not None else _limit(self.end, 1)
        return None if first is None or last is None else (first, max(first, last))

    def bounds(self, rows: Rows) -> Bounds:
        """Of each of some rows."""
        return rows.once(self, lambda: self._bounds(rows))

    def _bounds(self, rows: Rows) -> Bounds:
        missing = None
        first = np.full(len(rows), 0 if self.since is None else self.since)
        if self.start is not None:
            begin, missing = _moments(self.start, rows)
            first = begin if self.since is None else np.maximum(begin, self.since)
        last = first if self.until is None else np.full(len(rows), self.until)
        if self.end is not None:
            end, without = _moments(self.end, rows)
            if self.until is not None:
                end = np.minimum(end if without is None else np.where(without, self.until, end), self.until)
            elif without is not None:
                missing = without if missing is None else missing | without
            last = end
        if missing is not None:
            first = np.where(missing, 0, first)
        return Bounds(first, np.maximum(first, last), missing)

    def moments(self, first: I64, last: I64, drawn: Callable[[U64], U64], places: I64 | None = None) -> I64:
        """Times in lives from first to last - 1, as likely as the rate says.

        `drawn` gives for each event a number below what it is given for it: what the rate adds up to in its
        life, the one at the event's place of `places`. A life without any has its events at its beginning.
        """
        reached = self.rate.reached(first)
        span = self.rate.reached(last) - reached
        if places is not None:
            first, reached, span = first[places], reached[places], span[places]
        found, empty = reached + drawn(span), span == 0
        if not empty.any():
            return self.rate.moment(found)
        return np.where(empty, first, self.rate.moment(np.where(empty, np.uint64(0), found)))

    def exposure(self, bounds: Bounds) -> I64:
        """What the rate adds up to in each life; 0 where there is none."""
        passed = (self.rate.reached(bounds.last) - self.rate.reached(bounds.first)).view(np.int64)
        return passed if bounds.missing is None else np.where(bounds.missing, 0, passed)


def _moments(source: Source, rows: Rows) -> tuple[I64, Flags | None]:
    cells = decoded(source.cells(rows))
    assert isinstance(cells, Integers)
    return (cells.values * _DAY if source.type == pa.date32() else cells.values), cells.null


def life_of(
    parameters: Mapping[str, Any], source: Callable[[str, str], Source], gap: int, parameter: str
) -> Life:
    """From loaded LifeParameters. `source` gives a column by its name and the parameter that has it.

    Raises ParameterError.
    """
    found = dict[str, Source | None](start=None, end=None)
    for name in found:
        if parameters[name] is not None:
            column = found[name] = source(parameters[name], f"{parameter}.{name}")
            if column.type not in (TIMESTAMP, pa.date32()):
                raise ParameterError(
                    f"{parameter}.{name}",
                    f"{column.column} is of type {column.type}",
                    "name a column of timestamps or of dates",
                )
    since, until = (
        None if parameters[name] is None else microseconds(parameters[name]) for name in ("since", "until")
    )
    life = Life(found["start"], found["end"], since, until, _Steady(), float(_DAY), gap)
    if until is None and found["end"] is not None and found["end"].nullable:
        raise ParameterError(
            f"{parameter}.until",
            f"is missing, and {found['end'].column} may be null",
            "say until when a life goes on that has no end",
        )
    return life if parameters["rate"] is None else _rated(life, parameters["rate"], parameter)


def _rated(life: Life, parameters: Mapping[str, Any], parameter: str) -> Life:
    for column, instead in ((life.start, "since"), (life.end, "until")):
        if getattr(life, instead) is None and _limit(column, 0) is None:
            assert column is not None
            raise ParameterError(
                f"{parameter}.{instead}",
                f"is missing, and nothing says between which times {column.column} lies, as a rate asks for",
                "give it",
            )
    assert life.period is not None
    first, last = life.period
    if first >= last:
        raise ParameterError(f"{parameter}.until", "no life can begin before it", "give a later one")
    try:
        rate = arrival_rate(parameters, first, last)
    except ParameterError as error:
        raise ParameterError(f"{parameter}.{error.parameter}", error.reason, error.fix) from error
    return replace(life, rate=rate, a_day=rate.total / ((last - first) / _DAY))


def _limit(column: Source | None, side: int) -> int | None:
    return None if column is None or column.period is None else column.period[side] + side
