"""What time series cost, by their loaded parameters: a series that others load is made once for each lag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from synthmill.generators.engine.costs import ColumnCost, Cost, Estimate, TableCost
from synthmill.generators.schema.times import length
from synthmill.generators.strategies.time_series.parameters import label_column

MAX_PAIRS = 20_000
"""Series with their lags, of one table, that are distinguished here; of more, each path to one counts."""

_ARMA_PLAN = 45e-6
"""Seconds, times the square of its order, until it is known how long an ARMA process remembers."""
_PROCESSES = {"arma": 5e-6, "garch": 4e-6, "ou": 0.2e-6, "regimes": 0.2e-6, "random_walk": 0.2e-6}
"""Seconds for a value of what is made step by step, its steps before included."""


def series_costs(parameters: Mapping[str, Any]) -> Estimate:
    """The cost of parameters as `time_series` has them."""
    return Estimate(tuple(_table(table) for table in parameters["tables"]))


def _table(table: Mapping[str, Any]) -> TableCost:
    lags = _lags(table)
    columns = tuple(_columns(table, lags))
    return TableCost(table["name"], table["rows"], columns)


def _columns(table: Mapping[str, Any], lags: Mapping[str, float]) -> Iterator[ColumnCost]:
    path = f"tables[{table['name']}]"
    if table["entities"] is not None:
        width = float(len(table["entities"]["prefix"] or "") + 20)
        yield ColumnCost(table["entities"]["column"], f"{path}.entities", Cost(size=width))
    yield ColumnCost(table["time_column"], f"{path}.time_column", Cost(size=27.0))
    for series in table["series"]:
        field, name = f"{path}.series[{series['name']}]", series["name"]
        needs = tuple(one["on"] for one in series["components"] if one["kind"] == "loading")
        yield ColumnCost(name, field, _cost(series, lags[name]), needs, not series["hidden"])
        if series["anomalies"] and not series["hidden"]:
            yield ColumnCost(label_column(dict(series)), field, Cost(), (name,))


def _cost(series: Mapping[str, Any], lags: float) -> Cost:
    """Of a series that is made for so many lags."""
    times, parts = max(1.0, lags), len(series["components"]) + len(series["anomalies"])
    plan_time = 0.3e-3 + 0.2e-3 * parts + sum(map(_plan_time, series["components"]))
    processes = [_PROCESSES[one["kind"]] for one in series["components"] if one["kind"] in _PROCESSES]
    return Cost(
        time=0.1e-6 + times * (0.15e-6 * (1 + parts) + sum(processes)),
        plan_time=plan_time,
        plan_size=4_096.0 + 4_000.0 * parts,
        once_time=0.2e-3 + times * (0.1e-3 * (1 + parts) + 1e-3 * len(processes)),
        once_size=times * 1_000.0,
    )


def _plan_time(component: Mapping[str, Any]) -> float:
    if component["kind"] != "arma":
        return 0.0
    return float(max(len(component["ar"]), len(component["ma"]) + 1) ** 2) * _ARMA_PLAN


def _lags(table: Mapping[str, Any]) -> Mapping[str, float]:
    """For how many different lags, of all series that load it, each series is made."""
    interval = max(1, length(table["interval"]))
    known: dict[str, set[int]] = defaultdict(set)
    paths: dict[str, float] = defaultdict(float)
    pairs = 0
    for series in reversed(table["series"]):
        own, ways = known[series["name"]], paths[series["name"]]
        if not series["hidden"]:
            own.add(0)
            ways += 1.0
        for one in series["components"]:
            if one["kind"] != "loading":
                continue
            lag = round(length(one["lag"]) / interval)
            paths[one["on"]] += ways
            there = known[one["on"]]
            if pairs <= MAX_PAIRS:
                before = len(there)
                there.update(lag + more for more in own)
                pairs += len(there) - before
        paths[series["name"]] = ways
    if pairs > MAX_PAIRS:
        return {name: min(ways, 1e9) for name, ways in paths.items()}
    return {name: float(len(found)) for name, found in known.items()}
