"""Prices along Brownian bridges, with bid, ask and volume."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.elementary import exp, normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64, I64, mix
from synthmill.generators.kernels.processes.bridge import bridged


class Law(NamedTuple):
    """What all quotes of a security have in common."""

    low: float
    high: float
    """Logarithms of the prices at which paths are reflected."""
    scale: float
    """Tick sizes in a unit of money."""
    unit: float
    """The tick size, as a whole number of the last decimal."""
    least_spread: float
    more_spread: float
    """Half a spread, as a share of the price: from the first up to the sum of both."""
    base_volume: float
    move_volume: float
    """What a move of one standard deviation adds."""


@Twin
def quotes(
    keys: tuple[int, int],
    law: Law,
    before: F64,
    after: F64,
    step: F64,
    index: I64,
    activity: F64,
    price: I64,
    bid: I64,
    ask: I64,
    volume: I64,
) -> tuple[I64, I64, I64, I64]:
    """Fills price, bid, ask and volume, and gives them back: equally many quotes for each bridge. Bid and ask
    are left out where they have no length.

    A bridge leads from the logarithm of price `before` to `after` in steps of the standard deviation `step`.
    Its quotes have the random numbers from `index` on, moves and spreads under a key each. Prices are whole
    numbers of the last decimal. Volumes are multiplied with `activity`.
    """
    count = len(price) // len(before)
    places = (index[:, None] + np.arange(count)).reshape(-1).view(np.uint64)
    normal = normal_quantile(open_unit(mix(keys[0], places)))
    value = exp(_reflected(bridged(before, after, step, normal), law.low, law.high))
    price[:] = np.maximum(np.floor(value * law.scale + 0.5), 1.0) * law.unit
    if len(bid):
        share = open_unit(mix(keys[1], places)) * law.more_spread + law.least_spread
        half = np.minimum(np.floor(share * price + 0.5), (price - 1).astype(np.float64)).astype(np.int64)
        np.subtract(price, half, out=bid)
        np.add(price, half, out=ask)
    volume[:] = (np.abs(normal) * law.move_volume + law.base_volume) * np.repeat(activity, count)
    return price, bid, ask, volume


def _reflected(path: F64, low: float, high: float) -> F64:
    """Folded between the limits; a path that keeps within them stays as it is."""
    if path.min() >= low and path.max() <= high:
        return path
    width = high - low
    over = path - low
    folded = over - 2.0 * width * np.floor(over / (2.0 * width))
    folded = np.where(folded > width, 2.0 * width - folded, folded)
    return np.where((path < low) | (path > high), folded + low, path)
