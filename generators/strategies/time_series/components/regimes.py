"""Regimes: a series that is now in one state, now in another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64, I64, U64
from synthmill.generators.kernels.processes.recursions import markov
from synthmill.generators.schema.fields import Items, Number, Parameters, refused
from synthmill.generators.schema.times import Duration, length
from synthmill.generators.strategies.time_series.component import ComponentKind, Scope
from synthmill.generators.strategies.time_series.matrices import product
from synthmill.generators.strategies.time_series.places import Places
from synthmill.generators.strategies.time_series.runs import MAX_LOOK_BACK, TOLERANCE, Anchors, Runs, made
from synthmill.generators.strategies.time_series.varied import Varied, VariedNumber, limits_of

Chances = list[list[Fraction]]
"""Of each state in the next step, by the state now."""


class RegimeParameters(Parameters):
    """A state: how long it lasts, what it adds, and what comes after it."""

    mean_duration = Duration(
        "How long it lasts on average; the length itself is geometric.", examples=("6h",)
    )
    level = VariedNumber("What it adds.", default=0.0)
    sd = VariedNumber("Standard deviation of independent noise while it lasts.", 0.0, 1e15, default=0.0)
    next = Items(
        "How common each state is after it, in order (0 for itself). All others alike if left out.",
        Number("A weight.", 0.0, 1e15),
        most=8,
        default=None,
        examples=[[0, 3, 1]],
    )


class RegimesParameters(Parameters):
    """A Markov chain of states with a level and a noise each (regime switching: Hamilton 1989)."""

    states = Items("The states.", ma.fields.Nested(RegimeParameters), fewest=2, most=8)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        for at, state in enumerate(data["states"]):
            weights = state["next"]
            if weights is None:
                continue
            if len(weights) != len(data["states"]) or weights[at] != 0 or not any(weights):
                raise refused(
                    f"state {at}'s `next` needs a weight for each state, 0 for itself and more for another",
                    "such as [0, 1, 1] for the first of three",
                    "states",
                )


@dataclass(frozen=True, eq=False)
class _Regimes:
    first: U64
    thresholds: U64
    levels: tuple[Varied, ...]
    sds: tuple[Varied, ...]
    anchors: Anchors
    chain: int
    noise: int

    def __call__(self, at: Places) -> F64:
        states = made(at, self.anchors, self._runs)
        level, sd = self._chosen(at, states, self.levels), self._chosen(at, states, self.sds)
        return level + sd * normal_quantile(open_unit(at.draw(self.noise)))

    def _runs(self, runs: Runs) -> I64:
        return markov(runs.bounds, self.first, self.thresholds, runs.draw(self.chain))

    @staticmethod
    def _chosen(at: Places, states: I64, parameters: Sequence[Varied]) -> F64:
        found = np.zeros(len(states))
        for state, parameter in enumerate(parameters):
            found = np.where(states == state, at.of(parameter), found)
        return found


def _regimes(parameters: Mapping[str, Any], scope: Scope) -> _Regimes:
    states = parameters["states"]
    chances = _chances(states, scope.clock.interval)
    thresholds = [_thresholds(row) for row in chances]
    first = _thresholds(long_run(chances))
    levels, sds = (
        tuple(Varied(*limits_of(state[name]), scope.key(f"{name} {at}")) for at, state in enumerate(states))
        for name in ("level", "sd")
    )
    points = scope.anchors(_look_back(thresholds))
    table = np.array(thresholds, np.uint64)
    return _Regimes(
        np.array(first, np.uint64), table, levels, sds, points, scope.key("chain"), scope.key("noise")
    )


def _chances(states: Sequence[Mapping[str, Any]], interval: int) -> Chances:
    chances = []
    for at, state in enumerate(states):
        duration = length(state["mean_duration"])
        if duration < interval:
            raise ParameterError(
                f"states[{at}].mean_duration", "is less than the table's interval", "make it longer"
            )
        weights = state["next"] or [float(other != at) for other in range(len(states))]
        total, leaves = sum(map(Fraction, weights)), Fraction(interval, duration)
        chances.append(
            [
                1 - leaves if other == at else leaves * Fraction(weight) / total
                for other, weight in enumerate(weights)
            ]
        )
    return chances


def _thresholds(chances: Sequence[Fraction]) -> list[int]:
    reached, found = Fraction(0), []
    for chance in chances[:-1]:
        reached += chance
        found.append(min(int(reached * 2**64), 2**64 - 1))
    return found


def long_run(chances: Chances) -> list[Fraction]:
    """The share of time in each state: what the chain's step leaves as it is (Gauss, in exact fractions)."""
    count = len(chances)
    rows = [[chances[at][to] - (at == to) for at in range(count)] + [Fraction(0)] for to in range(count - 1)]
    rows.append([Fraction(1)] * (count + 1))
    for column in range(count):
        pivot = next((row for row in range(column, count) if rows[row][column]), None)
        if pivot is None:
            raise ParameterError(
                "states", "some are never left for others", "let each lead to all, in the end"
            )
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [one / rows[column][column] for one in rows[column]]
        for other in range(count):
            factor = rows[other][column]
            if other != column and factor:
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[column], strict=True)]
    return [row[-1] for row in rows]


def _look_back(thresholds: Sequence[Sequence[int]]) -> int:
    """Steps after which two chains that see the same random numbers are in one state, but for TOLERANCE."""
    count = len(thresholds)
    apart = np.zeros((count * count, count * count))
    edges = sorted({0, 2**64, *(edge for row in thresholds for edge in row)})
    for low, high in pairwise(edges):
        to = [sum(edge <= low for edge in row) for row in thresholds]
        for one in range(count):
            for other in range(count):
                if one != other and to[one] != to[other]:
                    apart[one * count + other, to[one] * count + to[other]] += (high - low) * 2.0**-64
    steps = 1
    while np.cumsum(apart, axis=1)[:, -1].max() > TOLERANCE:
        if steps >= MAX_LOOK_BACK:
            raise ParameterError(
                "states",
                f"they last so long that the past still counts after {steps} steps",
                "make them shorter",
            )
        apart, steps = product(apart, apart), 2 * steps
    return steps


KINDS = (
    ComponentKind(
        "regimes",
        "Regime switching",
        RegimesParameters,
        _regimes,
        {
            "states": [
                {"mean_duration": "1d", "level": 0, "sd": 0.2},
                {"mean_duration": "4h", "level": 5, "sd": 1},
            ]
        },
    ),
)
