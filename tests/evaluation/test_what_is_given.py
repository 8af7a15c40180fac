"""What an evaluation takes, what it sees in it, and what it refuses."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.evaluation import evaluate
from synthmill.generators.evaluation.columns import MISSING, Column, binned, encode
from synthmill.generators.evaluation.roles import seen_role
from tests.evaluation.worlds import people

REAL = people(1, rows=300)
N = 100


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("customer_id", list(range(N)), "key"),
        ("amount", list(range(N)), "number"),
        ("price", [at / 7 for at in range(N)], "number"),
        ("price", [Decimal(at) for at in range(N)], "number"),
        ("ok", [at % 2 == 0 for at in range(N)], "category"),
        ("zip", [f"0{at % 50:04}" for at in range(N)], "category"),
        ("code", [f"AB-{at:04}" for at in range(N)], "key"),
        ("note", [f"this is note number {at} of many" for at in range(N)], "text"),
        ("day", [date(2024, 1, 1 + at % 28) for at in range(N)], "time"),
        ("tags", [[at] for at in range(N)], "ignore"),
        ("nothing", [None] * N, "category"),
    ],
)
def test_roles_are_seen_in_the_values(name: str, values: list[Any], role: str) -> None:
    assert seen_role(name, pa.chunked_array([pa.array(values)])) == role


def coded(role: str, *parts: list[Any]) -> list[Column]:
    return list(encode("x", role, [pa.chunked_array([pa.array(part)]) for part in parts]))


def test_equal_cells_have_equal_codes_whatever_their_type() -> None:
    (column,) = coded("number", [1, None, 3], [3.0, 2.5, None])
    assert column.codes.tolist() == [0, MISSING, 2, 2, 1, MISSING]
    (column,) = coded("category", ["b", "b", "a", None], ["c", "a"])
    assert column.codes.tolist() == [0, 0, 1, MISSING, 2, 1]
    (column,) = coded("number", ["1", "2"], [2, 1])
    assert not column.ordered
    assert column.codes[0] == column.codes[3]


def test_times_have_weekdays_and_hours_and_texts_have_lengths() -> None:
    times = coded("time", [datetime(2024, 1, 1, 5), datetime(2024, 1, 2, 6)], [datetime(2024, 1, 8, 5)])
    assert [one.name for one in times] == ["x", "x (weekday)", "x (hour)"]
    assert times[1].codes.tolist() == [0, 1, 0]
    texts = coded("text", ["a b c", "abc"], ["x y z"])
    assert [one.codes.tolist() for one in texts] == [[1, 0, 1], [1, 0, 1]]


def test_bins_hold_as_many_cells_each_and_common_values_have_their_own() -> None:
    (column,) = coded("number", [*range(1_000), None])
    counts = np.bincount(binned(column, column.codes, 10))
    assert counts.tolist() == [1] + [100] * 10
    (column,) = coded("number", [0.0] * 600 + [float(at) for at in range(1, 401)])
    assert np.bincount(binned(column, column.codes, 10))[1] == 600


def test_tables_of_all_kinds_of_columns_are_evaluated() -> None:
    rng = np.random.default_rng(1)

    def world(rows: int) -> pa.Table:
        at = np.arange(rows)
        return pa.table(
            {
                "id": at,
                "ints": rng.integers(0, 9, rows),
                "decimals": pa.array(
                    [Decimal(int(one)) / 4 for one in rng.integers(0, 99, rows)], pa.decimal128(9, 2)
                ),
                "flags": rng.random(rows) < 0.5,
                "days": pa.array(rng.integers(19_000, 19_900, rows).astype("datetime64[D]")),
                "times": pa.array(
                    (rng.integers(0, 10**9, rows) * 10**6).astype("datetime64[us]"), pa.timestamp("us", "UTC")
                ),
                "names": pa.array(rng.choice(["a", "b"], rows)).dictionary_encode(),
                "constant": pa.array(["x"] * rows),
                "nothing": pa.nulls(rows),
                "lists": pa.array([[1]] * rows),
                "infinite": np.where(at % 50 == 0, np.inf, rng.random(rows)),
            }
        )

    report = evaluate(world(300), world(200), holdout=world(250))
    assert report.passed
    assert any("lists" in one for one in report.tables[0].not_measured)
    assert report.html()


def test_hundreds_of_columns_and_a_wide_sample_are_bounded() -> None:
    rng = np.random.default_rng(2)
    names = [f"c{at}" for at in range(120)]
    real, made = (pd.DataFrame(rng.standard_normal((60, 120)), columns=names) for _ in range(2))
    report = evaluate(real, made)
    assert len(report.worst("pair")) == 600
    assert len(report.worst("marginal3")) == 200


def test_a_table_of_few_rows_among_others_is_left_out_and_that_is_said() -> None:
    tables = {"people": REAL, "plans": pd.DataFrame({"plan": ["large", "small"]})}
    report = evaluate(tables, tables)
    assert {score.table for score in report.scores} == {"people"}
    assert "fewer than 40" in report.tables[1].not_measured[0]
    assert "plans" in report.html()


def test_progress_is_reported_and_may_stop() -> None:
    seen = []
    evaluate(REAL, people(3, rows=300), report=lambda done, total, what: seen.append((done, total, what)))
    assert [done for done, _, _ in seen] == list(range(7))
    assert {total for _, total, _ in seen} == {7}

    def stop(done: int, total: int, what: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(REAL, REAL, report=stop)


@pytest.mark.parametrize(
    ("options", "field", "word"),
    [
        ({"synthetic": REAL.drop(columns="age")}, "synthetic.age", "no such column"),
        ({"synthetic": REAL.rename(columns={"age": "Age"})}, "synthetic.age", "Age"),
        ({"synthetic": REAL[:10]}, "synthetic.data", "10 rows"),
        ({"holdout": REAL[:0]}, "holdout", "no rows"),
        ({"real": {"a": REAL, "b": REAL}}, "synthetic", "'a'"),
        ({"real": [1, 2]}, "real", "list"),
        ({"roles": {"agge": "number"}}, "roles.data.agge", "age"),
        ({"roles": {"age": "nummber"}}, "roles.data.age", "number"),
        ({"targets": ["churn"]}, "targets.churn", "churned"),
        ({"targets": ["id"]}, "targets.id", "predict"),
        ({"targets": {"date": ["age"]}}, "targets.date", "data"),
        ({"seed": -1}, "seed", "-1"),
        ({"sample": 10}, "sample", "10"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_by_name(options: dict[str, Any], field: str, word: str) -> None:
    given = {"real": REAL, "synthetic": REAL} | options
    with pytest.raises(InvalidRequestError) as refused:
        evaluate(given.pop("real"), given.pop("synthetic"), **given)
    error = refused.value.errors[0]
    assert error.field == field
    assert word in str(error)
