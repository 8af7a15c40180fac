"""`python -m benchmarks.chosen_columns`: what two columns of twelve cost, in CPU, of what all twelve do.

Neighbours in the table `customers` of the template `retail`. The goal: at most 0.35 in the middle.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

from synthmill.generators.engine.pipeline import make_cells, make_plan
from synthmill.generators.engine.plan import Plan
from synthmill.generators.recipes.request import parse

ROWS = 500_000
GOAL = 0.35


def cpu(plan: Plan, columns: Sequence[str] | None) -> float:
    """The least seconds of three runs over all blocks."""
    table = plan.table("customers")
    spent = []
    for _ in range(3):
        start = time.process_time()
        for block in range(table.blocks):
            make_cells(plan, table.name, *table.block_range(block), columns)
        spent.append(time.process_time() - start)
    return min(spent)


def main() -> None:
    plan = make_plan(parse({"template": "retail", "rows": {"customers": ROWS}, "seed": 0}).recipe)
    names = [column.name for column in plan.table("customers").columns]
    make_cells(plan, "customers", 0, 70_000)  # Whatever is loaded for whole blocks is.
    whole = cpu(plan, None)
    print(f"all {len(names)} columns: {whole / ROWS * 1e9:.1f} ns a row")
    shares = {}
    for pair in pairwise(names):
        shares[", ".join(pair)] = cpu(plan, pair) / whole
    for names_of_pair, share in shares.items():
        print(f"{names_of_pair}: {share:.2f} of all")
    typical = sorted(shares.values())[len(shares) // 2]
    print(f"in the middle {typical:.2f}; the goal is at most {GOAL}")


if __name__ == "__main__":
    main()
