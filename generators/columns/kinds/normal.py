"""The bell curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthmill.generators.columns.kind import Column, Kind, Rows, Scope
from synthmill.generators.columns.numbers import (
    FARTHEST,
    LimitedParameters,
    Rounding,
    cut_normal,
    decimals_field,
    limit_field,
    limited_cost,
    rounding,
)
from synthmill.generators.engine.cells import Cells
from synthmill.generators.kernels.derived.normal import Normal
from synthmill.generators.schema.fields import Number


class NormalParameters(LimitedParameters):
    mean = Number("The mean.", -1e150, 1e150, default=0.0)
    sd = Number("The standard deviation.", 0.0, 1e150, above=True, default=1.0)
    min = limit_field("Values below are left out of the distribution.")
    max = limit_field("Values above are left out of the distribution.")
    decimals = decimals_field()


@dataclass(frozen=True)
class _Cells:
    key: int
    law: Normal
    mean: float
    sd: float
    rounding: Rounding

    def __call__(self, rows: Rows) -> Cells:
        return self.rounding(self.mean + self.sd * self.law.draw(rows.draw(self.key)))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    mean, sd, low, high = (parameters[name] for name in ("mean", "sd", "min", "max"))
    law = cut_normal(mean, sd, low, high)
    least = mean - FARTHEST * sd if low is None else low
    most = mean + FARTHEST * sd if high is None else high
    finish = rounding(parameters, least, most)
    return Column(finish.type, _Cells(scope.key(), law, mean, sd, finish), finish.width(mean))


KIND = Kind(
    name="normal",
    title="Normal number",
    description="A floating-point number from the normal distribution, between limits if any are given.",
    Parameters=NormalParameters,
    compile=_compile,
    costs=limited_cost,
    example={"mean": 42, "sd": 15, "min": 18, "max": 95, "decimals": 1},
)
