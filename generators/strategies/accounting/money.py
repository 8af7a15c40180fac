"""What things cost: prices of materials, laws of amounts, and how large each flow's amounts have to be.

Goods bought keep pace with goods sold, and costs with sales, so that a company neither runs dry nor drowns in
cash, however many documents there are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.elementary import exp, normal_quantile
from synthmill.generators.kernels.ledger.postings import LAW_STEPS, Facts, Law
from synthmill.generators.kernels.mix import F64, I64, key, mix
from synthmill.generators.strategies.accounting.chart import (
    ACCRUED,
    BOUGHT_SERVICES,
    CLAIMED,
    RECURRING,
    REVENUE,
)
from synthmill.generators.strategies.accounting.countries import GROUP_RATES

SERVICES, ACCRUALS, CONTRACTS, SMALL, PAYROLL = 0.08, 0.06, 0.03, 0.02, 0.1
"""What becomes of a company's sales: shares that go to each. Small are claims, charges and card payments."""
_STOCKED_UP = 1.03
"""Goods bought for each that is sold: some stock is gathered."""
_SIGMA, _MEDIAN = 1.25, 9_000
"""Of a unit's cost, in cents; in a small world it is more, so that sales pay for the fewest people."""
_SPREADS = (1.4, 1.4, 0.9, 1.3)
"""Of the four laws of amounts."""
_SMALL = (6_000, 30_000)
"""Between which the mean of small amounts lies, in cents."""
_LEAST = (500, 100, 500, 100)
"""Of each of them: a discount of two per cent of the first has a tax of a cent at least."""
NO_POINT, MOVED_POINT, HUNDREDS, OUTLIERS, TINY, THRESHOLD = range(6)
"""What becomes of an amount of a law: without its decimal point, with it two digits too early, a whole number
of hundreds, forty times as much, a fortieth, and something just below what needs a second approval."""
_TIMES = {NO_POINT: (100, 1), MOVED_POINT: (1, 100), OUTLIERS: (40, 1), TINY: (1, 40)}
# fmt: off
_QUANTITIES = (
    1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 8, 9, 9,
    10, 11, 12, 12, 13, 14, 15, 17, 18, 19, 21, 22, 24, 25, 27, 29, 32, 34, 37, 39, 42, 45, 49, 52,
    56, 60, 65, 70, 75, 81, 87, 93,
)
# fmt: on
"""Of an item sold, equally likely: even steps of their logarithm from 1 to 93, so that one material's amounts
follow Benford's law, too."""
_REBATES = (0, 0, 0, 0, 0, 0, 200, 200, 300, 500, 500, 500, 700, 1_000, 1_200, 1_500)


@dataclass(frozen=True, eq=False)
class Prices:
    """Of materials, in cents, of shape (materials,) each."""

    cost: I64
    price: I64

    @property
    def mean_sale(self) -> float:
        """Of an item sold, on average."""
        rebate = sum(_REBATES) / len(_REBATES) / 10_000
        return self._mean(self.price) * (1.0 - rebate)

    @property
    def mean_cost(self) -> float:
        return self._mean(self.cost)

    @property
    def spread_cost(self) -> float:
        """The root of the mean square of what an item sold costs."""
        costs = self._chosen(self.cost).astype(np.float64)
        squares = float(np.cumsum(costs * costs)[-1]) / len(costs)
        return math.sqrt(squares * sum(one * one for one in _QUANTITIES) / len(_QUANTITIES))

    def _mean(self, of: I64) -> float:
        chosen = self._chosen(of)
        return int(chosen.sum()) / len(chosen) * sum(_QUANTITIES) / len(_QUANTITIES)

    def _chosen(self, of: I64) -> I64:
        # As items choose: by the square of a number between 0 and 1.
        steps = np.arange(1 << 12, dtype=np.int64)
        found: I64 = of[(steps * steps >> 12) * len(of) >> 12]
        return found


