"""No two columns, tables or blocks of tabular data share randomness."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from synthmill.generators.engine.plan import MAX_BLOCK_ROWS
from tests.generators.worlds import rows_of

COLUMNS = [{"name": name, "kind": "integer", "max": 2**62} for name in ("a", "b", "ab", "a_b")]
N = 20_000


@pytest.mark.parametrize("children_of", [None, {"table": "t", "max": 3}])
def test_columns_of_one_kind_are_unrelated(children_of: object) -> None:
    tables = [
        {"name": "t", "rows": N, "columns": COLUMNS},
        {"name": "u", "rows": N, "columns": COLUMNS, "children_of": children_of},
    ]
    made = [
        np.array(column.to_pylist(), np.float64)
        for table in ("t", "u")
        for column in rows_of({"tables": tables}, table).columns
    ]
    for one, other in combinations(made, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / N**0.5
        assert len(np.intersect1d(one, other)) == 0


def test_blocks_are_unrelated() -> None:
    parameters = {"tables": [{"name": "t", "rows": 10**9, "columns": COLUMNS[:1]}]}
    starts = [0, MAX_BLOCK_ROWS, 2**20, 2**29]
    made = [np.array(rows_of(parameters, "t", at, at + N)["a"].to_pylist(), np.float64) for at in starts]
    for one, other in combinations(made, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / N**0.5


def test_nulls_hide_cells_whatever_their_value() -> None:
    column = {"name": "a", "kind": "integer", "max": 1_000_000}
    tables = [{"name": "t", "rows": N, "columns": [column]}]
    hidden = [{"name": "t", "rows": N, "columns": [{**column, "nulls": 0.5}]}]
    values = np.array(rows_of({"tables": tables}, "t")["a"].to_pylist(), np.float64)
    seen = np.array(rows_of({"tables": hidden}, "t")["a"].is_valid().to_pylist(), np.float64)
    assert abs(np.corrcoef(values, seen)[0, 1]) < 4.5 / N**0.5


@pytest.mark.slow
def test_ten_million_rows_have_nothing_of_their_parents_siblings_or_parents_parents() -> None:
    rows, mothers, grandmothers = 10_000_000, 3_000_000, 1_000_000
    own = {"name": "own", "kind": "uniform", "min": 0, "max": 1}
    above = {"name": "mother", "kind": "parent", "column": "own"}
    tables: list[dict[str, object]] = [
        {"name": "a", "rows": grandmothers, "columns": [own]},
        {
            "name": "b",
            "rows": mothers,
            "columns": [own, above],
            "children_of": {"table": "a", "min": 0, "max": 9},
        },
        {
            "name": "c",
            "rows": rows,
            "columns": [
                own,
                {**own, "name": "other"},
                above,
                {"name": "grandmother", "kind": "parent", "column": "mother"},
                {"name": "line", "kind": "line_number"},
            ],
            "children_of": {"table": "b", "min": 0, "max": 9},
        },
    ]
    step = 500_000
    batches = [rows_of({"tables": tables}, "c", at, at + step) for at in range(0, rows, step)]
    made = {
        column: np.concatenate([batch[column].to_numpy().astype(np.float64) for batch in batches])
        for column in ("own", "other", "mother", "grandmother", "line")
    }
    # A value of a parent comes once for each child, and so counts as often as there are parents.
    limits = {"other": rows, "mother": mothers, "grandmother": grandmothers, "line": rows}
    for name, different in limits.items():
        assert abs(np.corrcoef(made["own"], made[name])[0, 1]) < 4.5 / different**0.5, name
    assert abs(np.corrcoef(made["mother"], made["grandmother"])[0, 1]) < 4.5 / grandmothers**0.5
    for lag in (1, 2, 3, 256, MAX_BLOCK_ROWS):
        for name in ("own", "other"):
            assert abs(np.corrcoef(made["own"][lag:], made[name][:-lag])[0, 1]) < 4.5 / rows**0.5, (lag, name)
