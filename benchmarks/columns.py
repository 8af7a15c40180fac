"""What column kinds cost, each by itself.

    python -m benchmarks.columns cost       CPU nanoseconds a cell: made, and also written as CSV and Parquet
    python -m benchmarks.columns preview    50 rows of 20 columns of 20 kinds, plan included
    python -m benchmarks.columns links      million rows a CPU second of references to rows that fit

All run in this process; `cost` and `links` take the least of three rounds over 262,144 rows.
"""

from __future__ import annotations

import argparse
import copy
import json
import statistics
import time
from typing import Any

import numpy as np

from benchmarks.environments import HERE
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
                cells = plan.data.tables["cells"]
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
    """Parameters of tables of which one, `cells`, has columns of 20 kinds and a million rows.

    They stay the same while kinds are added, so that releases can be compared.
    """
    found: dict[str, Any] = json.loads((HERE / "recipes" / "twenty_kinds.json").read_text())
    return found


def previews(times: int) -> None:
    took = []
    for seed in range(times):
        start = time.process_time()
        recipe = make_recipe("tabular", twenty_kinds(), seed)
        shown = preview(recipe, 50, "cells")
        json_rows(make_plan(recipe).table("cells"), shown["cells"])
        took.append((time.process_time() - start) * 1_000)
    print(f"first {took[0]:.0f} ms, then median {statistics.median(took[1:]):.0f} ms of CPU")


MATCH, OPEN = {"city_id": "city_id"}, {"at": "at", "since": "since", "until": "until"}
NULL = {"otherwise": "null"}
SHOPS, LONG = 2**20, 5_000_000
LINKS: dict[str, tuple[int, dict[str, Any]]] = {
    "any row": (SHOPS, {}),
    "match": (SHOPS, {"match": MATCH, **NULL}),
    "match, since": (SHOPS, {"match": MATCH, "existing": {**OPEN, "until": None}, **NULL}),
    "match, until": (SHOPS, {"match": MATCH, "existing": OPEN, **NULL}),
    "match, until, zipf": (SHOPS, {"match": MATCH, "existing": OPEN, "distribution": "zipf", **NULL}),
    "until": (SHOPS, {"existing": OPEN, **NULL}),
    "long: match": (LONG, {"match": MATCH, **NULL}),
    "long: match, until": (LONG, {"match": MATCH, "existing": OPEN, **NULL}),
    "long: since": (LONG, {"existing": {"at": "at", "since": "rising"}, **NULL}),
}


def linked(shops: int, reference: dict[str, Any]) -> dict[str, Any]:
    """Parameters of `tabular`: visits of a city's shops, of which there are so many, some 50 to a city."""
    years = {"kind": "timestamp", "start": "2018-01-01", "end": "2024-12-31"}
    key = {"name": "id", "kind": "sequence"}
    manager = {"kind": "hierarchy", "within": "city_id", "since": "since", "until": "until"}
    own = [
        key,
        {"name": "city_id", "kind": "parent", "column": "id"},
        {"name": "since", **years},
        {"name": "until", "kind": "later", "column": "since", "max": "900d", "nulls": 0.5},
        {"name": "rising", **years, "kind": "rising"},
        *([{"name": "above", **manager}] if shops <= SHOPS else []),
    ]
    visits = [
        {"name": "city_id", "kind": "foreign_key", "table": "cities"},
        {"name": "at", **years},
        {"name": "subject", "kind": "foreign_key", "table": "shops", **reference},
    ]
    return {
        "tables": [
            {"name": "cities", "rows": shops // 50, "primary_key": ["id"], "columns": [key]},
            {
                "name": "shops",
                "rows": shops,
                "children_of": {"table": "cities", "max": 200},
                "primary_key": ["id"],
                "columns": own,
            },
            {"name": "cells", "rows": ROWS, "columns": visits},
        ]
    }


def links() -> None:
    print("| to | planned, CPU s | million rows a CPU s |\n|---|---|---|")
    for name, (shops, reference) in LINKS.items():
        start = time.process_time()
        plan = make_plan(make_recipe("tabular", linked(shops, reference), 0))
        planned = time.process_time() - start
        print(f"| {name} | {planned:.1f} | {_rate(plan.data.tables['cells'], 'subject'):.1f} |", flush=True)
        if not reference:
            print(f"| above, in its city | | {_rate(plan.data.tables['shops'], 'above'):.1f} |", flush=True)


def _rate(table: Any, name: str) -> float:
    """Million rows in a second of CPU, the columns that it looks at left out: these are made before."""
    rounds = []
    for _ in range(3):
        took = 0.0
        for at in range(0, ROWS, BLOCK):
            rows = TableRows(table, np.arange(at, at + BLOCK, dtype=np.uint64))
            for looked in ("city_id", "at", "since"):
                if looked in table.columns:
                    rows.cells(looked)
            start = time.process_time()
            table.columns[name].rows_of(rows)
            took += time.process_time() - start
        rounds.append(took)
    return ROWS / min(rounds) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.columns", description=__doc__)
    parser.add_argument("what", choices=("cost", "preview", "links"))
    what = parser.parse_args().what
    if what == "cost":
        costs()
    elif what == "links":
        links()
    else:
        previews(10)


if __name__ == "__main__":
    main()
