"""What a private fit says that it costs, beside sums over the noise's own law."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from synthmill.generators.learning.private.accounting import (
    BudgetError,
    Ledger,
    choice_cost,
    choice_epsilon,
    delta_of,
    gaussian_cost,
    gaussian_variance,
    rho_of,
    tail_length,
)


def _exact_delta(losses: np.ndarray, chances: np.ndarray, epsilon: float) -> float:
    """The hockey-stick divergence: the delta that a distribution of privacy losses has at epsilon."""
    return float((chances * np.maximum(0.0, 1.0 - np.exp(epsilon - losses))).sum())


def _gaussian(variance: int) -> tuple[np.ndarray, np.ndarray]:
    """Privacy losses of a count with discrete Gaussian noise that one row changes by one; their chances."""
    reach = math.ceil(20 * math.sqrt(variance))
    x = np.arange(-reach, reach + 1)
    chances = np.exp(-(x**2) / (2 * variance))
    return (1 - 2 * x) / (2 * variance), chances / chances.sum()


@pytest.mark.parametrize("epsilon", [0.1, 0.5, 1.0, 3.0, 8.0])
@pytest.mark.parametrize("delta", [1e-5, 1e-6, 1e-9])
def test_one_count_with_all_of_the_budget_is_as_private_as_said(epsilon: float, delta: float) -> None:
    variance = gaussian_variance(rho_of(epsilon, delta), 1)
    assert _exact_delta(*_gaussian(variance), epsilon) <= delta


def test_many_counts_together_are_as_private_as_said() -> None:
    """Losses of independent counts add up; their sum's law by convolution, on a grid rounded up."""
    epsilon, delta, many = 1.0, 1e-6, 16
    variance = gaussian_variance(rho_of(epsilon, delta) / many, 1)
    losses, chances = _gaussian(variance)
    grain = 1e-4
    places = np.ceil(losses / grain).astype(int)
    law = np.bincount(places - places.min(), weights=chances)
    start = int(places.min())
    for _ in range(4):
        # Doubled four times: 16 counts.
        size = 2 ** math.ceil(math.log2(2 * len(law)))
        law = np.fft.irfft(np.fft.rfft(law, size) ** 2, size)[: 2 * len(law) - 1].clip(0)
        start *= 2
    found = _exact_delta((start + np.arange(len(law))) * grain, law, epsilon)
    assert found <= delta
    # Not much is given away either: the exact delta is within two orders of what is promised.
    assert found >= delta / 100


@pytest.mark.parametrize("epsilon", [0.3, 1.0, 4.0])
def test_a_continuous_gaussian_of_the_same_cost_is_within_the_promise(epsilon: float) -> None:
    """Its exact delta is known (Balle and Wang 2018)."""
    rho = float(rho_of(epsilon, 1e-6))
    mu = math.sqrt(2 * rho)
    normal = stats.norm.cdf
    exact = normal(mu / 2 - epsilon / mu) - math.exp(epsilon) * normal(-mu / 2 - epsilon / mu)
    assert 1e-8 < exact <= 1e-6


def test_the_conversion_is_the_tight_one() -> None:
    """Numbers of an independent search over orders, on a grid."""
    for rho, epsilon in ((0.0244, 1.0), (0.185, 3.0), (0.5, 2.0)):
        orders = 1 + np.geomspace(1e-3, 1e4, 200_001)
        logs = (orders - 1) * (orders * rho - epsilon) - np.log(orders - 1) + orders * np.log1p(-1 / orders)
        assert delta_of(rho, epsilon) == pytest.approx(min(1.0, math.exp(logs.min())), rel=1e-6)
    # The older formula, epsilon = rho + 2 sqrt(rho ln(1 / delta)), gives 0.0174.
    assert float(rho_of(1.0, 1e-6)) == pytest.approx(0.02436, abs=1e-5)


def test_what_is_found_for_a_budget_never_exceeds_it() -> None:
    for epsilon in (0.001, 0.07, 1.0, 30.0):
        rho = rho_of(epsilon, 1e-7)
        assert rho > 0
        assert delta_of(float(rho), epsilon) <= 1e-7
        assert delta_of(float(rho) * 1.001, epsilon) > 1e-7


@pytest.mark.parametrize("sensitivity", [1, 4])
def test_noise_costs_no_more_than_it_may(sensitivity: int) -> None:
    rho = Fraction(1, 977)
    variance = gaussian_variance(rho, sensitivity)
    assert gaussian_cost(variance, sensitivity) <= rho < gaussian_cost(variance - 1, sensitivity)
    epsilon = choice_epsilon(rho)
    assert choice_cost(epsilon) <= rho < choice_cost(epsilon + Fraction(1, 2**30))


def test_a_choice_costs_no_less_than_the_divergences_of_its_law() -> None:
    """Renyi divergences of two exponential mechanisms whose scores differ by one each."""
    epsilon = 0.5
    first, second = np.array([10.0, 12.0, 7.0]), np.array([11.0, 11.0, 8.0])
    p, q = (np.exp(one * epsilon / 2) / np.exp(one * epsilon / 2).sum() for one in (first, second))
    for order in (1.5, 2.0, 8.0, 64.0):
        divergence = math.log(float((p**order * q ** (1 - order)).sum())) / (order - 1)
        assert divergence <= order * float(choice_cost(Fraction(1, 2)))


@pytest.mark.parametrize("variance", [1, 10, 400])
def test_noise_is_as_rarely_large_as_said(variance: int) -> None:
    _, chances = _gaussian(variance)
    reach = len(chances) // 2
    for share in (Fraction(1, 100), Fraction(1, 10**6)):
        assert chances[reach + tail_length(variance, share) :].sum() <= share


def test_a_ledger_refuses_to_spend_more_than_there_is_and_keeps_what_it_had() -> None:
    ledger = Ledger(Fraction(1, 10), Fraction(1, 10**6))
    ledger.spend("some", Fraction(6, 100), Fraction(1, 10**6))
    for rho, delta in ((Fraction(41, 1000), Fraction(0)), (Fraction(0), Fraction(1, 10**9))):
        with pytest.raises(BudgetError, match="more costs"):
            ledger.spend("more", rho, delta)
    assert ledger.spent_rho == Fraction(6, 100)
    ledger.spend("some", Fraction(4, 100))
    assert ledger.spent_rho == ledger.rho
    assert [(one.what, one.rho) for one in ledger.entries.values()] == [("some", Fraction(1, 10))]
    with pytest.raises(ValueError, match="give back"):
        ledger.spend("less", Fraction(-1, 100))
