"""Distributions over whole numbers as guide tables, from the ratio of one probability to the next."""

from __future__ import annotations

from collections.abc import Callable

from synthmill.generators.kernels.discrete import Discrete, discrete

MOST = 200_000
"""Numbers that a table may have."""
_LEAST = 2.0**-75
"""Of the mode's probability; less than 2**-64 in all lies beyond, so no draw would ever find it."""


def counts(mode: int, ratio: Callable[[int], float], last: int | None = None) -> tuple[int, Discrete]:
    """The least number, and the distribution of the steps from it.

    `ratio(k)` is the probability of k + 1 over that of k; it falls with k, and `mode` is where it passes 1.
    `last` is the greatest number there is. Raises ValueError where the numbers are too many for a table.
    """
    above, weight, number = [], 1.0, mode
    while weight > _LEAST and number != last:
        weight *= ratio(number)
        number += 1
        above.append(weight)
        _check(above)
    below, weight, number = [], 1.0, mode
    while weight > _LEAST and number > 0:
        number -= 1
        weight /= ratio(number)
        below.append(weight)
        _check(below)
    return mode - len(below), discrete([*reversed(below), 1.0, *above])


def _check(weights: list[float]) -> None:
    if len(weights) > MOST:
        raise ValueError(f"more than {MOST} different numbers are likely")
