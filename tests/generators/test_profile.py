"""Profiles: what they say is so, and they say the same however the work was cut."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.datasets.profile.column import ColumnProfile
from synthmill.generators.datasets.profile.document import document
from synthmill.generators.datasets.profile.table import SAMPLE_ROWS, TableProfile, sampled_rows
from synthmill.generators.engine.cells import Arrow
from synthmill.generators.engine.pipeline import make_cells, make_plan, make_recipe, make_rows
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.kernels.backend import use

ROWS = 150_000
COLUMNS: list[dict[str, Any]] = [
    {"name": "id", "kind": "sequence", "start": 1001},
    {"name": "uuid", "kind": "uuid"},
    {"name": "email", "kind": "email"},
    {
        "name": "age",
        "kind": "normal",
        "mean": 41,
        "sd": 14,
        "min": 18,
        "max": 95,
        "decimals": 0,
        "nulls": 0.1,
    },
    {"name": "weight", "kind": "lognormal", "median": 0.8, "sigma": 0.9},
    {"name": "price", "kind": "money", "median": 25, "nulls": 0.3},
    {"name": "status", "kind": "categorical", "values": ["new", "paid", "sent"], "weights": [5, 3, 2]},
    {"name": "size", "kind": "categorical", "values": [1, 2.5, 10], "nulls": 0.5},
    {"name": "active", "kind": "boolean", "probability": 0.9, "nulls": 0.2},
    {"name": "day", "kind": "date"},
    {"name": "at", "kind": "timestamp", "nulls": 0.05},
    {"name": "note", "kind": "text", "max_words": 4},
    {"name": "never", "kind": "integer", "max": 5, "nulls": 1.0},
]


@cache
def made(rows: int = ROWS) -> tuple[Recipe, Plan, TablePlan]:
    table = {"name": "things", "rows": rows, "columns": COLUMNS}
    recipe = make_recipe("tabular", {"tables": [table]}, 3)
    plan = make_plan(recipe)
    return recipe, plan, plan.tables[0]


def profiled(recipe: Recipe, plan: Plan, first: int, last: int) -> TableProfile:
    profile = TableProfile(plan.tables[0])
    for block in range(first, last):
        start, stop = plan.tables[0].block_range(block)
        profile.add(block, make_cells(plan, "things", start, stop))
    return profile


@cache
def whole(rows: int = ROWS) -> Mapping[str, Any]:
    recipe, plan, table = made(rows)
    stored = document(recipe, [profiled(recipe, plan, 0, table.blocks)])
    return {column["name"]: column for column in json.loads(stored)["tables"][0]["columns"]}


@cache
def frame(rows: int = ROWS) -> pd.DataFrame:
    _, plan, table = made(rows)
    parts = [make_rows(plan, "things", *table.block_range(block)) for block in range(table.blocks)]
    return pa.Table.from_batches(parts).to_pandas()


@pytest.mark.parametrize("cuts", [(1,), (2,), (1, 2, 3, 4)])
def test_any_cut_into_parts_gives_the_same_profile(cuts: tuple[int, ...]) -> None:
    recipe, plan, table = made()
    bounds = [0, *(cut for cut in cuts if cut < table.blocks), table.blocks]
    merged = TableProfile(table)
    for first, last in itertools.pairwise(bounds):
        merged.merge(TableProfile.unpack(table, profiled(recipe, plan, first, last).pack()))
    assert document(recipe, [merged]) == document(recipe, [profiled(recipe, plan, 0, table.blocks)])


def test_plain_numpy_gives_the_same_profile() -> None:
    recipe, plan, _ = made()
    found = []
    for backend in ("numpy", "numba"):
        with use(backend):
            found.append(document(recipe, [profiled(recipe, plan, 0, 2)]))
    assert found[0] == found[1]


def test_nulls_extremes_and_moments_are_exact() -> None:
    for name in ("id", "age", "weight", "price", "size"):
        column, found = frame()[name].astype(float), whole()[name]
        assert found["nulls"] == column.isna().sum()
        assert found["null_share"] == column.isna().mean()
        assert (found["min"], found["max"]) == (column.min(), column.max())
        assert found["mean"] == pytest.approx(column.mean(), rel=1e-12)
        assert found["variance"] == pytest.approx(column.var(), rel=1e-9)
    for name, as_text in (("day", str), ("at", lambda moment: moment.isoformat())):
        column = frame()[name]
        assert (whole()[name]["min"], whole()[name]["max"]) == (
            as_text(column.dropna().min()),
            as_text(column.dropna().max()),
        )


def test_a_column_of_nulls_says_so() -> None:
    found = whole()["never"]
    assert (found["nulls"], found["null_share"], found["distinct"], found["top"]) == (ROWS, 1.0, 0, [])
    assert "mean" not in found


def test_of_lists_nulls_are_counted_and_no_cell_is_kept() -> None:
    cells = pa.array([[1, 2], None, [3]], pa.list_(pa.int64()))
    profile = ColumnProfile(cells.type)
    profile.add(Arrow(cells), np.arange(3), np.arange(3))
    profile.settle()
    assert (profile.rows, profile.nulls, profile.samples) == (3, 1, [])


def test_values_of_few_words_are_counted_on_every_row() -> None:
    for name in ("status", "size", "active"):
        counts = frame()[name].value_counts()
        found = whole()[name]
        assert (found["from"], found["distinct"], found["distinct_exact"]) == ("rows", len(counts), True)
        assert {one["value"]: one["count"] for one in found["top"]} == dict(counts)


def test_quantiles_are_within_the_stated_error() -> None:
    error = 0.0106
    for name in ("id", "age", "weight", "price"):
        column = frame()[name].dropna().astype(float)
        assert whole()[name]["from"] == "sample"
        for share, value in whole()[name]["quantiles"].items():
            below, upto = (column < value).mean(), (column <= value).mean()
            assert below - error <= float(share) <= upto + error, (name, share)


def test_estimates_of_distinct_values_are_within_the_stated_error() -> None:
    for name in ("id", "uuid", "email", "weight", "price", "day", "at", "note", "age"):
        found = whole()[name]
        assert not found["distinct_exact"]
        assert found["distinct"] == pytest.approx(frame()[name].nunique(), rel=0.033), name


def test_a_small_table_is_looked_at_whole() -> None:
    for name, found in whole(3_000).items():
        assert found["from"] == "rows"
        assert (found["distinct"], found["distinct_exact"]) == (frame(3_000)[name].nunique(), True)


def test_a_histogram_holds_every_sampled_row() -> None:
    for name in ("age", "weight", "price", "day", "at", "size"):
        histogram = whole()[name]["histogram"]
        assert sum(histogram["shares"]) == pytest.approx(1.0)
        assert len(histogram["edges"]) == len(histogram["shares"]) + 1 == 21


def test_lengths_are_told_of_text() -> None:
    lengths = frame(3_000)["note"].str.len()
    found = whole(3_000)["note"]["length"]
    assert (found["min"], found["max"]) == (lengths.min(), lengths.max())
    assert found["mean"] == pytest.approx(lengths.mean())


@given(st.integers(SAMPLE_ROWS + 1, 10**10), st.integers(0, 10**10), st.integers(1, 70_000))
@settings(max_examples=50)
def test_the_sample_of_a_range_is_the_part_of_the_sample_in_it(rows: int, start: int, length: int) -> None:
    start = start % rows
    stop, middle = min(rows, start + length), min(rows, start + length // 2)
    both = np.concatenate([sampled_rows(rows, start, middle), sampled_rows(rows, middle, stop)])
    assert both.tolist() == sampled_rows(rows, start, stop).tolist()


def test_the_sample_has_its_size_and_reaches_everywhere() -> None:
    chosen = sampled_rows(1_000_000, 0, 1_000_000)
    assert len(chosen) == len(set(chosen.tolist())) == SAMPLE_ROWS
    assert np.bincount(chosen // 100_000).tolist() == pytest.approx([SAMPLE_ROWS / 10] * 10, abs=2)


@given(
    st.lists(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True, width=64)), min_size=1),
    st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), min_size=1),
)
def test_any_numbers_are_counted(doubles: list[float | None], whole_numbers: list[int | None]) -> None:
    for values, kind in ((doubles, pa.float64()), (whole_numbers, pa.int64())):
        column = ColumnProfile(kind)
        column.add(Arrow(pa.array(values, kind)), np.arange(len(values)), np.arange(len(values)))
        usable = [v for v in values if v is not None and not (isinstance(v, float) and v - v != 0)]
        assert (column.rows, column.nulls) == (len(values), values.count(None))
        assert column.numbers == len(usable)
        if usable:
            assert (column.low, column.high) == (min(usable), max(usable))
        if usable and kind == pa.int64():
            assert float(column.total) == pytest.approx(float(sum(map(Fraction, usable))), rel=1e-9, abs=1e5)
