"""Cutting tables into parts."""

from __future__ import annotations

import itertools

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.datasets.partition import (
    LEAST_PART_BYTES,
    MOST_TEXT_BYTES,
    TARGET_PART_BYTES,
    cut,
)
from synthmill.generators.engine.plan import ColumnPlan, TablePlan

ROWS = st.integers(1, 10**10)


def table(rows: int, block_rows: int = 65_536) -> TablePlan:
    return TablePlan("t", rows, block_rows, ())


@given(ROWS, st.integers(1, 65_536), st.floats(0.01, 10_000), st.none() | ROWS, st.integers(1, 500))
def test_parts_cover_every_block_once_and_in_order(
    rows: int, block_rows: int, size: float, part_rows: int | None, max_parts: int
) -> None:
    plan = table(rows, block_rows)
    parts = cut(plan, size, part_rows, max_parts)
    assert parts[0][0] == 0
    assert parts[-1][1] == plan.blocks
    assert all(before[1] == after[0] for before, after in itertools.pairwise(parts))
    assert all(first < last for first, last in parts)
    assert len(parts) <= max_parts


def test_a_wish_is_rounded_up_to_whole_blocks() -> None:
    assert cut(table(200, 20), 1.0, 25) == [(0, 2), (2, 4), (4, 6), (6, 8), (8, 10)]
    assert cut(table(200, 20), 1.0, 20)[0] == (0, 1)
    assert cut(table(200, 20), 1.0, 1)[0] == (0, 1)


def test_a_wish_larger_than_the_table_is_one_part() -> None:
    assert cut(table(100, 30), 1.0, 10**10) == [(0, 4)]


def test_a_wish_for_too_many_parts_is_raised() -> None:
    assert len(cut(table(10**6, 10), 1.0, 10, max_parts=100)) == 100


def test_without_a_wish_parts_have_between_half_the_target_and_the_target() -> None:
    for size in (3.0, 60.0, 117.5, 200.0):
        first, last = cut(table(10**8), size, None)[0]
        assert TARGET_PART_BYTES / 2 <= (last - first) * 65_536 * size <= TARGET_PART_BYTES


@pytest.mark.parametrize(
    ("size", "size_of_parts"),
    [(6.0, LEAST_PART_BYTES), (15.0, MOST_TEXT_BYTES * 15 // 100), (60.0, TARGET_PART_BYTES)],
)
def test_rows_that_pack_well_make_no_longer_parts_than_their_text_unless_pieces_were_too_small(
    size: float, size_of_parts: int
) -> None:
    long = TablePlan("t", 10**8, 4_096, (ColumnPlan("a", pa.string(), False, "text", width=99),))
    assert long.bytes_per_row == 100
    first, last = cut(long, size, None)[0]
    assert abs((last - first) * 4_096 * size - size_of_parts) < 4_096 * size


def test_no_part_is_too_small_for_a_piece_of_an_upload_because_its_text_is_long() -> None:
    long = TablePlan("t", 10**8, 65_536, (ColumnPlan("a", pa.string(), False, "text", width=9_999),))
    first, last = cut(long, 80.0, None)[0]
    assert (last - first) * 65_536 * 80.0 >= LEAST_PART_BYTES


def test_a_block_larger_than_the_target_is_a_part() -> None:
    assert cut(table(300, 100), 10.0**6, None) == [(0, 1), (1, 2), (2, 3)]


def test_the_longest_table_has_no_more_parts_than_an_upload_may_have() -> None:
    assert len(cut(table(10**10), 200.0, None)) <= 9_000
