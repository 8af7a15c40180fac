"""A random walk, any step of which is found without those before it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64, I64, U64, mix
from synthmill.generators.kernels.processes.bridge import bridged
from synthmill.generators.schema.fields import Parameters
from synthmill.generators.schema.times import Duration
from synthmill.generators.strategies.time_series.component import ComponentKind, Scope, some_time, varied
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.runs import Anchors, Runs, made
from synthmill.generators.strategies.time_series.varied import Varied, VariedNumber

_NODES = Anchors(spacing=256, look_back=0, whole=True)
"""Every 256th step is found from above, those between by a bridge."""
_DEPTH = 34
"""All walks are made for 2**34 nodes, so that a longer series begins as a shorter one does."""


class RandomWalkParameters(Parameters):
    """A walk of independent normal steps that is 0 at the first of them."""

    sd = VariedNumber("Standard deviation of what it moves in the time `per`.", 0.0, 1e15, above=True)
    per = Duration("The time that sd is for.", default="1d", examples=("1d",))


@dataclass(frozen=True)
class _RandomWalk:
    sd: Varied
    """Of a step."""
    far: int
    near: int
    """Keys: of nodes, and of steps between them."""

    def __call__(self, at: Places) -> F64:
        return at.of(self.sd) * made(at, _NODES, self._runs)

    def _runs(self, runs: Runs) -> F64:
        keys = mix(self.far, runs.entity.view(np.uint64))
        node = runs.begin // _NODES.spacing
        start, end = walk_at(np.tile(keys, 2), np.concatenate([node, node + 1])).reshape(2, -1)
        normal = normal_quantile(open_unit(runs.draw(self.near)))
        return bridged(start, end, np.ones(len(start)), normal)


def walk_at(keys: U64, node: I64) -> F64:
    """Where walks of steps of variance 1 are at these nodes, from 0 to 2**_DEPTH - 1; a key for each.

    P. Levy's construction: the middle of a stretch whose ends are known is their mean and a normal number of
    a quarter of the stretch's variance. A node is found by halving, from the whole walk down.
    """
    halves = 1 << np.arange(_DEPTH - 1, -1, -1, dtype=np.int64)[:, None]
    ends = np.full((1, len(node)), 1 << _DEPTH, np.int64)
    middles = node // (2 * halves) * (2 * halves) + halves
    normal = _normal(keys, np.concatenate([ends, middles]))
    before, after = np.zeros(len(node)), math.sqrt(_NODES.spacing << _DEPTH) * normal[0]
    for at, half in enumerate(halves[:, 0].tolist()):
        between = 0.5 * (before + after) + math.sqrt(0.5 * half * _NODES.spacing) * normal[at + 1]
        beyond = node >= middles[at]
        before = np.where(beyond, between, before)
        after = np.where(beyond, after, between)
    return before


def _normal(keys: U64, place: I64) -> F64:
    """A number for each place, under the key of its column."""
    drawn = mix(np.tile(keys, len(place)), place.reshape(-1).view(np.uint64))
    return normal_quantile(open_unit(drawn)).reshape(place.shape)


def _random_walk(parameters: Mapping[str, Any], scope: Scope) -> _RandomWalk:
    per = some_time(parameters, "per")
    of_time = varied(parameters, "sd", scope)
    share = math.sqrt(scope.clock.interval / per)
    sd = Varied(of_time.low * share, of_time.high * share, of_time.key)
    return _RandomWalk(sd, scope.key("nodes"), scope.key("steps"))


KINDS = (
    ComponentKind("random_walk", "Random walk", RandomWalkParameters, _random_walk, {"sd": 2, "per": "1d"}),
)
