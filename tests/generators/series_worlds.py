"""A small table of series with everything in it, and what to change to see each parameter at work."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.kernels.mix import F64

COMPONENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "arma": ({"ar": [0.6, 0.1], "ma": [0.3], "sd": 1.5}, {"ar": [0.5], "ma": [], "sd": [1, 2]}),
    "events": (
        {
            "at": ["2024-01-01T03:00:00Z", "2024-01-01T09:00:00Z"],
            "lasts": "2h",
            "effect": 3,
            "shape": "fading",
        },
        {"at": ["2024-01-01T04:00:00Z"], "lasts": "3h", "effect": [2, 4], "shape": "peaked"},
    ),
    "exponential_trend": (
        {"initial": 10, "growth": 0.5, "per": "1d"},
        {"initial": [9, 11], "growth": 0.6, "per": "2d"},
    ),
    "fourier": (
        {"period": "1d", "cosines": [2, 1], "sines": [0, -1], "scale": 2},
        {"period": "year", "cosines": [2, 2], "sines": [1, 0], "scale": [1, 3]},
    ),
    "garch": (
        {"sd": 1, "reaction": 0.1, "persistence": 0.8},
        {"sd": [1, 2], "reaction": [0.05, 0.1], "persistence": 0.7},
    ),
    "holidays": (
        {"days": ["01-01", "02-29"], "effect": 5, "neighbours": 0.5},
        {"days": ["2024-01-02"], "effect": [4, 6], "neighbours": 0},
    ),
    "linear_trend": ({"slope": 3, "per": "1d"}, {"slope": [1, 5], "per": "12h"}),
    "loading": (
        {"on": "weather", "weight": 0.7, "lag": "30m"},
        {"on": "load", "weight": [0.5, 1], "lag": "0s"},
    ),
    "logistic_trend": (
        {"capacity": 9, "midpoint": "2024-01-01T12:00:00Z", "rate": 8, "per": "1d"},
        {"capacity": [5, 9], "midpoint": "2024-01-01T10:00:00Z", "rate": 9, "per": "2d"},
    ),
    "noise": ({"sd": 0.5}, {"sd": [0.1, 1]}),
    "ou": ({"half_life": "2h", "sd": 1}, {"half_life": ["1h", "3h"], "sd": 2}),
    "piecewise_trend": (
        {"slope": 2, "changes": [{"at": "2024-01-01T08:00:00Z", "slope": -3}], "per": "1d"},
        {"slope": 1, "changes": [{"at": "2024-01-01T09:00:00Z", "slope": -3}], "per": "2d"},
    ),
    "profile": (
        {"period": "1d", "values": [0, 3, 1], "between": "linear", "scale": 2},
        {"period": "12h", "values": [0, 3, 2], "between": "step", "scale": [1, 2]},
    ),
    "random_walk": ({"sd": 2, "per": "1d"}, {"sd": [1, 3], "per": "2d"}),
    "recurring": (
        {"first": "2024-01-01T01:00:00Z", "every": "6h", "lasts": "90m", "effect": 4, "shape": "constant"},
        {"first": "2024-01-01T02:00:00Z", "every": "5h", "lasts": "2h", "effect": [3, 5], "shape": "peaked"},
    ),
    "regimes": (
        {"states": [{"mean_duration": "3h"}, {"mean_duration": "2h", "level": 5, "sd": 1}]},
        {"states": [{"mean_duration": "3h"}, {"mean_duration": "1h", "level": 5, "sd": 1}]},
    ),
    "wave": (
        {"period": "1d", "amplitude": 4, "peak": 0.25},
        {"period": "8h", "amplitude": [3, 5], "peak": 0.5},
    ),
}
"""Of each kind parameters, and for each parameter another value."""

ANOMALIES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "drift": (
        {"every": "6h", "size": [5, 9], "direction": "up", "lasts": "1h"},
        {"every": "7h", "size": 8, "direction": "down", "lasts": ["1h", "2h"]},
    ),
    "drop_out": ({"every": "6h", "lasts": "1h", "value": None}, {"every": "7h", "lasts": "2h", "value": 0}),
    "level_shift": (
        {"every": "6h", "size": [5, 9], "direction": "up", "lasts": "1h"},
        {"every": "7h", "size": 8, "direction": "both", "lasts": ["1h", "2h"]},
    ),
    "spike": (
        {"every": "3h", "size": [5, 9], "direction": "up"},
        {"every": "2h", "size": 8, "direction": "both"},
    ),
}

REGIME = (
    {"mean_duration": "2h", "level": 5, "sd": 1, "next": [3, 0, 1]},
    {"mean_duration": "3h", "level": [4, 6], "sd": 2, "next": [1, 0, 1]},
)


def table(*components: dict[str, Any], **over: Any) -> dict[str, Any]:
    """Parameters of one table `t`, whose series `value` has these components."""
    series = {"name": "value", "components": list(components), **over.pop("series", {})}
    own = {"name": "t", "rows": 600, "interval": "5m", "entities": {"count": 3}, **over}
    return {"tables": [{"series": [*own.pop("before", []), series], **own}]}


FACTORS = [
    {"name": "weather", "shared": True, "components": [{"kind": "wave", "period": "1d", "amplitude": 4}]},
    {"name": "load", "hidden": True, "components": [{"kind": "ou", "half_life": "1h", "sd": 1}]},
]


def component(kind: str, **over: Any) -> dict[str, Any]:
    return {"kind": kind, **COMPONENTS[kind][0], **over}


def everything() -> dict[str, Any]:
    """Tables with all kinds of components and anomalies, jitter, gaps, nulls; one in order of time."""
    first = table(
        *(component(kind) for kind in COMPONENTS),
        before=FACTORS,
        series={
            "base": [18, 24],
            "decimals": 2,
            "nulls": 0.02,
            "anomalies": [{"kind": kind, **ANOMALIES[kind][0]} for kind in ANOMALIES],
        },
        entities={"count": 7, "column": "device", "prefix": "d-", "width": 3},
        jitter=0.3,
        gaps={"share": 0.1, "mean_duration": "30m"},
    )
    second = table(
        component("random_walk"), component("ou", half_life="90d"), name="by_time", order="time", rows=500
    )
    third = table(
        component("arma"),
        name="sparse",
        gaps={"share": 0.2, "mean_duration": "15m", "missing_rows": True},
        series={"link": "log", "base": 100, "decimals": 0},
    )
    return {"tables": [*first["tables"], *second["tables"], *third["tables"]]}


def batch(
    parameters: dict[str, Any], seed: int = 0, start: int = 0, stop: int | None = None
) -> pa.RecordBatch:
    """Rows of the first table, by default all."""
    recipe = make_recipe("time_series", copy.deepcopy(parameters), seed)
    plan = make_plan(recipe)
    stop = plan.tables[0].rows if stop is None else stop
    return make_rows(plan, plan.tables[0].name, start, stop)


def column(found: pa.RecordBatch, name: str = "value") -> npt.NDArray[Any]:
    """A column's values; nulls of numbers are NaN."""
    return np.asarray(found.column(found.schema.get_field_index(name)).to_numpy(zero_copy_only=False))


def values(*components: dict[str, Any], seed: int = 0, rows: int = 100_000, **over: Any) -> F64:
    """The values of one long series."""
    given = {"entities": None, "interval": "1m", "rows": rows, **over}
    return column(batch(table(*components, **given), seed)).astype(np.float64)
