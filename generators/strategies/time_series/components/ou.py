"""The Ornstein-Uhlenbeck process: it wanders off and comes back to its mean, fast or slowly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.kernels.elementary import exp, normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.kernels.processes.recursions import arma
from synthmill.generators.schema.fields import Parameters
from synthmill.generators.schema.times import length
from synthmill.generators.strategies.time_series.component import ComponentKind, Scope, Values, varied
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.runs import Anchors, Runs, forgotten, made
from synthmill.generators.strategies.time_series.varied import Varied, VariedDuration, VariedNumber, limits_of

_LN2 = 0.6931471805599453
_SLOW = 1_024
"""With more steps to look back than this, the process is made at nodes first."""
_NODES = Anchors(spacing=256, look_back=0, whole=True)
"""Between these, a slow process is made as a bridge."""
_NO_MA = np.empty(0)


class OuParameters(Parameters):
    """The Ornstein-Uhlenbeck process at the table's steps: an AR(1), stated in time."""

    half_life = VariedDuration("After what time half of a deviation is left, on average.", examples=("2h",))
    sd = VariedNumber("Standard deviation of the process.", 0.0, 1e15, above=True)


@dataclass(frozen=True, eq=False)
class _Law:
    half_life: Varied
    """In steps."""
    key: int

    def kept(self, entity: I64, steps: F64 | float) -> F64:
        """What is left of a deviation after so many steps, on average."""
        left: F64 = exp(-(_LN2 * steps) / self.half_life.of(entity))
        return left

    def values(self, runs: Runs, spacing: int) -> F64:
        """Of standard deviation 1, at every so many steps; runs are counted in these."""
        kept = self.kept(runs.entity, spacing)
        shock = np.repeat(np.sqrt(1.0 - kept * kept), runs.counts)
        noise = normal_quantile(open_unit(runs.draw(self.key)))
        return arma(runs.bounds, kept[:, None], _NO_MA, shock * noise)


@dataclass(frozen=True, eq=False)
class _Ou:
    law: _Law
    anchors: Anchors
    sd: Varied

    def __call__(self, at: Places) -> F64:
        return at.of(self.sd) * made(at, self.anchors, lambda runs: self.law.values(runs, 1))


@dataclass(frozen=True, eq=False)
class _SlowOu:
    """At every 256th step a process of its own; between two of these what is left when both are known.

    A path Y that begins at the first node ends in Y(n), and not where the next node is; the difference, times
    cov(Y(i), Y(n)) / var(Y(n)), is added to each step. The law is that of a path made step by step.
    """

    law: _Law
    """Of the nodes."""
    anchors: Anchors
    """Counted in nodes."""
    sd: Varied
    key: int
    """Of the steps between."""

    def __call__(self, at: Places) -> F64:
        return at.of(self.sd) * made(at, _NODES, lambda runs: self._between(at, runs))

    def _between(self, at: Places, runs: Runs) -> F64:
        size, law = _NODES.spacing, self.law
        start, end = self._ends(at, runs)
        steps = np.arange(1.0, size + 1.0)
        entity = np.repeat(runs.entity, size)
        kept = law.kept(entity, np.tile(steps, len(runs.entity))).reshape(-1, size)
        one, whole = kept[:, :1], kept[:, -1:]
        # The first step's own number is left over, and serves the last.
        noise = normal_quantile(open_unit(runs.draw(self.key))).reshape(-1, size)
        shocks = np.sqrt(1.0 - one * one) * np.roll(noise, -1, axis=1)
        free = arma(runs.bounds, one, _NO_MA, shocks.reshape(-1)).reshape(-1, size)
        off = (end - start * whole[:, 0] - free[:, -1])[:, None]
        path = np.empty_like(free)
        path[:, 0] = start
        share = (whole / kept) * (1.0 - kept * kept) / (1.0 - whole * whole)
        path[:, 1:] = (kept * start[:, None] + free + share * off)[:, :-1]
        return path.reshape(-1)

    def _ends(self, at: Places, runs: Runs) -> tuple[F64, F64]:
        """Where the process is at the nodes that each run begins with and leads to."""
        node = runs.begin // _NODES.spacing
        first = np.flatnonzero(np.diff(runs.entity, prepend=-1) | (np.diff(node, prepend=-2) != 1))
        counts = np.diff(first, append=len(node)) + 1
        starts = np.cumsum(counts) - counts
        steps = np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(node[first] - starts, counts)
        nodes = Places(at.clock, runs.entity[first], counts, steps, steps)
        values = made(nodes, self.anchors, lambda some: self.law.values(some, _NODES.spacing))
        place = np.arange(len(node)) + np.repeat(np.arange(len(first)), counts - 1)
        return values[place], values[place + 1]


def _ou(parameters: Mapping[str, Any], scope: Scope) -> Values:
    low, high = limits_of(parameters["half_life"], lambda given: length(given) / scope.clock.interval)
    if low <= 0:
        raise ParameterError("half_life", "is no time at all", "give a longer time, or take the kind noise")
    law, sd = _Law(Varied(low, high, scope.key("half_life")), scope.key()), varied(parameters, "sd", scope)
    look_back = _forgotten(high)
    if look_back is not None and look_back <= _SLOW:
        return _Ou(law, scope.anchors(look_back), sd)
    look_back = _forgotten(high / _NODES.spacing)
    if look_back is None:
        raise ParameterError(
            "half_life", "is more than a million steps of the table's interval", "take the kind random_walk"
        )
    return _SlowOu(law, scope.anchors(look_back), sd, scope.key("between"))


def _forgotten(half_life: float) -> int | None:
    return forgotten(float(exp(np.array([-_LN2 / half_life]))[0]))


KINDS = (
    ComponentKind("ou", "Ornstein-Uhlenbeck process", OuParameters, _ou, {"half_life": "3h", "sd": 0.8}),
)
