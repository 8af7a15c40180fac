"""GARCH: noise that is calm at times and restless at others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64
from synthmill.generators.kernels.processes.recursions import garch
from synthmill.generators.schema.fields import Parameters
from synthmill.generators.strategies.time_series.component import ComponentKind, Scope, varied
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.runs import Anchors, Runs, forgotten, made
from synthmill.generators.strategies.time_series.varied import Varied, VariedNumber


class GarchParameters(Parameters):
    """GARCH(1,1) noise (Bollerslev 1986): uncorrelated, but its squares aren't."""

    sd = VariedNumber("Standard deviation in the long run.", 0.0, 1e15, above=True)
    reaction = VariedNumber(
        "The share of a step's square in the variance of the next (alpha).", 0.0, 1.0, default=0.1
    )
    persistence = VariedNumber("The share of a step's variance that stays (beta).", 0.0, 1.0, default=0.85)


@dataclass(frozen=True)
class _Garch:
    sd: Varied
    reaction: Varied
    persistence: Varied
    anchors: Anchors
    key: int

    def __call__(self, at: Places) -> F64:
        return at.of(self.sd) * made(at, self.anchors, self._runs)

    def _runs(self, runs: Runs) -> F64:
        normal = normal_quantile(open_unit(runs.draw(self.key)))
        return garch(runs.bounds, runs.of(self.reaction), runs.of(self.persistence), normal)


def _garch(parameters: Mapping[str, Any], scope: Scope) -> _Garch:
    sd, reaction, persistence = (
        varied(parameters, name, scope) for name in ("sd", "reaction", "persistence")
    )
    kept = reaction.high + persistence.high
    if kept >= 1.0:
        raise ParameterError(
            "persistence", "with reaction it comes to 1 or more", "give less, such as 0.1 and 0.85"
        )
    # The expected distance of two variances that see the same noise shrinks by this factor at each step.
    look_back = forgotten(kept)
    if look_back is None:
        raise ParameterError("persistence", f"with reaction it comes to {kept}: too near to 1", "give less")
    return _Garch(sd, reaction, persistence, scope.anchors(look_back), scope.key())


KINDS = (
    ComponentKind(
        "garch", "GARCH noise", GarchParameters, _garch, {"sd": 1, "reaction": 0.1, "persistence": 0.85}
    ),
)
