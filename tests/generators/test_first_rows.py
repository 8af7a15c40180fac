"""How soon rows come, and how much memory they take, whatever the size of the table."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

from synthmill.generators.datasets.blocks import make_blocks
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.engine.recipe import Output
from synthmill.generators.formats import FORMATS, codec
from synthmill.generators.recipes.request import parse
from tests.waiting import calls_of

HUGE: dict[str, Any] = {"template": "retail", "rows": 1_000_000_000}

WORK = """
import sys
from synthmill.generators.datasets.blocks import make_blocks
from synthmill.generators.formats import codec
from synthmill.generators.kernels.memory import keep_freed
from synthmill.generators.engine.recipe import Output
from synthmill.generators.recipes.request import parse
from synthmill.generators.engine.pipeline import make_plan

keep_freed()
kind, compression, blocks = sys.argv[1], sys.argv[2], int(sys.argv[3])
output = Output(kind, compression, codec(kind, compression))
recipe = parse({"template": "retail", "rows": 1_000_000_000, "seed": 7}).recipe
plan = make_plan(recipe)
for table in plan.tables:
    for _ in make_blocks(plan, table.name, 0, min(blocks, table.blocks), output):
        pass
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


@pytest.mark.parametrize("name", list(FORMATS.usable()))
def test_a_warm_process_has_the_first_rows_of_a_huge_table_at_once(name: str) -> None:
    output = Output(name, "none", codec(name, "none"))

    def first_block(rows: int, seed: int) -> None:
        recipe = parse({**HUGE, "rows": rows, "seed": seed}).recipe
        next(make_blocks(make_plan(recipe), "order_items", 0, 1, output))

    small, huge = 1_000_000, HUGE["rows"]
    first_block(huge, 1)
    first_block(small, 1)
    few = calls_of(lambda: first_block(small, 2))
    began = time.process_time()
    assert calls_of(lambda: first_block(huge, 3)) < 1.1 * few
    assert time.process_time() - began < 5


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("name", "compression"), [("csv", "none"), ("jsonl", "zstd"), ("parquet", "zstd"), ("arrow", "none")]
)
def test_memory_does_not_grow_with_the_rows(name: str, compression: str) -> None:
    few, many = (
        int(
            subprocess.run(
                [sys.executable, "-c", WORK, name, compression, str(blocks)],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for blocks in (4, 40)
    )
    assert many < 400_000
    assert many < 1.15 * few
