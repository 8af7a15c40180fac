"""The values that this engine version promises: `python -m tests.generators.golden_values` writes them anew.

Writing them anew is a decision: it comes with a new engine version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.recipes.template import get_template, resolve, templates
from synthmill.generators.strategies.market.tickers import PUBLISHED
from synthmill.generators.version import ENGINE_VERSION
from tests.generators.series_worlds import everything
from tests.generators.towns import OPEN, SAME_CITY, staff, towns
from tests.generators.worlds import KINDS, fingerprint, rows_of, subject

FILE = Path(__file__).parent.parent / "golden" / "values.json"


def of_kinds_called(names: Iterable[str]) -> dict[str, str]:
    """Of each kind 3,000 cells, with and without nulls, at seed 0."""
    return {kind: fingerprint(subject(kind), subject(kind, nulls=0.25)) for kind in names}


def of_template(name: str) -> dict[str, str]:
    """The first 1,000 rows of every table of a template, at seed 0 and its own size."""
    template = get_template(name)
    recipe = make_recipe(template.strategy, resolve(template, {}, None), 0)
    plan = make_plan(recipe)
    results = run_stages(plan)
    return {
        table.name: fingerprint(
            *make_rows(plan, table.name, 0, min(1_000, table.rows), None, results).columns
        )
        for table in plan.tables
    }


def of_references() -> dict[str, str]:
    """Keys of rows that match and exist by then, by each law, and of managers who are employed."""
    found = {}
    for law in ({}, {"distribution": "zipf"}, {"distribution": "weight", "weight": "size"}):
        asked = {"match": SAME_CITY, "existing": OPEN, "otherwise": "null", **law}
        name = law.get("distribution", "uniform")
        found[name] = fingerprint(rows_of(towns(**asked), "orders")["branch_id"])
    managers = staff(within="department_id", since="hired_on", until="left_on")
    return found | {"hierarchy": fingerprint(rows_of(managers, "staff")["manager_id"])}


def of_market() -> dict[str, str]:
    """Ticks and bars of the published tickers and of one with every option on."""
    tuned = {
        "ticker": "TUNED",
        "initial_price": 20.0,
        "tick_size": 0.005,
        "loadings": {"market": 0.5},
        "jumps": {"per_year": 10},
        "clustering": {},
    }
    found = {}
    for table, end in (("ticks", "00:02"), ("bars", "00:10")):
        hours = {"open": "00:00", "close": "20:00", "overnight": 0}
        parameters = {
            "table": table,
            "timeframe": "5m",
            "tickers": [*PUBLISHED, tuned],
            "trading_hours": hours,
            "start": "2024-03-01T00:00:00Z",
            "end": f"2024-03-01T{end}:00Z",
        }
        recipe = make_recipe("market", parameters, 0)
        plan = make_plan(recipe)
        found[table] = fingerprint(*make_rows(plan, table, 0, plan.tables[0].rows).columns)
    return found


def of_time_series() -> dict[str, str]:
    """Tables with every kind of component and anomaly."""
    recipe = make_recipe("time_series", everything(), 0)
    plan = make_plan(recipe)
    return {
        table.name: fingerprint(*make_rows(plan, table.name, 0, table.rows).columns) for table in plan.tables
    }


def all_values() -> dict[str, object]:
    return {
        "engine": ENGINE_VERSION,
        "kinds": of_kinds_called(sorted(KINDS)),
        "market": of_market(),
        "references": of_references(),
        "retail": of_template("retail"),
        "time_series": of_time_series(),
        "templates": {name: of_template(name) for name in templates() if name != "retail"},
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(all_values(), indent=2) + "\n")
