"""Days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Choices, Column, Kind, Rows, Scope
from synthmill.generators.columns.times.seasons import SeasonParameters, day_law, has_seasons
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.discrete import Discrete
from synthmill.generators.schema.fields import check_period
from synthmill.generators.schema.times import UNITS, Day, days


class DateParameters(SeasonParameters):
    start = Day("The first day.", default="2020-01-01")
    end = Day("The last day.", default="2025-12-31")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        check_period(data, days)


@dataclass(frozen=True)
class _Cells:
    key: int
    first: int
    count: int

    def __call__(self, rows: Rows) -> Cells:
        return Integers(rows.choose(self.key, self.count).view(np.int64) + np.int64(self.first))


@dataclass(frozen=True)
class _Likely:
    key: int
    first: int
    law: Discrete

    def __call__(self, rows: Rows) -> Cells:
        return Integers(self.law.draw(rows.draw(self.key)) + np.int64(self.first))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    first, last = days(parameters["start"]), days(parameters["end"])
    period = first * UNITS["day"], last * UNITS["day"]
    if has_seasons(parameters):
        return Column(
            pa.date32(), _Likely(scope.key(), first, day_law(parameters, first, last)), 10, period=period
        )
    choices = Choices(scope.key(), last - first + 1)
    return Column(pa.date32(), _Cells(choices.key, first, choices.count), 10, choices=choices, period=period)


KIND = Kind(
    name="date",
    title="Date",
    description="A day from `start` to `end`: all equally likely, or by weekday, month and holidays.",
    Parameters=DateParameters,
    compile=_compile,
    example={"start": "2020-01-01", "end": "2025-12-31"},
)
