"""The plots of docs/tabular.md, from the cells of the recipes that the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from svg import Line, Numbers, Panel, chart

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.kernels.elementary import exp, log

GREEN, RED, GREY = "#0b6e4f", "#c8553d", "#9aa5b1"
ROWS = 200_000
SQRT_2PI = 2.5066282746310002


def cells(tables: Sequence[Mapping[str, Any]], table: str) -> dict[str, Any]:
    recipe = make_recipe("tabular", {"tables": list(tables)}, 1)
    plan = make_plan(recipe)
    made = make_rows(plan, table, 0, plan.table(table).rows)
    return {name: made.column(name).to_numpy(zero_copy_only=False) for name in made.schema.names}


def alone(kind: str, **given: Any) -> Any:
    table = {"name": "t", "rows": ROWS, "columns": [{"name": "value", "kind": kind, **given}]}
    return cells([table], "t")["value"]


def counted(values: Any, low: float, high: float, bins: int) -> tuple[Numbers, Numbers]:
    """The middle of each of so many equal bins, and the density of values there."""
    counts, edges = np.histogram(np.asarray(values, np.float64), bins=bins, range=(low, high))
    width = (high - low) / bins
    return edges[:-1] + width / 2, counts / (len(values) * width)


def shape(title: str, values: Any, low: float, high: float, theory: Any, bins: int = 60) -> Panel:
    middles, density = counted(values, low, high, bins)
    curve = Line(middles, np.asarray(theory(middles), np.float64), GREY, "theory")
    return Panel(title, [curve, Line(middles, density, GREEN, "cells", True)], (f"{low:g}", f"{high:g}"))


def normal_density(x: Numbers, mean: float, sd: float) -> Numbers:
    z = (x - mean) / sd
    density: Numbers = exp(-0.5 * z * z) / (sd * SQRT_2PI)
    return density


def distributions() -> str:
    """Densities of 200,000 cells beside the formulas in any textbook."""
    ages = alone("normal", mean=42, sd=15, min=18, max=95)
    # Of the normal distribution 0.9450 lies between the two limits.
    prices = alone("lognormal", median=30, sigma=0.8)
    claims = alone("gamma", shape=2.0, scale=10)
    usual = {"weight": 9, "of": {"kind": "normal", "mean": 20, "sd": 2}}
    others = {"weight": 1, "of": {"kind": "uniform", "min": 0, "max": 50}}
    mixed = alone("mixture", components=[usual, others])
    return chart(
        [
            shape("normal", ages, 18, 95, lambda x: normal_density(x, 42, 15) / 0.9450),
            shape("lognormal", prices, 0, 150, lambda x: normal_density(log(x / 30), 0, 0.8) / x),
            shape("gamma", claims, 0, 80, lambda x: x * exp(-x / 10) / 100),
            shape("mixture", mixed, 0, 50, lambda x: 0.9 * normal_density(x, 20, 2) + 0.1 / 50),
        ]
    )


def moments() -> str:
    """When orders come: by the hour of the day, and by the day for eight weeks."""
    hours = [1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 13, 12, 12, 12, 12, 13, 15, 18, 20, 18, 12, 6, 3]
    times = alone(
        "timestamp",
        start="2024-11-18T00:00:00Z",
        end="2025-01-12T23:59:59Z",
        hours=hours,
        weekdays=[5, 4, 4, 4, 5, 7, 6],
        holidays="US",
    ).astype("datetime64[s]").astype(np.int64)  # fmt: skip
    first = int(np.datetime64("2024-11-18", "s").astype(np.int64))
    by_hour = np.bincount((times - first) // 3_600 % 24, minlength=24).astype(np.float64)
    by_day = np.bincount((times - first) // 86_400, minlength=56).astype(np.float64)
    asked = np.asarray(hours, np.float64) * (ROWS / sum(hours))
    return chart(
        [
            Panel(
                "by the hour of the day",
                [
                    Line(np.arange(24.0), asked, GREY, "asked"),
                    Line(np.arange(24.0), by_hour, GREEN, "cells", True),
                ],
                ("0", "23"),
            ),
            Panel(
                "by the day, without the holidays of the US",
                [Line(np.arange(56.0), by_day, GREEN)],
                ("2024-11-18", "2025-01-12"),
            ),
        ]
    )


def references() -> str:
    """How many orders each of 100 customers has, the most frequent first."""
    lines = []
    for law, colour in (("uniform", GREEN), ("zipf", RED)):
        customers = {"name": "customers", "rows": 100, "columns": [{"name": "id", "kind": "sequence"}]}
        key = {"name": "customer_id", "kind": "foreign_key", "table": "customers", "distribution": law}
        orders = {"name": "orders", "rows": 100_000, "columns": [key]}
        made = cells([{**customers, "primary_key": ["id"]}, orders], "orders")["customer_id"]
        often = np.sort(np.bincount(made.astype(np.int64), minlength=101)[1:])[::-1].astype(np.float64)
        lines.append(Line(np.arange(100.0), often, colour, law))
    return chart([Panel("orders of each customer", lines, ("the most frequent", "the least frequent"))])


def correlated() -> str:
    """Two columns of different laws that go together as asked: 2,000 rows of them."""
    matrix = [[1, 0.8], [0.8, 1]]
    age = {"kind": "normal", "mean": 42, "sd": 12, "min": 18, "max": 80}
    income = {"kind": "lognormal", "median": 38_000, "sigma": 0.5, "max": 150_000}
    columns = [
        {"name": name, "kind": "correlated", "matrix": matrix, "place": place, "of": of}
        for place, (name, of) in enumerate((("age", age), ("income", income)), 1)
    ]
    made = cells([{"name": "people", "rows": 2_000, "columns": columns}], "people")
    ages, incomes = (np.asarray(made[name], np.float64) for name in ("age", "income"))
    return chart([Panel("income by age", [Line(ages, incomes, GREEN, points=True)], ("18", "80"))])
