"""What the statistics of a dataset cost, against making its rows without them.

    python -m benchmarks.profile_cost                   10,000,000 rows of retail's order items, three rounds

The blocks are made, encoded and hashed in this process, and thrown away; rounds take turns, medians count.
"""

from __future__ import annotations

import argparse
import statistics
import time

from benchmarks.machine import facts
from synthmill.generators.datasets.blocks import make_blocks
from synthmill.generators.datasets.profile.table import TableProfile
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.kernels.backend import compile_all
from synthmill.generators.kernels.memory import keep_freed
from synthmill.generators.recipes.request import parse

TABLE = "order_items"


def seconds(rows: int, name: str, profiled: bool) -> float:
    request = parse({"template": "retail", "rows": rows, "seed": 7, "format": name})
    plan = make_plan(request.recipe)
    table = plan.table(TABLE)
    profile = TableProfile(table) if profiled else None
    began = time.process_time()
    for _ in make_blocks(plan, TABLE, 0, table.blocks - 1, request.output, profile):
        pass
    if profile is not None:
        profile.pack()
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile_cost", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print("; ".join(facts().values()))
    keep_freed()
    compile_all()
    for name in ("csv", "jsonl", "parquet"):
        seconds(200_000, name, profiled=True)
        seen = [
            [seconds(given.rows, name, profiled) for profiled in (False, True)] for _ in range(given.rounds)
        ]
        cost = statistics.median(profiled / plain - 1 for plain, profiled in seen)
        plain = statistics.median(plain for plain, _ in seen)
        print(f"{given.rows:,} rows as {name}: {plain:.2f} CPU s without a profile, {cost:+.1%} with one")


if __name__ == "__main__":
    main()
