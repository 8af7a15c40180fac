"""Constraints by the user hold in every row; those that can't be are refused by name, with the reason."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning import Model, fit, fit_options, load

ROWS = 2_000


@cache
def stays() -> pd.DataFrame:
    """Stays in hospital that break every rule now and then."""
    random = np.random.default_rng(0)
    start = np.datetime64("2020-01-01T00:00:00") + random.integers(0, 700 * 24, ROWS) * np.timedelta64(1, "h")
    return pd.DataFrame(
        {
            "ref": random.permutation(10 * ROWS)[:ROWS],
            "sex": random.choice(["F", "M", "?"], ROWS, p=[0.45, 0.45, 0.1]),
            "age": random.integers(-2, 100, ROWS),
            "start": start,
            "end": start + random.integers(-24, 24 * 20, ROWS) * np.timedelta64(1, "h"),
            "low": np.where(random.random(ROWS) < 0.1, np.nan, np.round(random.normal(80, 10, ROWS), 1)),
            "high": np.round(random.normal(95, 10, ROWS), 1),
            "ward": random.choice(["A", "B"], ROWS),
            "bed": random.choice(["a1", "a2", "b1", "b2"], ROWS),
            "x": random.normal(0, 1, ROWS),
        }
    ).assign(
        bed=lambda one: np.where(random.random(ROWS) < 0.9, one.ward.str.lower() + "1", one.bed),
        cost=lambda one: one.age * 10 + random.integers(0, 2, ROWS),
        ten=10,
    )


def model_of(*constraints: dict[str, Any], **options: Any) -> Model:
    table = pa.Table.from_pandas(stays(), preserve_index=False).replace_schema_metadata(None)
    return fit({"t": table}, fit_options({"constraints": list(constraints), **options}))


def rows_of(*constraints: dict[str, Any], **options: Any) -> pd.DataFrame:
    return model_of(*constraints, **options).sample(8_000, seed=1)["t"].to_pandas()


@pytest.mark.parametrize("options", [{}, {"privacy": "open"}, {"method": "independent"}], ids=str)
def test_all_kinds_of_constraints_hold_together(options: dict[str, Any]) -> None:
    made = rows_of(
        {"type": "unique", "column": "ref"},
        {"type": "one_of", "column": "sex", "values": ["F", "M"]},
        {"type": "range", "column": "age", "min": 18, "max": 65},
        {"type": "inequality", "low": "start", "high": "end", "strict": True},
        {"type": "inequality", "low": "low", "high": "high"},
        {"type": "range", "column": "start", "min": "2020-03-01", "max": "2021-06-30"},
        {"type": "fixed_combinations", "columns": ["ward", "bed"]},
        {"type": "positive", "column": "x"},
        {"type": "range", "column": "high", "max": 110},
        **options,
    )
    assert made.ref.is_unique
    assert set(made.sex) == {"F", "M"}
    assert made.age.between(18, 65).all() and made.age.nunique() > 40
    assert (made.start < made.end).all()
    assert ((made.low <= made.high) | made.low.isna()).all() and made.low.isna().mean() > 0.03
    assert made.start.between("2020-03-01", "2021-06-30 23:59:59").all()
    assert set(zip(made.ward, made.bed, strict=True)) <= set(zip(stays().ward, stays().bed, strict=True))
    assert (made.x > 0).all()
    assert (made.high <= 110).all()


def test_a_formula_that_is_said_holds_though_the_data_break_it() -> None:
    made = rows_of({"type": "formula", "column": "cost", "operator": "product", "of": ["age", "ten"]})
    assert (made.cost == made.age * made.ten).all()
    assert made.cost.nunique() > 50


def test_rows_that_break_a_constraint_are_counted() -> None:
    said = model_of({"type": "non_negative", "column": "age"}).description
    broken = int((stays().age < 0).sum())
    assert any(f"age is non negative: {broken} of 2,000 rows break it" in one for one in said["warnings"])
    assert said["settings"]["constraints"] == [{"type": "non_negative", "column": "age"}]


def test_what_constraints_come_to_is_said() -> None:
    model = model_of(
        {"type": "inequality", "low": "start", "high": "end"},
        {"type": "inequality", "low": "low", "high": "high"},
    )
    said = [one["relation"] for one in model.description["tables"][0]["relations"]]
    assert said == ["end >= start", "low <= high"]


def test_a_model_with_constraints_is_read_as_it_was_saved_and_conditions_keep_them() -> None:
    model = model_of(
        {"type": "inequality", "low": "low", "high": "high"},
        {"type": "fixed_combinations", "columns": ["ward", "bed"]},
    )
    again = load(model.to_bytes())
    assert again.sample(300)["t"].equals(model.sample(300)["t"])
    made = again.sample(3_000, where={"ward": "A", "low": {"min": 85}})["t"].to_pandas()
    assert (made.low <= made.high).all() and (made.low >= 85).all() and set(made.ward) == {"A"}
    assert set(zip(made.ward, made.bed, strict=True)) <= set(zip(stays().ward, stays().bed, strict=True))


@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        ({"type": "uniqe", "column": "ref"}, "type: 'uniqe' isn't a constraint, did you mean unique"),
        ({"type": "regex", "column": "bed", "regex": "a."}, "'regex' isn't a constraint"),
        ({"type": "positive"}, r"constraints\[0\]\.column: is missing"),
        ({"type": "positive", "column": "age", "min": 3}, r"constraints\[0\]\.min: unknown parameter"),
        ({"type": "positive", "column": "agee"}, "there is no column agee, did you mean age"),
        ({"type": "range", "column": "age"}, "has neither min nor max"),
        ({"type": "range", "column": "age", "min": 900}, "only 0 of 2,000 rows meet all of them"),
        ({"type": "range", "column": "age", "min": 9, "max": 8}, "nothing lies from min to max"),
        ({"type": "range", "column": "sex", "min": 9}, "no limit of sex, of string"),
        ({"type": "range", "column": "start", "min": 9}, "no limit of start"),
        ({"type": "range", "column": "ref", "min": 9}, "ref"),
        ({"type": "unique", "column": "x"}, "x is of double, which can't be unique"),
        ({"type": "one_of", "column": "age", "values": ["old"]}, "can't be values of age"),
        ({"type": "inequality", "low": "age", "high": "end"}, "age and end can't be compared"),
        ({"type": "inequality", "low": "sex", "high": "age"}, "sex can't be reckoned with"),
        ({"type": "fixed_combinations", "columns": ["ward", "age"]}, "combinations are of categories"),
        ({"type": "fixed_combinations", "columns": ["ward"]}, "isn't a list of two columns or more"),
        ({"type": "formula", "column": "cost", "operator": "power", "of": ["x"]}, "isn't one of copy, sum"),
        ({"type": "formula", "column": "cost", "operator": "copy", "of": ["age", "x"]}, "copy isn't of 2"),
        ({"type": "formula", "column": "cost", "operator": "sum", "of": ["cost", "x"]}, "from itself"),
        ("age > 0", "isn't an object with a type"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_reason(constraint: Any, said: str) -> None:
    roles = {"t": {"ref": "key"}}
    with pytest.raises(InvalidRequestError, match=said):
        model_of(constraint, roles=roles)


def test_a_role_that_contradicts_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="bed has the role category"):
        model_of({"type": "unique", "column": "bed"}, roles={"t": {"bed": "category"}})


def test_formulas_in_a_circle_are_refused() -> None:
    one = {"type": "formula", "column": "a", "operator": "copy", "of": ["b"]}
    table = pa.table({"a": list(range(50)), "b": list(range(50))})
    with pytest.raises(InvalidRequestError, match="would be reckoned from itself"):
        fit({"t": table}, fit_options({"constraints": [one, {**one, "column": "b", "of": ["a"]}]}))


def test_rules_that_hardly_a_row_meets_are_refused() -> None:
    """Columns that are made by themselves are hardly ever in the order that four of them have in the data."""
    random = np.random.default_rng(0)
    first = random.normal(0, 1, 1_000)
    table = pa.table({name: first + at * 1e-9 for at, name in enumerate("abcd")})
    rules = [{"type": "inequality", "low": low, "high": high} for low, high in ("ab", "bc", "cd")]
    with pytest.raises(InvalidRequestError, match="too few rows that the model makes meet them"):
        fit({"t": table}, fit_options({"constraints": rules, "method": "independent"}))
