"""The plots of the strategies' pages: `python docs/plots.py` writes them into docs/plots.

They are made of the strategies' own rows, so they are the same on every machine; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tabular_plots
from svg import Line, Numbers, Panel, chart

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.schema.times import UNITS, microseconds
from synthmill.generators.strategies.market.parameters import MarketParameters, market_of

FOLDER = Path(__file__).parent / "plots"
GREEN, RED, BLUE, GREY, GOLD = "#0b6e4f", "#c8553d", "#3d5a99", "#9aa5b1", "#b8860b"


def column(strategy: str, parameters: dict[str, Any], name: str, seed: int = 1) -> Any:
    """All cells of a column of the only table."""
    recipe = make_recipe(strategy, parameters, seed)
    plan = make_plan(recipe)
    rows = make_rows(plan, plan.tables[0].name, 0, plan.tables[0].rows)
    return rows.column(name).to_numpy(zero_copy_only=False)


def series(*components: dict[str, Any], rows: int, interval: str, name: str = "value", **over: Any) -> Any:
    own = {"name": "value", "components": list(components), **over}
    table = {
        "name": "t",
        "rows": rows,
        "interval": interval,
        "start": "2024-01-01T00:00:00Z",
        "series": [own],
    }
    return column("time_series", {"tables": [table]}, name)


def line(y: Any, colour: str = GREEN, label: str = "", *, points: bool = False) -> Line:
    values = np.asarray(y, np.float64)
    return Line(np.arange(len(values), dtype=np.float64), values, colour, label, points)


def components() -> str:
    """Four weeks, by the hour: each component alone, and all of them."""
    parts: dict[str, dict[str, Any]] = {
        "piecewise_trend": {"slope": 2, "per": "7d", "changes": [{"at": "2024-01-17", "slope": -3}]},
        "wave": {"period": "1d", "amplitude": 3, "peak": 0.6},
        "profile": {"period": "7d", "values": [1, 1, 1, 1, 0.5, -2, -2.5], "between": "step"},
        "arma": {"ar": [0.9], "sd": 1},
        "events": {"at": ["2024-01-11T06:00:00Z"], "lasts": "3d", "effect": 9, "shape": "fading"},
    }
    made = [{"kind": kind, **given} for kind, given in parts.items()]
    shape: dict[str, Any] = {"rows": 672, "interval": "1h"}
    panels = [Panel(one["kind"], [line(series(one, **shape), GREY)]) for one in made]
    whole = Panel("their sum", [line(series(*made, **shape))], ("2024-01-01", "2024-01-28"))
    return chart([*panels, whole])


def processes() -> str:
    shape: dict[str, Any] = {"rows": 700, "interval": "5m"}
    states = [{"mean_duration": "8h", "sd": 0.3}, {"mean_duration": "2h", "level": 5, "sd": 1}]
    return chart(
        [
            Panel(
                "ou, half-life 2 hours", [line(series({"kind": "ou", "half_life": "2h", "sd": 1}, **shape))]
            ),
            Panel("random_walk", [line(series({"kind": "random_walk", "sd": 1}, **shape))]),
            Panel(
                "garch",
                [line(series({"kind": "garch", "sd": 1, "reaction": 0.2, "persistence": 0.78}, **shape))],
            ),
            Panel(
                "regimes", [line(series({"kind": "regimes", "states": states}, **shape))], ("0", "58 hours")
            ),
        ]
    )


def autocorrelation() -> str:
    """Of 200,000 steps, beside the theory's."""
    panels = []
    for factor, colour in ((0.9, GREEN), (-0.7, BLUE)):
        x = series({"kind": "arma", "ar": [factor], "sd": 1}, rows=200_000, interval="1m")
        found = [_correlation(x, lag) for lag in range(1, 31)]
        lines = [
            line(factor ** np.arange(1, 31), GREY, "theory"),
            line(found, colour, "measured", points=True),
        ]
        panels.append(Panel(f"AR(1), coefficient {factor}", lines, ("lag 1", "lag 30")))
    return chart(panels)


def _correlation(x: Numbers, lag: int) -> float:
    # Sums in order: numpy's own depend on the processor.
    products = np.cumsum(x[lag:] * x[:-lag])[-1] if lag else 0.0
    return float(products / np.cumsum(x * x)[-1])


