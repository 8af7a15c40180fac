"""`python -m benchmarks.chosen_columns`: what two columns of twelve cost, in CPU, of what all twelve do.

Neighbours in the table `customers` of the template `retail`. The goal: at most 0.35, of every pair. Each
choice has its turn in every round, and its least counts, since what disturbs a process adds to it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise

from benchmarks.machine import facts
from synthmill.generators.engine.pipeline import make_cells, make_plan
from synthmill.generators.engine.plan import Plan
from synthmill.generators.kernels.backend import compile_all
from synthmill.generators.kernels.memory import keep_freed
from synthmill.generators.recipes.request import parse

ROWS = 500_000
ROUNDS = 7
GOAL = 0.35


def cpu(plan: Plan, columns: Sequence[str] | None) -> float:
    """The seconds of one run over all blocks."""
    table = plan.table("customers")
    start = time.process_time()
    for block in range(table.blocks):
        make_cells(plan, table.name, *table.block_range(block), columns)
    return time.process_time() - start


def main() -> None:
    print("; ".join(facts().values()))
    # As in a worker: the first of many blocks has the kernels, and the memory of those before it.
    keep_freed()
    compile_all()
    plan = make_plan(parse({"template": "retail", "rows": {"customers": ROWS}, "seed": 0}).recipe)
    names = [column.name for column in plan.table("customers").columns]
    choices: list[tuple[str, ...] | None] = [None, *pairwise(names)]
    least = dict.fromkeys(choices, float("inf"))
    for _ in range(ROUNDS):
        for choice in choices:
            least[choice] = min(least[choice], cpu(plan, choice))
    whole = least.pop(None)
    print(f"all {len(names)} columns: {whole / ROWS * 1e9:.1f} ns a row")
    for choice, spent in least.items():
        print(f"{', '.join(choice or ())}: {spent / whole:.2f} of all")
    shares = sorted(spent / whole for spent in least.values())
    print(f"in the middle {shares[len(shares) // 2]:.2f}, at most {shares[-1]:.2f}; the goal is {GOAL}")


if __name__ == "__main__":
    main()
