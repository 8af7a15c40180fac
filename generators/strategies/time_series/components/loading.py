"""A loading: how much of another series is in this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthmill.generators.kernels.mix import F64
from synthmill.generators.schema.fields import Name, Parameters
from synthmill.generators.schema.times import Duration
from synthmill.generators.strategies.time_series.component import ComponentKind, Scope, Values, steps, varied
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.varied import Varied, VariedNumber


class LoadingParameters(Parameters):
    """Another series of the table, multiplied and added: a factor, or an exogenous column."""

    on = Name("The other series; it is listed before this one.", examples=["weather"])
    weight = VariedNumber("What it is multiplied with.", default=1.0, examples=(0.7, [0.4, 0.9]))
    lag = Duration("How much later its effect comes; before the start, its first value holds.", default="0s")


@dataclass(frozen=True)
class _Loading:
    series: Values
    weight: Varied
    lag: int

    def __call__(self, at: Places) -> F64:
        return at.of(self.weight) * self.series(at.earlier(self.lag) if self.lag else at)


def _loading(parameters: Mapping[str, Any], scope: Scope) -> _Loading:
    lag = steps("lag", parameters["lag"], scope, 0)
    return _Loading(scope.series(parameters["on"]), varied(parameters, "weight", scope), lag)


KINDS = (
    ComponentKind("loading", "Another series", LoadingParameters, _loading, {"on": "load", "weight": 0.7}),
)
