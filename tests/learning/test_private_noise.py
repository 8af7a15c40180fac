"""Noise of private fits has exactly the law that the proofs are about; bits are of a fixed generator."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from synthmill.generators.learning.private.noise import (
    SystemBits,
    bernoulli_exp,
    discrete_gaussian,
    discrete_laplace,
    exponential_choice,
    noisy,
)


class FixedBits:
    """Bits that a test can have again."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, count: int) -> int:
        return self._random.randrange(count)


def _fits(draw: Callable[[], int], weights: dict[int, float], count: int = 40_000) -> float:
    """The p-value of Pearson's chi square; values that are rarely expected together, with all others."""
    found = Counter(draw() for _ in range(count))
    total = sum(weights.values())
    often = {value: count * weight / total for value, weight in weights.items()}
    kept = [value for value, expected in often.items() if expected >= 10]
    seen = [found[value] for value in kept]
    expected = [often[value] for value in kept]
    if count - sum(expected) > 1e-6:
        seen.append(count - sum(seen))
        expected.append(count - sum(expected))
    return float(stats.chisquare(seen, expected, sum_check=False).pvalue)


@pytest.mark.parametrize("variance", [1, 2, 7, 30, 900])
def test_gaussian_noise_has_the_discrete_gaussian_law(variance: int) -> None:
    bits = FixedBits(variance)
    weights = {x: math.exp(-x * x / (2 * variance)) for x in range(-200, 201)}
    assert _fits(lambda: discrete_gaussian(bits, variance), weights) > 0.001


@pytest.mark.parametrize("scale", [1, 3, 10])
def test_what_gaussian_noise_is_made_of_has_the_discrete_laplace_law(scale: int) -> None:
    bits = FixedBits(scale)
    weights = {x: math.exp(-abs(x) / scale) for x in range(-300, 301)}
    assert _fits(lambda: discrete_laplace(bits, scale), weights) > 0.001


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 1), (1, 7), (1, 1), (5, 2), (4, 1)])
def test_a_coin_falls_with_the_probability_of_the_exponential(numerator: int, denominator: int) -> None:
    bits = FixedBits(5)
    heads = sum(bernoulli_exp(bits, numerator, denominator) for _ in range(40_000))
    expected = math.exp(-numerator / denominator)
    assert stats.binomtest(heads, 40_000, expected).pvalue > 0.001


@pytest.mark.parametrize("sensitivity", [1, 3])
def test_choices_have_the_exponential_mechanisms_law(sensitivity: int) -> None:
    bits, scores, epsilon = FixedBits(8), [40, 55, 10, 60, 60], Fraction(1, 8)
    weights = {
        place: math.exp(score * float(epsilon) / (2 * sensitivity)) for place, score in enumerate(scores)
    }
    assert _fits(lambda: exponential_choice(bits, scores, epsilon, sensitivity), weights, 8_000) > 0.001


def test_counts_get_noise_of_their_own() -> None:
    found = np.array(noisy(FixedBits(1), [1_000] * 4_000, 25)) - 1_000
    assert abs(found.mean()) < 0.3
    assert 23 < found.var() < 27
    assert abs(np.corrcoef(found[1:], found[:-1])[0, 1]) < 0.05


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 10**30])
def test_bits_of_the_system_stay_below_what_is_asked_for(count: int) -> None:
    bits = SystemBits()
    assert all(0 <= bits.below(count) < count for _ in range(200))


def test_bits_of_the_system_are_evenly_spread() -> None:
    bits = SystemBits()
    found = Counter(bits.below(6) for _ in range(12_000))
    # One such run in a thousand million would fail.
    assert stats.chisquare(list(found.values())).pvalue > 1e-9
