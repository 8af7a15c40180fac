"""Synthmill's engine: rows made, encoded and written to a file; or a ready table for those who only write.

The engine that is measured is the first on PYTHONPATH.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from clock import measure

from synthmill.generators.datasets import writer
from synthmill.generators.datasets.blocks import Block, file_prefix, file_suffix, write_all
from synthmill.generators.engine.pipeline import make_cells, make_plan, make_rows
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.formats import FORMATS, codec
from synthmill.generators.kernels.backend import compile_all
from synthmill.generators.kernels.memory import keep_freed
from synthmill.generators.recipes.recipe_file import load_recipe_file
from synthmill.generators.recipes.request import parse

WARM_ROWS = 70_000
"""More than a block, so that whatever is loaded for whole blocks is."""


def recipe_of(path: Path, rows: dict[str, int], seed: int) -> Recipe:
    asked = {**load_recipe_file(path, False), "rows": rows, "seed": seed}
    return parse(asked).recipe


def write_file(plan: Plan, name: str, output: Output, path: Path, share: tuple[int, int]) -> None:
    """The table's file without any hash: what rows cost alone. A share is its blocks i, i + n, i + 2 n ..."""
    table = plan.table(name)
    encode = FORMATS.get(output.format).encode
    blocks = []
    with path.open("wb") as file:
        file.write(file_prefix(table, output))
        for number in range(share[0], table.blocks, share[1]):
            start, stop = table.block_range(number)
            encoded = encode(table, make_cells(plan, name, start, stop), output.compression)
            write_all(file, encoded.body)
            blocks.append(Block(number, stop - start, len(encoded.body), b"", encoded.footer))
        if share[1] == 1:
            file.write(file_suffix(table, output, blocks))


def ready(plan: Plan, name: str, path: Path) -> None:
    """The same rows as an Arrow file, with timestamps that have no zone: libraries write those fastest."""
    import pyarrow as pa

    table = plan.table(name)
    ranges = [table.block_range(number) for number in range(table.blocks)]
    rows = pa.Table.from_batches([make_rows(plan, name, *one) for one in ranges], table.schema)
    for at, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            rows = rows.set_column(at, field.name, rows[field.name].cast(pa.timestamp(field.type.unit)))
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, rows.schema) as writer:
        writer.write_table(rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--rows", action="append", required=True, help="TABLE=N")
    parser.add_argument("--table", required=True)
    parser.add_argument("--format", default="csv")
    parser.add_argument("--compression", default="none")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--share", default="0/1")
    parser.add_argument("--what", choices=["file", "dataset", "ready"], default="file")
    asked = parser.parse_args()
    keep_freed()
    rows = {table: int(count) for table, _, count in (one.partition("=") for one in asked.rows)}
    output = Output(asked.format, asked.compression, codec(asked.format, asked.compression))
    first, step = map(int, asked.share.split("/"))
    share = (first, step)

    def work(counts: dict[str, int], seed: int, path: Path, share: tuple[int, int]) -> None:
        recipe = recipe_of(asked.recipe, counts, seed)
        if asked.what == "dataset":
            writer.write(recipe, output, path.with_suffix(".folder"))
        elif asked.what == "ready":
            ready(make_plan(recipe), asked.table, path)
        else:
            write_file(make_plan(recipe), asked.table, output, path, share)

    few = {
        table: min(count, max(1, count * WARM_ROWS // max(rows.values()))) for table, count in rows.items()
    }
    warm = asked.out.with_suffix(f".warm{os.getpid()}")
    if asked.what == "ready":
        work(rows, 1, asked.out, (0, 1))
        return

    def start_up() -> None:
        # By themselves the kernels are loaded after a million rows: in the midst of what is measured.
        compile_all()
        work(few, 2, warm, (0, 1))

    measure(lambda: work(rows, 1, asked.out, share), start_up, asked.out)
    warm.unlink(missing_ok=True)


main()
