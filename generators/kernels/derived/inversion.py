"""From a density to its quantile function, by quadrature and Newton's method, at planning.

The density is given as a function z of distance from its mode: `drop(z)`, the fall of its logarithm from the
mode's. It must be log-concave, as those of the logarithm of a gamma and the logit of a beta variable are, so
that next to nothing is left beyond a drop of 60. Both tails are summed from their own ends.
Plain numpy throughout: a plan's few thousand values aren't worth loading numba for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.elementary import exp
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.kernels.quantiles import Quantiles, coefficients, edges

_FARTHEST = 60.0
_PANELS = 160
"""To either side of the mode."""
_NODES = (-0.9061798459386640, -0.5384693101056831, 0.0, 0.5384693101056831, 0.9061798459386640)
_WEIGHTS = (
    0.23692688505618908,
    0.47862867049936647,
    0.5688888888888889,
    0.47862867049936647,
    0.23692688505618908,
)
"""Gauss and Legendre's, of degree 9 on -1 to 1."""
_NEWTON = 4

Drop = Callable[[F64], F64]


@dataclass(frozen=True, eq=False)
class Density:
    """A density with its mass below and above the edges of panels."""

    drop: Drop
    panels: F64
    below: F64
    above: F64

    def probability(self, z: float) -> float:
        """Of less than z."""
        if z <= self.panels[0]:
            return 0.0
        if z >= self.panels[-1]:
            return 1.0
        panel = int(np.searchsorted(self.panels, z, side="right")) - 1
        inside = _mass(self.drop, self.panels[panel : panel + 1], np.array([z]))[0]
        return float((self.below[panel] + inside) / self.below[-1])

    def quantiles(self) -> Quantiles:
        wanted = edges()
        lower = self._inverse(wanted * self.below[-1], self.below, 1.0)
        upper = self._inverse(wanted * self.above[0], self.above, -1.0)
        slopes = [self.below[-1] / exp.plain(-self.drop(z)) for z in (lower, upper)]
        return Quantiles(coefficients(lower, slopes[0], upper, -slopes[1]))

    def _inverse(self, mass: F64, reached: F64, sign: float) -> F64:
        """Where the masses below (sign 1) or above (sign -1) are those wanted."""
        rising = reached if sign > 0 else reached[::-1]
        found = np.minimum(np.maximum(np.searchsorted(rising, mass, side="right"), 1), len(rising) - 1)
        panel: I64 = found - 1 if sign > 0 else len(rising) - 1 - found
        # The panel's end from which the mass is counted, and the other one.
        near, far = (panel, panel + 1) if sign > 0 else (panel + 1, panel)
        low, start = self.panels[near], reached[near]
        z = low + (self.panels[far] - low) * ((mass - start) / (reached[far] - start))
        for _ in range(_NEWTON):
            lacking = mass - start - sign * _mass(self.drop, low, z)
            z = z + sign * lacking / exp.plain(-self.drop(z))
            z = np.minimum(np.maximum(z, self.panels[panel]), self.panels[panel + 1])
        return z


def density(drop: Drop) -> Density:
    """The density whose logarithm is `drop` less than at z = 0, its mode."""
    levels = (np.arange(1, _PANELS + 1) / _PANELS) ** 2 * _FARTHEST
    panels = np.concatenate((-_reached(drop, -1.0, levels)[::-1], [0.0], _reached(drop, 1.0, levels)))
    masses = _mass(drop, panels[:-1], panels[1:])
    below = np.concatenate(([0.0], np.cumsum(masses)))
    above = np.concatenate((np.cumsum(masses[::-1])[::-1], [0.0]))
    return Density(drop, panels, below, above)


def _mass(drop: Drop, start: F64, end: F64) -> F64:
    """The integral of the density over each interval."""
    middle, half = (start + end) / 2.0, (end - start) / 2.0
    total = np.zeros(len(middle))
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        total = total + weight * exp.plain(-drop(middle + half * node))
    return total * half


def _reached(drop: Drop, sign: float, levels: F64) -> F64:
    """How far from 0, to the side of the sign, the drop reaches each level, by bisection."""
    most = 1.0
    while drop(np.array([sign * most]))[0] < levels[-1]:
        most *= 2.0
    low, high = np.zeros(len(levels)), np.full(len(levels), most)
    for _ in range(48):
        middle = (low + high) / 2.0
        short = drop(sign * middle) < levels
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return high
