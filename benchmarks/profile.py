"""Where a block's CPU goes: its cells, its encoding, its way to a file, and what each column costs alone.

    python -m benchmarks.profile customers csv
    python -m benchmarks.profile lineitem parquet --compression zstd

The least of several runs, in nanoseconds a row. A column alone is encoded as a table of its own.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace

from benchmarks.environments import HERE
from benchmarks.settings import ORDERS, PARTS
from synthmill.generators.engine.pipeline import make_cells, make_plan
from synthmill.generators.engine.plan import MAX_BLOCK_ROWS
from synthmill.generators.formats import FORMATS
from synthmill.generators.kernels.memory import keep_freed
from synthmill.generators.recipes.recipe_file import load_recipe_file
from synthmill.generators.recipes.request import parse


def least(work: Callable[[], object], runs: int, rows: int) -> float:
    seconds = []
    for _ in range(runs):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds) / rows * 1e9


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("recipe", choices=["customers", "lineitem"])
    parser.add_argument("format")
    parser.add_argument("--compression", default="none")
    parser.add_argument("--runs", type=int, default=30)
    asked = parser.parse_args()
    keep_freed()
    rows, name = MAX_BLOCK_ROWS, asked.recipe
    counts = {name: 20 * rows}
    if name == "lineitem":
        counts |= {"orders": counts[name] // ORDERS, "part": counts[name] // PARTS}
    raw = load_recipe_file(HERE / "recipes" / f"{name}.yaml", False)
    recipe = parse({**raw, "rows": counts, "seed": 1}).recipe
    plan = make_plan(recipe)
    table, encode = plan.table(name), FORMATS.get(asked.format).encode
    cells = make_cells(plan, name, 0, rows)

    def shown(what: str, work: Callable[[], object]) -> None:
        print(f"{what:18} {least(work, asked.runs, rows):7.1f}")

    print(f"ns a row, a block of {rows:,} rows")
    shown("all cells", lambda: make_cells(plan, name, 0, rows))
    shown("all encoded", lambda: encode(table, cells, asked.compression))
    body = encode(table, cells, asked.compression).body
    with tempfile.TemporaryFile() as file:
        # Emptied first: a file's new pages cost more than writing into old ones.
        shown("written", lambda: (file.seek(0), file.truncate(), file.write(body)))
    for column in table.columns:
        alone = replace(table, columns=(column,))
        shown(f"  {column.name}", lambda alone=alone: encode(alone, cells, asked.compression))  # type: ignore[misc]


if __name__ == "__main__":
    main()
