"""When somebody was born, by how old he was at an event: old enough to be hired, and not too old today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import TIMESTAMP
from synthmill.generators.engine.arrow_cells import decoded
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Items, Name, Number, Parameters, Whole, check_limits, refused
from synthmill.generators.schema.times import UNITS, Moment, days, microseconds

_OLDEST = 130
_DAY = UNITS["day"]
_FIRST_DAY = days("0001-01-01")
_MARCHES: I64 = (
    np.arange(np.datetime64("-0200-03", "M"), np.datetime64("10001-03", "M"), np.timedelta64(12, "M"))
    .astype("datetime64[D]")
    .astype(np.int64)
)
"""The first of March of every year, in days since 1970."""
_WEIGHT = 2.0**24
"""Of the weightiest ages, in whole numbers; times the days of 131 years it still fits 64 bits."""


class AgesParameters(Parameters):
    """Ages in whole years, both included."""

    min = Whole("The youngest.", 0, _OLDEST)
    max = Whole("The oldest.", 0, _OLDEST)
    weight = Number("How common such ages are, all together.", 0.0, 1e15, above=True, default=1.0)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        check_limits(data)


class BirthDateParameters(ColumnParameters):
    column = Name("The column of times or days at which the ages are meant.", examples=["hired_on"])
    through = Name(
        "The foreign key or parents' table that leads to the row with that column; left out: the same row.",
        default=None,
        examples=["employee_id"],
    )
    ages = Items(
        "Ages at that time, rising, and how common they are: within each entry every day is as likely.",
        ma.fields.Nested(AgesParameters),
        most=_OLDEST,
        examples=[[{"min": 18, "max": 24, "weight": 3}, {"min": 25, "max": 60, "weight": 7}]],
    )
    until = Moment(
        "A moment, such as that of the data, at which nobody may be older than `oldest`.", default=None
    )
    oldest = Whole(
        "The greatest age at `until`; ages that would come to more are left out.", 0, _OLDEST, default=None
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        for before, after in pairwise(data["ages"]):
            if before["max"] >= after["min"]:
                raise refused("don't rise", "give the youngest first, and no age twice", "ages")
        if (data["until"] is None) != (data["oldest"] is None):
            raise refused("needs both until and oldest", "give both, or none", "oldest")


@dataclass(frozen=True, eq=False)
class _Cells:
    age_key: int
    day_key: int
    source: Source
    least: tuple[int, ...]
    most: tuple[int, ...]
    weights: tuple[int, ...]
    after: int
    """The last day on which nobody is born: later ones are too old at the end."""

    def __call__(self, rows: Rows) -> Cells:
        cells = decoded(self.source.cells(rows))
        assert isinstance(cells, Integers)
        day = cells.values if self.source.type == pa.date32() else cells.values // _DAY
        if cells.null is not None:
            day = np.where(cells.null, 0, day)
        when = _march_year(day)
        bands = [self._band(when, at) for at in range(len(self.least))]
        reached = np.cumsum([weight * (last - first) // span for first, last, span, weight in bands], axis=0)
        # Where no age is left, as for an event long ago, it is the youngest that may be.
        chosen = bounded(rows.draw(self.age_key), np.maximum(reached[-1], 1).view(np.uint64)).view(np.int64)
        within, found = rows.draw(self.day_key), np.full(len(rows), -1)
        before = np.zeros(len(rows), np.int64)
        for (first, last, _, _), after in zip(bands, reached, strict=True):
            here = (before <= chosen) & (chosen < after)
            count = np.maximum(last - first, 1).view(np.uint64)
            found = np.where(here, last - bounded(within, count).view(np.int64), found)
            before = after
        born = np.where(reached[-1] > 0, found, bands[0][1])
        return Integers(np.maximum(born, _FIRST_DAY), cells.null)

    def _band(self, when: tuple[I64, I64], at: int) -> tuple[I64, I64, I64, int]:
        """Of some ages the day before the first birthday that gives them and the last one, cut; how many days
        they are without that, and their weight."""
        first, last = _earlier(*when, self.most[at] + 1), _earlier(*when, self.least[at])
        return np.minimum(np.maximum(first, self.after), last), last, last - first, self.weights[at]


def years_before(day: I64, years: int) -> I64:
    """The same day so many years earlier, 28 February instead of a 29 that isn't there: the last one on which
    somebody was born who is as old."""
    return _earlier(*_march_year(day), years)


def _march_year(day: I64) -> tuple[I64, I64]:
    """Places among `_MARCHES`, and days since: leap days are the last of such a year, so that no other day of
    it depends on them."""
    year = (day - _MARCHES[0]) * 400 // 146_097
    year -= day < _MARCHES[year]
    year += day >= _MARCHES[year + 1]
    return year, day - _MARCHES[year]


def _earlier(year: I64, within: I64, years: int) -> I64:
    there = year - years
    born: I64 = np.minimum(_MARCHES[there] + within, _MARCHES[there + 1] - 1)
    return born


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    source = scope.source(parameters["column"], parameters["through"])
    if source.type not in (TIMESTAMP, pa.date32()):
        raise ParameterError(
            "column", f"{source.column} isn't a timestamp", "name a column of timestamps or of dates"
        )
    ages = parameters["ages"]
    after = -(2**40)
    if parameters["until"] is not None:
        after = _too_old(parameters, source)
    greatest = max(one["weight"] for one in ages)
    cells = _Cells(
        scope.key("age"),
        scope.key("day"),
        source,
        tuple(one["min"] for one in ages),
        tuple(one["max"] for one in ages),
        tuple(max(1, int(one["weight"] / greatest * _WEIGHT)) for one in ages),
        after,
    )
    period = _period(source, ages)
    return Column(pa.date32(), cells, 10, nullable=source.nullable, filled=source.filled, period=period)


def _too_old(parameters: Mapping[str, Any], source: Source) -> int:
    """The last day of those on which nobody is born.

    Raises ParameterError where some row would have no age left.
    """
    until, oldest = np.array([microseconds(parameters["until"]) // _DAY]), parameters["oldest"]
    after = int(years_before(until, oldest + 1)[0])
    if source.period is None:
        raise ParameterError(
            "until",
            f"nothing says between which times {source.column} lies, so some rows might have no age",
            "leave until and oldest out, or name a date, timestamp, rising, later or event_time",
        )
    earliest = np.array([source.period[0] // _DAY])
    youngest = parameters["ages"][0]["min"]
    if int(years_before(earliest, youngest)[0]) <= after:
        raise ParameterError(
            "oldest",
            f"who was {youngest} when {source.column} began, in {_shown(earliest)}, is older than {oldest} "
            f"by {_shown(until)}",
            "give a greater age, an earlier until, or a lower youngest age",
        )
    return after


def _shown(day: I64) -> str:
    return str(day.astype("datetime64[D]")[0])


def _period(source: Source, ages: list[Mapping[str, Any]]) -> tuple[int, int] | None:
    if source.period is None:
        return None
    first, last = (np.array([moment // _DAY]) for moment in source.period)
    born = years_before(first, ages[-1]["max"] + 1), years_before(last, ages[0]["min"])
    return int(born[0][0]) * _DAY, int(born[1][0]) * _DAY


KIND = Kind(
    name="birth_date",
    title="Date of birth",
    description="A day of birth such that ages at an event are as stated, and nobody is too old by the end.",
    Parameters=BirthDateParameters,
    compile=_compile,
    pii=True,
    costs=usual_and(time=0.4e-6),
    example={
        "column": "hired_on",
        "ages": [{"min": 16, "max": 24, "weight": 3}, {"min": 25, "max": 60, "weight": 7}],
    },
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [{"name": "hired_on", "kind": "date", "start": "2005-01-01", "end": "2024-12-31"}],
        },
    ),
)
