"""What column kinds cost, each by itself.

    python -m benchmarks.columns cost       CPU nanoseconds a cell: made, and also written as CSV and Parquet
    python -m benchmarks.columns preview    50 rows of 20 columns of 20 kinds, plan included

Both run in this process; `cost` takes the least of three rounds over 262,144 rows.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
from typing import Any

import numpy as np

from synthmill.generators.datasets.preview import json_rows, preview
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.formats import FORMATS
from synthmill.generators.tables.rows import TableRows
from tests.generators.worlds import KINDS, world

ROWS = 2**18
BLOCK = 2**16
ENOUGH = {"unique_number": {"max": 10**9}}
"""What has to be more than in the tests for so many rows."""


def column(kind: str) -> dict[str, Any]:
    return {"name": "subject", "kind": kind, **KINDS[kind][0], **ENOUGH.get(kind, {})}


def cost(kind: str) -> tuple[float, float, float]:
    """To make a cell, and to make and write it as CSV and as Parquet; what it looks at is made, too."""
    recipe = make_recipe("tabular", copy.deepcopy(world(column(kind), rows=ROWS)), 0)
    plan = make_plan(recipe)
    table = plan.table("cells")
    own = [one for one in table.columns if one.name == "subject"]
    alone = type(table)("cells", table.rows, table.block_rows, tuple(own))
    found = []
    for name in (None, "csv", "parquet"):
        rounds = []
        for _ in range(3):
            start = time.process_time()
            for at in range(0, ROWS, BLOCK):
                cells = plan.data["cells"]
                made = make_subject(cells, at)
                if name:
                    FORMATS.get(name).encode(alone, {"subject": made}, "none")
            rounds.append((time.process_time() - start) / ROWS * 1e9)
        found.append(min(rounds))
    return found[0], found[1], found[2]


def make_subject(table: Any, at: int) -> Any:
    return TableRows(table, np.arange(at, at + BLOCK, dtype=np.uint64)).cells("subject")


def costs() -> None:
    print("| kind | made | and as CSV | and as Parquet |\n|---|---|---|---|")
    found = {kind: cost(kind) for kind in sorted(KINDS)}
    for kind, (made, csv, parquet) in sorted(found.items(), key=lambda one: one[1][1]):
        print(f"| `{kind}` | {made:.0f} | {csv:.0f} | {parquet:.0f} |")


def twenty_kinds() -> dict[str, Any]:
    """Parameters of tables of which one, `cells`, has columns of 20 kinds and a million rows."""
    kinds = [kind for kind in sorted(KINDS) if kind not in ("foreign_key", "parent", "line_number", "later")]
    spread = [kinds[at * len(kinds) // 20] for at in range(20)]
    return world(*({**column(kind), "name": f"c_{kind}"} for kind in spread), rows=1_000_000)


def previews(times: int) -> None:
    took = []
    for seed in range(times):
        start = time.process_time()
        recipe = make_recipe("tabular", twenty_kinds(), seed)
        shown = preview(recipe, 50, "cells")
        json_rows(make_plan(recipe).table("cells"), shown["cells"])
        took.append((time.process_time() - start) * 1_000)
    print(f"first {took[0]:.0f} ms, then median {statistics.median(took[1:]):.0f} ms of CPU")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.columns", description=__doc__)
    parser.add_argument("what", choices=("cost", "preview"))
    if parser.parse_args().what == "cost":
        costs()
    else:
        previews(10)


if __name__ == "__main__":
    main()
