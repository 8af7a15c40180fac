"""Parameters of the kinds of numbers, and for each parameter another value; see `worlds.KINDS`."""

from __future__ import annotations

from typing import Any

KINDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "beta": (
        {"alpha": 2, "beta": 5, "min": 1, "max": 9, "decimals": 3},
        {"alpha": 3, "beta": 4, "min": 2, "max": 8, "decimals": None},
    ),
    "binomial": ({"trials": 20, "probability": 0.3}, {"trials": 30, "probability": 0.4}),
    "empirical": (
        {"values": [0, 20, 25, 40, 100], "probabilities": [0, 0.1, 0.5, 0.75, 1], "decimals": 2},
        {"values": [1, 20, 25, 40, 99], "probabilities": [0, 0.2, 0.5, 0.75, 1], "decimals": 0},
    ),
    "exponential": (
        {"mean": 10, "min": 1, "max": 60, "decimals": 3},
        {"mean": 11, "min": 2, "max": 50, "decimals": 0},
    ),
    "gamma": (
        {"shape": 2.5, "scale": 4, "min": 1, "max": 60, "decimals": 3},
        {"shape": 3, "scale": 5, "min": 2, "max": 50, "decimals": 0},
    ),
    "geometric": ({"probability": 0.2}, {"probability": 0.3}),
    "negative_binomial": ({"mean": 4, "size": 1.5}, {"mean": 5, "size": 2}),
    "pareto": (
        {"shape": 1.5, "scale": 2, "max": 60, "decimals": 3},
        {"shape": 2, "scale": 2.5, "min": 4, "max": 50, "decimals": 0},
    ),
    "poisson": ({"mean": 3.5}, {"mean": 4}),
    "weibull": (
        {"shape": 1.5, "scale": 8, "min": 1, "max": 20, "decimals": 3},
        {"shape": 2, "scale": 9, "min": 2, "max": 19, "decimals": 0},
    ),
    "zipf": ({"max": 100_000, "exponent": 1.1}, {"max": 90_000, "exponent": 0.9}),
}