def prices_of(seed: int, materials: int, margin: float, times: float) -> Prices:
    """Costs `times` the usual ones, and prices that leave the margin."""
    u = mix(key(seed, "accounting", "materials", "cost"), np.arange(materials, dtype=np.uint64))
    units = ((u >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    costs = np.minimum(
        np.maximum(exp(normal_quantile(units) * _SIGMA) * (float(_MEDIAN) * times), 150.0), 500_000_000.0
    )
    cost = np.floor(costs).astype(np.int64)
    rebate = 10_000 - sum(_REBATES) // len(_REBATES)
    kept = round((1.0 - margin) * 10_000) * rebate
    return Prices(cost, (cost * 100_000_000 + kept // 2) // kept)


def facts_of(prices: Prices, means: Sequence[float], centres: int) -> Facts:
    """`means` are those of services, accruals, contracts and small amounts, in cents."""
    laws = [_law(*one) for one in zip(means, _SPREADS, _LEAST, strict=True)]
    choices = (REVENUE, BOUGHT_SERVICES, ACCRUED, RECURRING, CLAIMED)
    counts = np.array([len(choice) for choice in choices], np.int64)
    return Facts(
        prices.cost,
        prices.price,
        np.repeat(np.array(_QUANTITIES, np.int64), 256 // len(_QUANTITIES)),
        np.repeat(np.array(_REBATES, np.int64), 256 // len(_REBATES)),
        np.concatenate([*laws, *_changed(laws)]),
        np.cumsum(counts) - counts,
        counts,
        np.array([one for choice in choices for one in choice], np.int64),
        centres,
    )


def of_law(law: int, change: int) -> int:
    """The number of the law that a law becomes by a change."""
    return Law.AMOUNTS + (4 if change == THRESHOLD else 5 + 4 * change + law - Law.AMOUNTS)


def _changed(laws: Sequence[I64]) -> list[I64]:
    """All laws after the four: just below the threshold, and then the four by each change."""
    found = [_below_threshold()]
    for change in range(THRESHOLD):
        for of, least in zip(laws, _LEAST, strict=True):
            if change == HUNDREDS:
                found.append((of // 10_000 + 1) * 10_000)
            else:
                times, parts = _TIMES[change]
                found.append(np.maximum(of * times // parts, least))
    return found


def _below_threshold() -> I64:
    """Evenly from 90 to 99.8 % of 5,000, the sum from which a second approval is asked for."""
    return 450_000 + np.arange(LAW_STEPS + 1, dtype=np.int64) * 49_000 // LAW_STEPS


def _law(mean: float, sigma: float, least: int) -> I64:
    """The quantile function of a lognormal law of this mean: its values at equal steps, in cents."""
    places: F64 = (np.arange(LAW_STEPS + 1, dtype=np.float64) + 0.5) / (LAW_STEPS + 1.0)
    values = exp(normal_quantile(places) * sigma)
    total = float(np.cumsum(values)[-1])  # A plain sum in order: numpy's own adds as the processor likes.
    scale = max(mean, 4.0 * least) * (LAW_STEPS + 1.0) / total
    found: I64 = np.maximum(np.floor(values * scale), float(least)).astype(np.int64)
    return found


def means_of(sales: float, entries: Mapping[str, float]) -> tuple[float, ...]:
    """The means of services, accruals, contracts and small amounts, by all sales and the number of each."""
    shares = {"services": SERVICES, "accruals": ACCRUALS, "contracts": CONTRACTS, "small": SMALL}
    means = {name: sales * share / max(1.0, entries[name]) for name, share in shares.items()}
    means["small"] = min(max(means["small"], float(_SMALL[0])), float(_SMALL[1]))
    return tuple(means.values())


def reserve(spread: float, sold: float, bought: float) -> float:
    """What chance may take out of the stock, or the bank account, in all: four standard deviations.

    Of so many items that are sold, of which each is `spread`, and of those that are bought in larger lots.
    """
    lot = lot_of(sold, bought) / 100
    return 4.0 * spread * math.sqrt(sold + bought * lot * lot)


def lot_of(sold: float, bought: float) -> int:
    """Hundredths that an item bought has for each item sold, where there are so many of both."""
    return max(100, round(100 * _STOCKED_UP * sold / max(1.0, bought)))


def rate_path(seed: int, currency: str, group: str, months: int) -> I64:
    """What a unit of the currency is worth in the group's by month, in millionths: a walk held back."""
    if currency == group:
        return np.full(months, 1_000_000, np.int64)
    u = mix(key(seed, "accounting", "rates", currency), np.arange(months, dtype=np.uint64))
    level, path = 0, []
    for step in ((u >> np.uint64(48)).view(np.int64) - 32_768).tolist():
        level = level * 9 // 10 + step
        path.append(GROUP_RATES[currency] * (10_000_000 + level * 8) // (GROUP_RATES[group] * 10))
    return np.array(path, np.int64)
