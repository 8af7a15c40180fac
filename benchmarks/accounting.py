"""Books: how fast documents and lines are made and written.

    python -m benchmarks.accounting              a million documents of the template `books`
    python -m benchmarks.accounting DOCUMENTS

In this process, on one thread; CPU seconds are the process's, the least of three rounds. Lines are counted in
the kernel (accounts, amounts and what else `postings` gives), with their documents found and numbered, as all
columns of cells, and as bytes of Parquet with zstd.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np

from benchmarks import machine
from synthmill.generators.engine.pipeline import make_cells, make_plan, make_recipe
from synthmill.generators.formats import FORMATS
from synthmill.generators.recipes.template import get_template, resolve

BLOCKS = 40
"""Of lines that are made in a round, from the middle of the journal."""


def seconds(work: Callable[[], object]) -> float:
    rounds = []
    for _ in range(3):
        begun = time.process_time()
        work()
        rounds.append(time.process_time() - begun)
    return min(rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", type=int, nargs="?", default=1_000_000)
    documents = parser.parse_args().documents
    recipe = make_recipe("accounting", resolve(get_template("books"), {}, documents), 1)
    begun = time.process_time()
    plan = make_plan(recipe)
    planned = time.process_time() - begun
    table = plan.table("journal_lines")
    journal = plan.data.journal
    size = min(BLOCKS, table.blocks)
    blocks = [
        table.block_range(block)
        for block in range(table.blocks // 2 - size // 2, table.blocks // 2 + size // 2)
    ]
    blocks = blocks or [table.block_range(0)]
    lines = sum(stop - start for start, stop in blocks)
    format_ = FORMATS.get("parquet")
    found = [journal.lines(*block)[0] for block in blocks]
    posted = sum(int(plan.data.world.counts[one.form].sum()) for one in found)
    for one in found[:1]:
        journal.posted(one)  # Whatever has to be loaded is.

    def encode() -> None:
        for start, stop in blocks:
            format_.encode(table, make_cells(plan, "journal_lines", start, stop), "zstd")

    print(", ".join(machine.facts().values()))
    print(f"{documents:,} documents, {table.rows:,} lines; planned in {planned:.2f} CPU s")
    for name, count, work in (
        ("lines in the kernel", posted, lambda: [journal.posted(one) for one in found]),
        (
            "lines with documents found",
            lines,
            lambda: [journal.posted(journal.lines(*one)[0]) for one in blocks],
        ),
        ("lines as cells", lines, lambda: [make_cells(plan, "journal_lines", *one) for one in blocks]),
        ("lines into Parquet, zstd", lines, encode),
    ):
        rate = count / seconds(work)
        print(f"{name}: {rate / 1e6:.2f} M a CPU second")
    bytes_ = len(format_.encode(table, make_cells(plan, "journal_lines", *blocks[0]), "zstd").body)
    print(f"{bytes_ / (blocks[0][1] - blocks[0][0]):.1f} bytes a line, {len(table.columns)} columns")
    _check(journal.posted(found[0]).amount)


def _check(amounts: np.ndarray) -> None:  # type: ignore[type-arg]
    assert int(amounts.sum()) == 0, "documents don't balance"


if __name__ == "__main__":
    main()
