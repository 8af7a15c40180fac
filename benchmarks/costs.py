"""What recipes cost by estimate, beside what they are measured to cost.

    python -m benchmarks.costs            each column kind, and each component of time series
    python -m benchmarks.costs KIND ...   these alone

In this process; CPU is the least of three rounds. Estimates are meant to be too high rather than too low: a
line begins with `!` where one lies below two thirds of what was measured.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from synthmill.generators.datasets.preview import json_rows, preview
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.costs import ColumnCost, estimate, reading
from synthmill.generators.engine.pipeline import load_parameters, make_recipe
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.stages import NO_RESULTS
from synthmill.generators.strategies.time_series.component import component_kinds
from tests.generators.worlds import KINDS, world

ROWS = 1_000
COLUMNS = 20
"""Of the kind, beside one another, so that what tables and previews take by themselves counts for little."""


def seconds(work: Callable[[], Any]) -> float:
    rounds = []
    for _ in range(3):
        begun = time.process_time()
        work()
        rounds.append(time.process_time() - begun)
    return min(rounds)


def measured(recipe: Recipe, names: list[str], table: str) -> Mapping[str, float]:
    """Of one column, on average: planning, the first row, each further one, bytes of a cell."""
    strategy = STRATEGIES.get(recipe.strategy)
    plan = strategy.plan(recipe.parameters, recipe.seed, {})
    planned = seconds(lambda: strategy.plan(recipe.parameters, recipe.seed, {}))

    def shown(rows: int) -> float:
        # A fresh plan keeps nothing of what was made before.
        fresh = strategy.plan(recipe.parameters, recipe.seed, {})
        begun = time.process_time()
        strategy.cells(fresh, table, 0, rows, names, NO_RESULTS)
        return time.process_time() - begun

    one = min(shown(1) for _ in range(3))
    many = min(shown(ROWS) for _ in range(3))
    rows = preview(recipe, 100, table, names)[table]
    size = len(json.dumps(json_rows(plan.table(table), rows), separators=(",", ":"))) / 100
    count = len(names)
    return {
        "plan": planned / count,
        "once": one / count,
        "cell": max(0.0, many - one) / (ROWS - 1) / count,
        "size": size / count,
    }


def of_kind(kind: str) -> tuple[Recipe, list[str], str]:
    """A table with many columns of the kind."""
    definition = {"kind": kind, **KINDS[kind][0]}
    parameters = copy.deepcopy(world({"name": "subject", **definition}, rows=50_000))
    (cells,) = (one for one in parameters["tables"] if one["name"] == "cells")
    (at,) = (i for i, one in enumerate(cells["columns"]) if one["name"] == "subject")
    names = [f"subject{number}" for number in range(COLUMNS)]
    cells["columns"][at : at + 1] = [{"name": name, **copy.deepcopy(definition)} for name in names]
    return make_recipe("tabular", parameters, 0), names, "cells"


def of_component(kind: str) -> tuple[Recipe, list[str], str]:
    example = dict(component_kinds()[kind].example)
    load = [{"name": "load", "components": [{"kind": "noise", "sd": 1}]}]
    names = [f"subject{number}" for number in range(COLUMNS)]
    series = load + [{"name": name, "components": [{"kind": kind, **example}]} for name in names]
    table = {"name": "cells", "rows": 100_000, "series": series}
    return make_recipe("time_series", {"tables": [table]}, 0), names, "cells"


def tell(what: str, recipe: Recipe, names: list[str], table: str) -> None:
    found = estimate(recipe)
    assert found is not None
    (costs,) = (one for one in found.tables if one.name == table)
    column: ColumnCost = next(one for one in costs.columns if one.name == names[0])
    cost = column.cost
    known = {"plan": cost.plan_time, "once": cost.once_time, "cell": cost.time, "size": cost.size}
    seen = measured(recipe, names, table)
    low = any(known[name] * 1.5 < seen[name] for name in known)
    units = {"plan": (1e6, "us"), "once": (1e6, "us"), "cell": (1e9, "ns"), "size": (1, "B")}
    text = "  ".join(
        f"{name} {seen[name] * units[name][0]:7,.0f} ({known[name] * units[name][0]:7,.0f}) {units[name][1]}"
        for name in known
    )
    print(f"{'!' if low else ' '} {what:18} {text}")


def tell_reading() -> None:
    strategy = STRATEGIES.get("tabular")
    columns = [{"name": f"c{at}", "kind": "integer", "max": 9} for at in range(1_000)]
    numbers = {"name": "n", "kind": "categorical", "values": list(range(50_000))}
    words = {"name": "w", "kind": "categorical", "values": [f"word {at}" for at in range(50_000)]}
    for what, given in (("1,000 columns", columns), ("50,000 numbers", [numbers]), ("50,000 words", [words])):
        raw = {"tables": [{"name": "t", "rows": 9, "columns": given}]}
        took = seconds(lambda raw=raw: load_parameters(strategy, raw))
        known = reading(raw).total
        low = "!" if known * 1.5 < took else " "
        print(f"{low} reading {what:16} {took * 1e3:6.1f} ({known * 1e3:6.1f}) ms")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*")
    wanted = parser.parse_args().kinds
    print("  measured (by estimate), of one column or component")
    if not wanted:
        tell_reading()
    for kind in sorted(KINDS):
        if not wanted or kind in wanted:
            tell(kind, *of_kind(kind))
    for kind in component_kinds():
        if not wanted or kind in wanted:
            tell(kind, *of_component(kind))


if __name__ == "__main__":
    main()
