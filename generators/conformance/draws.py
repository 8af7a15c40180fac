"""What a recipe declares, drawn again under other seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, Generic, TypeVar

from synthmill.generators.conformance.checks import ALPHA
from synthmill.generators.conformance.pvalues import Outcome

T = TypeVar("T")
S = TypeVar("S")

DRAWS = 9
"""Of what is declared, at most, under seeds of their own."""

_TIMES = 2.0
"""How many times as far from every draw as the draws are from one another a sample is where it differs.

Of ten normal numbers one lies that far from nine others one time in ten thousand (of four, with three
draws and three times as far, one time in 35).
"""


class Draws(Generic[T]):
    """DRAWS samples, each made when it is asked for: most checks look at the first alone."""

    def __init__(self, make: Callable[[int], T]) -> None:
        self._make = cache(make)

    def __getitem__(self, number: int) -> T:
        return self._make(number)

    def of(self, change: Callable[[T], S]) -> Draws[S]:
        """Something made of each."""
        return Draws(lambda number: change(self[number]))


def nearest(test: Callable[[Any, Any], Outcome], seen: Any, declared: Draws[Any]) -> Outcome:
    """The test against that of several draws of what is declared which is nearest.

    Rows that hang together (an account's balances, what a few rows of another table decide) are fewer than
    the test believes. The draws show how far apart such samples lie: where the test distinguishes draws,
    too, what is no farther off than _TIMES as far is no difference. Each further draw can only
    bring one nearer or show that they lie farther apart, so that the first that does so is the last that is
    made.
    """
    found = test(seen, declared[0])
    apart, distinguished = 0.0, False
    for number in range(1, DRAWS):
        if found.p >= ALPHA:
            break
        one = declared[number]
        found = max(found, test(seen, one), key=lambda outcome: (outcome.p, -outcome.apart))
        pairs = [test(declared[other], one) for other in range(number)]
        apart = max(apart, *(pair.apart for pair in pairs))
        distinguished = distinguished or any(pair.p < ALPHA for pair in pairs)
        if distinguished and found.apart <= _TIMES * apart:
            return replace(found, p=1.0)
    return found
