"""Laws that can be written down: what the parameters of a column declare, as probabilities.

Kinds that aren't here are compared with rows that the recipe makes under another seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthmill.generators.columns.amounts import OPTIONS
from synthmill.generators.columns.times.arrival_rate import arrival_rate
from synthmill.generators.columns.times.seasons import has_seasons
from synthmill.generators.kernels.mix import F64
from synthmill.generators.schema.times import UNITS, days, microseconds


@dataclass(frozen=True)
class Shares:
    """Values, each with its probability."""

    shares: Mapping[Any, float]


@dataclass(frozen=True)
class Curve:
    """Probabilities of at most a value, in the column's numbers; dates in days, times in microseconds."""

    cdf: Callable[[F64], F64]
    continuous: bool


Law = Shares | Curve


def law_of(column: Mapping[str, Any]) -> Law | None:
    """The law of a column's cells that aren't null, where its kind has one that is known here."""
    make = _LAWS.get(column["kind"])
    return make(column) if make else None


def _categorical(column: Mapping[str, Any]) -> Law:
    weights = column["weights"] or [1.0] * len(column["values"])
    total, shares = math.fsum(weights), dict[Any, float]()
    for value, weight in zip(column["values"], weights, strict=True):
        shares[value] = shares.get(value, 0.0) + weight / total
    return Shares(shares)


def _boolean(column: Mapping[str, Any]) -> Law:
    return Shares({True: column["probability"], False: 1.0 - column["probability"]})


def _constant(column: Mapping[str, Any]) -> Law:
    return Shares({column["value"]: 1.0})


def _even(low: float, high: float, step: float) -> Law:
    """Every multiple of the step from low to high equally likely."""
    count = round((high - low) / step) + 1
    return Curve(lambda x: np.clip((np.floor((x - low) / step + 1e-6) + 1) / count, 0.0, 1.0), False)


def _integer(column: Mapping[str, Any]) -> Law:
    return _even(column["min"], column["max"], 1)


def _decimal(column: Mapping[str, Any]) -> Law:
    return _even(column["min"], column["max"], 10.0 ** -column["scale"])


def _date(column: Mapping[str, Any]) -> Law | None:
    if has_seasons(column):
        return None
    return _even(days(column["start"]), days(column["end"]), 1)


def _timestamp(column: Mapping[str, Any]) -> Law | None:
    unit, first = UNITS[column["precision"]], microseconds(column["start"])
    if has_seasons(column, "hours", "zone"):
        return None
    if column["rate"] is not None:
        return _by_rate(column, unit, first)
    last = first + (microseconds(column["end"]) - first) // unit * unit
    return _even(first, last, unit)


def _by_rate(column: Mapping[str, Any], unit: int, first: int) -> Law:
    """A rate's sum up to the end of a unit is the probability of at most that unit."""
    last = first + (microseconds(column["end"]) - first) // unit * unit
    rate = arrival_rate(column["rate"], first, last + unit)

    def cdf(x: F64) -> F64:
        units = np.floor((x - first) / unit + 1e-6) + 1.0
        return rate.reached((units * unit).astype(np.int64) + first) / rate.total

    return Curve(cdf, False)


def _uniform(column: Mapping[str, Any]) -> Law:
    low, high, decimals = column["min"], column["max"], column["decimals"]
    half = 0.0 if decimals is None else 0.5 * 10.0**-decimals
    width = max(high - low, 1e-300)
    return Curve(
        lambda x: np.where(x >= high, 1.0, np.clip((x + half - low) / width, 0.0, 1.0)), decimals is None
    )


def _money(column: Mapping[str, Any]) -> Law | None:
    if any(column[name] for name in OPTIONS):
        return None
    if column["distribution"] == "pareto":
        return _pareto(column)
    if column["distribution"] == "uniform":
        return _even(column["min"], column["max"], 0.01)
    return _lognormal({**column, "decimals": 2})


def _pareto(column: Mapping[str, Any]) -> Law:
    least, high, shape = column["min"], column["max"], column["shape"]
    beyond = (least / high) ** shape

    def cdf(x: F64) -> F64:
        reached = (1.0 - (least / np.maximum(x + 0.005, least)) ** shape) / (1.0 - beyond)
        return np.where(x >= high, 1.0, np.clip(reached, 0.0, 1.0))

    return Curve(cdf, False)


def _normal(column: Mapping[str, Any]) -> Law:
    return _bell(column, lambda x: (x - column["mean"]) / column["sd"])


def _lognormal(column: Mapping[str, Any]) -> Law:
    median, sigma = math.log(column["median"]), column["sigma"]
    return _bell(column, lambda x: (np.log(np.maximum(x, 1e-300)) - median) / sigma)


def _bell(column: Mapping[str, Any], standard: Callable[[F64], F64]) -> Law:
    """The normal law of what `standard` makes of values, cut at min and max, rounded to the decimals."""
    low, high, decimals = column["min"], column["max"], column["decimals"]
    under = 0.0 if low is None else float(_phi(standard(np.array([float(low)])))[0])
    over = 1.0 if high is None else float(_phi(standard(np.array([float(high)])))[0])
    half = 0.0 if decimals is None else 0.5 * 10.0**-decimals

    def cdf(x: F64) -> F64:
        reached = np.clip((_phi(standard(x + half)) - under) / (over - under), 0.0, 1.0)
        return reached if high is None else np.where(x >= high, 1.0, reached)

    return Curve(cdf, decimals is None)


def _phi(z: F64) -> F64:
    return np.array([0.5 * math.erfc(-one / math.sqrt(2.0)) for one in z.tolist()])


_LAWS: Mapping[str, Callable[[Mapping[str, Any]], Law | None]] = {
    "boolean": _boolean,
    "categorical": _categorical,
    "constant": _constant,
    "date": _date,
    "decimal": _decimal,
    "integer": _integer,
    "lognormal": _lognormal,
    "money": _money,
    "normal": _normal,
    "timestamp": _timestamp,
    "uniform": _uniform,
}