def anomalies() -> str:
    colours = {"spike": RED, "level_shift": BLUE, "drift": GOLD, "drop_out": GREY}
    listed = [
        {"kind": "spike", "every": "20h", "size": [6, 9]},
        {"kind": "level_shift", "every": "30h", "size": [4, 6], "lasts": ["2h", "5h"]},
        {"kind": "drift", "every": "40h", "size": [5, 8], "direction": "up", "lasts": ["5h", "9h"]},
        {"kind": "drop_out", "every": "30h", "lasts": ["1h", "3h"], "value": -6},
    ]
    parts = [{"kind": "wave", "period": "1d", "amplitude": 2}, {"kind": "ou", "half_life": "1h", "sd": 0.5}]
    shape: dict[str, Any] = {"rows": 720, "interval": "10m", "anomalies": listed}
    value, label = (series(*parts, **shape, name=name) for name in ("value", "value_anomaly"))
    lines = [line(value)]
    for kind, colour in colours.items():
        where = np.flatnonzero(label == kind)
        lines.append(Line(where.astype(np.float64), value[where], colour, kind, points=True))
    return chart([Panel("five days", lines, ("2024-01-01", "2024-01-05"))])


TUNED: dict[str, Any] = {
    "ticker": "TUNED",
    "initial_price": 100.0,
    "volatility": 0.3,
    "clustering": {"reaction": 0.12, "persistence": 0.85},
    "jumps": {"per_year": 4, "mean": -0.02, "deviation": 0.04},
}


def prices(ticker: Any, start: str, steps: int, minutes: int, interval_ms: int = 60_000) -> Numbers:
    """The ticks of so many minutes, each so many minutes after the one before."""
    given = {"tickers": [ticker], "start": start, "end": "2025-01-02", "interval_ms": interval_ms}
    loaded = MarketParameters().load(given)
    (security,) = market_of(loaded, 1).securities.values()
    first = microseconds(loaded["start"]) // UNITS["minute"]
    ticks = security.ticks(first + minutes * np.arange(steps, dtype=np.int64))
    return np.asarray(ticks.price / 100.0, np.float64)


def market() -> str:
    """Years, a day and a minute of the same function."""
    colours = {"SYNTH": GREEN, "TECH": RED, "FINANCE": BLUE, "ENERGY": GOLD, "HEALTH": GREY}
    years = [
        line(prices(name, "2015-01-01", 522, 7 * 1_440), colour, name) for name, colour in colours.items()
    ]
    day = prices("TECH", "2024-03-04", 720, 2)
    minute = prices("TECH", "2024-03-04T12:00:00Z", 1, 1, 100)
    return chart(
        [
            Panel("ten years", years, ("2015-01-01", "2025-01-01")),
            Panel("TECH, a day of it", [line(day, RED)], ("2024-03-04 00:00", "24:00")),
            Panel("TECH, a minute of that", [line(minute, RED)], ("12:00:00", "12:01:00")),
        ]
    )


def clustering() -> str:
    """Daily returns in per cent: with clustering and jumps, and without."""
    panels = []
    plain = {"ticker": "PLAIN", "initial_price": 100.0, "volatility": 0.3}
    for title, ticker, colour in (("plain", plain, GREY), ("clustering and jumps", TUNED, RED)):
        daily = prices(ticker, "2015-01-01", 731, 1_440)
        returns = 100.0 * (daily[1:] / daily[:-1] - 1.0)
        panels.append(Panel(f"daily returns in per cent: {title}", [line(returns, colour)], ("2015", "2017")))
    return chart(panels)


PLOTS: dict[str, Callable[[], str]] = {
    "components": components,
    "processes": processes,
    "autocorrelation": autocorrelation,
    "anomalies": anomalies,
    "market": market,
    "clustering": clustering,
    "distributions": tabular_plots.distributions,
    "moments": tabular_plots.moments,
    "references": tabular_plots.references,
    "correlated": tabular_plots.correlated,
}

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, make in PLOTS.items():
        (FOLDER / f"{name}.svg").write_text(make())
