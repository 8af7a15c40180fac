"""What a model learns: how columns go together, or that they don't; and data that is unlike others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning import Model, fit, fit_options
from tests.learning.models import people, people_model


def explained(rows: pa.Table) -> float:
    """The share of the variance of earnings that the job explains."""
    kept = rows.filter(pc.is_valid(rows.column("earnings")))
    earnings, jobs = kept.column("earnings").to_numpy(), np.array(kept.column("job").to_pylist())
    means = {job: earnings[jobs == job].mean() for job in set(jobs)}
    within = np.array([means[job] for job in jobs])
    return float(within.var() / earnings.var())


def same_town(rows: pa.Table) -> float:
    """The share of smiths among those of Bonn."""
    bonn = rows.filter(pc.equal(rows.column("town"), "Bonn"))
    return float(pc.mean(pc.equal(bonn.column("job"), "smith").cast(pa.float64())).as_py())


@pytest.mark.parametrize(("privacy", "method"), [("careful", "auto"), ("open", "auto"), ("careful", "bayes")])
def test_columns_go_together_as_they_did(privacy: str, method: str) -> None:
    made = people_model(privacy, method).sample(20_000)["people"]
    assert explained(people()) > 0.98
    assert explained(made) > 0.9
    assert abs(same_town(made) - same_town(people())) < 0.12


def test_independent_columns_know_nothing_of_one_another() -> None:
    made = people_model(method="independent").sample(20_000)["people"]
    assert explained(made) < 0.01


def test_each_column_is_as_it_was() -> None:
    made, real = people_model().sample(30_000)["people"], people()
    for name in ("town", "job", "children", "member"):
        shares = []
        for rows in (made, real):
            counted = {one["values"]: one["counts"] for one in rows.column(name).value_counts().to_pylist()}
            shares.append({value: count / rows.num_rows for value, count in counted.items()})
        assert all(abs(shares[0].get(value, 0) - share) < 0.05 for value, share in shares[1].items())
    for name in ("earnings", "weight"):
        one, other = (np.sort(rows.column(name).drop_null().to_numpy()) for rows in (made, real))
        places = np.linspace(0.05, 0.95, 19)
        gaps = np.abs(np.quantile(one, places) - np.quantile(other, places)) / other.std()
        assert gaps.max() < 0.2
    assert abs(made.column("earnings").null_count / 30_000 - real.column("earnings").null_count / 600) < 0.02


@pytest.mark.parametrize("method", ["gaussian_copula", "ctgan", "tvae"])
def test_methods_of_other_systems_are_answered_with_what_was_used_and_why(method: str) -> None:
    said = fit({"people": people()}, fit_options({"method": method})).description
    assert (said["method"], said["method_used"]) == (method, "auto")
    assert any(method in one and "auto is used instead" in one for one in said["warnings"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "magic"}, "method: 'magic' isn't one of its values"),
        ({"epochs": 300}, "epochs: there is no such parameter"),
        ({"privacy": "none"}, "privacy: 'none' isn't one of its values"),
        ({"holdout": 0.9}, "holdout: 0.9 is outside the limits"),
    ],
)
def test_options_that_cannot_be_are_refused_by_name(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        fit_options(options)


def learnt(columns: dict[str, Any]) -> Model:
    return fit({"t": pa.table(columns)}, fit_options({}))


@pytest.mark.parametrize(
    "type_", [pa.null(), pa.float64(), pa.string(), pa.timestamp("us"), pa.bool_()], ids=str
)
def test_a_column_of_nulls_stays_one(type_: pa.DataType) -> None:
    made = learnt({"a": pa.nulls(40, type_), "b": list(range(40))}).sample(50)["t"]
    assert made.column("a").null_count == 50


@pytest.mark.parametrize("value", [1, 2.5, "x", True])
def test_a_constant_column_stays_one(value: Any) -> None:
    assert learnt({"a": [value] * 40}).sample(50)["t"].column("a").to_pylist() == [value] * 50


def test_what_no_five_subjects_share_is_null_and_it_is_said() -> None:
    rows = {"a": [f"{chr(65 + at)}{chr(97 + at)}" for at in range(25)]}
    model = fit({"t": pa.table(rows)}, fit_options({"roles": {"t": {"a": "category"}}}))
    assert model.sample(30)["t"].column("a").null_count == 30
    assert any("a: no value of it is of enough subjects" in one for one in model.description["warnings"])


def test_infinities_and_nan_are_null() -> None:
    made = learnt({"a": [float("inf"), float("nan"), 1.5, 2.5] * 20}).sample(400)["t"].column("a")
    assert set(made.to_pylist()) == {1.5, 2.5, None}


def test_the_largest_whole_numbers_stay_within_their_type() -> None:
    numbers = [-(2**63), 2**63 - 1] * 20
    assert set(learnt({"a": numbers}).sample(60)["t"].column("a").to_pylist()) == set(numbers)


@pytest.mark.parametrize(
    "values", [[[1]] * 30, [b"x"] * 30, [{"a": 1}] * 30], ids=["lists", "bytes", "objects"]
)
def test_cells_that_are_not_learnt_from_are_refused_with_what_to_do(values: list[Any]) -> None:
    with pytest.raises(
        InvalidRequestError, match=r"tables\[t\].columns\[a\]: cells of .* aren't learnt from"
    ):
        learnt({"a": values, "b": list(range(30))})
    roles = fit_options({"roles": {"t": {"a": "ignore"}}})
    assert fit({"t": pa.table({"a": values, "b": list(range(30))})}, roles).sample(5)["t"].column_names == [
        "b"
    ]


@pytest.mark.parametrize(
    ("table", "column", "said"),
    [
        ("my table", "a", "can't be a table's name"),
        ("t", "a\nb", "can't be a column's name"),
        ("t", "", "column's"),
    ],
)
def test_names_that_no_file_can_have_are_refused(table: str, column: str, said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        fit({table: pa.table({column: list(range(30))})}, fit_options({}))


def test_two_columns_of_one_name_are_refused() -> None:
    rows = pa.Table.from_arrays([pa.array(range(30))] * 2, names=["a", "a"])
    with pytest.raises(InvalidRequestError, match="its columns have no names of their own"):
        fit({"t": rows}, fit_options({}))


def test_what_a_report_raises_ends_the_fit() -> None:
    seen = list[tuple[int, int, str]]()

    def report(done: int, total: int, what: str) -> None:
        seen.append((done, total, what))
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit({"people": people()}, fit_options({}), report=report)
    assert [one[0] for one in seen] == list(range(1, 21))
    assert {one[2] for one in seen} == {"reading columns", "choosing settings"}


@pytest.mark.slow
def test_hundreds_of_columns_are_learnt() -> None:
    draws = np.random.default_rng(0).integers(0, 5, (1_000, 300))
    made = learnt({f"c{at}": draws[:, at] for at in range(300)}).sample(200)["t"]
    assert made.num_columns == 300
