"""The law that numbers follow most nearly, among those that a recipe can state."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from synthmill.generators.conformance.laws import Curve, law_of
from synthmill.generators.conformance.pvalues import ks_law
from synthmill.generators.kernels.mix import F64

_LOOKED_AT = 20_000
_MOST_DECIMALS = 6


def fitted(numbers: F64, whole: bool) -> Mapping[str, Any]:
    """Kind and parameters of the law with the least distance; nothing lies outside of what was seen."""
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return {"kind": "uniform"}
    low, high = float(finite.min()), float(finite.max())
    decimals = 0 if whole else _decimals(finite)
    if low == high:
        return {"kind": "constant", "value": int(low) if whole else low}
    sample = np.sort(finite)[:: max(1, len(finite) // _LOOKED_AT)]
    limits = {"min": low, "max": high, "decimals": decimals}
    laws = [{**law, **limits} for law in _candidates(sample, low)]
    best = min(laws, key=lambda law: _distance(law, sample))
    if decimals == 0 and best["kind"] == "uniform":
        return {"kind": "integer", "min": int(low), "max": int(high)}
    return best


def _candidates(sample: F64, low: float) -> Iterator[dict[str, Any]]:
    yield {"kind": "uniform"}
    mean, sd = float(sample.mean()), float(sample.std())
    yield {"kind": "normal", "mean": _short(mean), "sd": _short(sd)}
    if low > 0:
        logs = np.log(sample)
        spread = float(logs.std())
        if spread > 0:
            yield {
                "kind": "lognormal",
                "median": _short(math.exp(float(logs.mean()))),
                "sigma": _short(spread),
            }


def _distance(law: Mapping[str, Any], sample: F64) -> float:
    curve = law_of(law)
    assert isinstance(curve, Curve)
    return ks_law(sample, curve.cdf, False).distance


def _decimals(numbers: F64) -> int | None:
    """Decimals that all of the numbers make do with, None for more than a few."""
    looked_at = numbers[:_LOOKED_AT]
    for decimals in range(_MOST_DECIMALS + 1):
        if (np.round(looked_at, decimals) == looked_at).all():
            return max(1, decimals)
    return None


def _short(value: float) -> float:
    return float(f"{value:.6g}")
