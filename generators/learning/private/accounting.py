"""What a fit may spend, and what it has spent: zero-concentrated differential privacy (Bun and Steinke 2016).

Costs (rho) of steps add up. A fit that costs rho in all is (epsilon, delta)-private for each epsilon with the
delta of `delta_of`. Costs are fractions, so that the sum is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction

_STEPS = 100
_MARGIN = 1.0 - 1e-9
"""More than the rounding of a few dozen floating-point steps, on the safe side."""
_GRAIN = 2**40


class BudgetError(Exception):
    """More was to be spent than is left: nothing was, and the step must not be taken."""


@dataclass
class Spending:
    """What was spent on something."""

    what: str
    rho: Fraction = Fraction(0)
    delta: Fraction = Fraction(0)


@dataclass
class Ledger:
    """A budget, of which each step takes its part before it looks at data."""

    rho: Fraction
    delta: Fraction
    """For steps that fail with some probability, besides the delta that `rho` was found for."""
    entries: dict[str, Spending] = field(default_factory=dict)

    def spend(self, what: str, rho: Fraction, delta: Fraction = Fraction(0)) -> None:
        """Raises BudgetError, and ValueError for what costs less than nothing."""
        if rho < 0 or delta < 0:
            raise ValueError("a step can't give back what was spent")
        if self.spent_rho + rho > self.rho or self.spent_delta + delta > self.delta:
            raise BudgetError(
                f"{what} costs rho {float(rho):.6g} and delta {float(delta):.6g}; left are "
                f"{float(self.rho - self.spent_rho):.6g} and {float(self.delta - self.spent_delta):.6g}"
            )
        entry = self.entries.setdefault(what, Spending(what))
        entry.rho += rho
        entry.delta += delta

    @property
    def spent_rho(self) -> Fraction:
        return sum((one.rho for one in self.entries.values()), Fraction(0))

    @property
    def spent_delta(self) -> Fraction:
        return sum((one.delta for one in self.entries.values()), Fraction(0))


def delta_of(rho: float, epsilon: float) -> float:
    """The delta with which what costs rho is (epsilon, delta)-private (Canonne, Kamath and Steinke 2020,
    "The Discrete Gaussian for Differential Privacy"): the least over orders alpha > 1 of
    exp((alpha - 1) (alpha rho - epsilon)) / (alpha - 1) (1 - 1 / alpha)^alpha."""
    if rho <= 0:
        return 0.0
    # The logarithm is convex in alpha; its least lies between 1 and a little above the old formula's.
    low, high = 1.0 + 1e-9, (epsilon + 1) / (2 * rho) + 2
    for _ in range(_STEPS):
        third = (high - low) / 3
        if _log_delta(rho, epsilon, low + third) < _log_delta(rho, epsilon, high - third):
            high -= third
        else:
            low += third
    return min(1.0, math.exp(_log_delta(rho, epsilon, (low + high) / 2)))


def _log_delta(rho: float, epsilon: float, alpha: float) -> float:
    return (
        (alpha - 1) * (alpha * rho - epsilon)
        - math.log(alpha - 1)
        + alpha * (math.log(alpha - 1) - math.log(alpha))
    )


def rho_of(epsilon: float, delta: float) -> Fraction:
    """The most that may be spent so that all together is (epsilon, delta)-private; a little less, so that
    rounding is never too generous."""
    low, high = 0.0, epsilon + 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if delta_of(middle, epsilon) <= delta:
            low = middle
        else:
            high = middle
    return Fraction(math.floor(low * _MARGIN * _GRAIN), _GRAIN)


def gaussian_variance(rho: Fraction, sensitivity: int) -> int:
    """The least whole variance of discrete Gaussian noise that costs at most rho, for counts that one unit
    changes by at most `sensitivity` in length."""
    return max(1, math.ceil(Fraction(sensitivity * sensitivity) / (2 * rho)))


def gaussian_cost(variance: int, sensitivity: int) -> Fraction:
    """The rho of discrete Gaussian noise, which is that of the continuous Gaussian
    (Canonne, Kamath and Steinke 2020)."""
    return Fraction(sensitivity * sensitivity, 2 * variance)


def choice_epsilon(rho: Fraction) -> Fraction:
    """The largest epsilon, nearly, of an exponential mechanism that costs at most rho."""
    return Fraction(math.isqrt(int(8 * rho * _GRAIN * _GRAIN)), _GRAIN)


def choice_cost(epsilon: Fraction) -> Fraction:
    """The rho of an exponential mechanism: epsilon^2 / 8, as its loss lies within a range of epsilon (Cesar
    and Rogers 2021)."""
    return epsilon * epsilon / 8


def tail_length(variance: int, share: Fraction) -> int:
    """A whole number that discrete Gaussian noise reaches with at most this probability: it is subgaussian,
    so P(X >= t) <= exp(-t^2 / (2 variance))."""
    return math.ceil(math.sqrt(2 * variance * -math.log(float(share))) * (1 + 1e-9)) + 1
