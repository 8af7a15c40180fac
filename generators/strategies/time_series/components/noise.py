"""Noise: no step says anything about the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64
from synthmill.generators.schema.fields import Parameters
from synthmill.generators.strategies.time_series.component import ComponentKind, Scope, varied
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.varied import Varied, VariedNumber


class NoiseParameters(Parameters):
    """Independent normal numbers."""

    sd = VariedNumber("Standard deviation.", 0.0, 1e15, above=True, examples=(0.3,))


@dataclass(frozen=True)
class _Noise:
    sd: Varied
    key: int

    def __call__(self, at: Places) -> F64:
        return at.of(self.sd) * normal_quantile(open_unit(at.draw(self.key)))


def _noise(parameters: Mapping[str, Any], scope: Scope) -> _Noise:
    return _Noise(varied(parameters, "sd", scope), scope.key())


KINDS = (ComponentKind("noise", "White noise", NoiseParameters, _noise, {"sd": 0.3}),)
