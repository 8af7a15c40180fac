"""Estimated sizes: near enough to the real ones to share out work by, before any row is made."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthmill.generators.datasets.partition import (
    LEAST_PART_BYTES,
    TARGET_PART_BYTES,
    bytes_per_row,
    cut,
)
from synthmill.generators.engine.pipeline import make_cells, make_plan, make_recipe
from synthmill.generators.engine.plan import ColumnPlan, Packing, Plan, TablePlan
from synthmill.generators.engine.recipe import Output
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.formats import FORMATS
from synthmill.generators.recipes.template import get_template, resolve, templates
from tests.generators.strategy_examples import EXAMPLES

OUTPUTS = [
    Output(name, compression, "")
    for name in ("arrow", "csv", "jsonl", "parquet")
    for compression in FORMATS.get(name).compressions
]
ENOUGH_ROWS = 4_096
"""Of fewer, what a block has besides its rows counts, and they are one part in any case."""


def check(plan: Plan) -> None:
    """Every estimate is within a factor of two of the first block's bytes, and gives parts of good size."""
    results = run_stages(plan)
    for table in plan.tables:
        rows = min(table.rows, table.block_rows)
        if rows < ENOUGH_ROWS:
            continue
        cells = make_cells(plan, table.name, 0, rows, None, results)
        for output in OUTPUTS:
            real = len(FORMATS.get(output.format).encode(table, cells, output.compression).body) / rows
            estimate = bytes_per_row(table, output)
            assert 0.5 < estimate / real < 2, (table.name, output, estimate, real)
            long = TablePlan("long", 10**8, table.block_rows, table.columns)
            first, last = cut(long, estimate, None)[0]
            size = (last - first) * table.block_rows * real
            assert last - first == 1 or LEAST_PART_BYTES / 4 < size < 2 * TARGET_PART_BYTES


@pytest.mark.parametrize("name", sorted(templates()))
def test_estimates_of_every_template_are_within_a_factor_of_two(name: str) -> None:
    template = get_template(name)
    check(make_plan(make_recipe(template.strategy, resolve(template, {}, None), 0)))


def test_estimates_of_market_data_are_within_a_factor_of_two() -> None:
    check(make_plan(make_recipe("market", EXAMPLES["market"], 0)))


def test_an_estimate_makes_no_row() -> None:
    """Nothing of a strategy is asked: a plan that no strategy made has estimates, too."""
    columns = (
        ColumnPlan("id", pa.int64(), False, "sequence", width=8, packing=Packing.NEIGHBOURS),
        ColumnPlan("note", pa.string(), True, "text", width=57),
    )
    table = TablePlan("notes", 10**9, 65_536, columns)
    assert table.bytes_per_row == 8 + 1 + 57 + 1
    assert {bytes_per_row(table, one) for one in OUTPUTS if one.compression == "none"} == {
        table.bytes_per_row,
        table.bytes_per_row + 2 + len("id") + 3 + len("note") + 5,
        8 + 57 + 4,
        0.4 + 57,
    }


def test_a_format_of_somebody_elses_is_taken_for_text() -> None:
    table = TablePlan("t", 10, 10, (ColumnPlan("a", pa.string(), False, "text", width=20),))
    assert bytes_per_row(table, Output("xml", "none", "")) == 21
    assert bytes_per_row(table, Output("xml", "gzip", "")) < 10
