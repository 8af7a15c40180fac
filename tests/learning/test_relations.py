"""Relations of columns are found in the data, said, and hold in every row that is made."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.backend import use
from synthmill.generators.learning import Model, fit, fit_options, load

ROWS = 3_000


@cache
def shop() -> pd.DataFrame:
    """Orders whose columns follow from one another, but for three rows of 3,000."""
    random = np.random.default_rng(0)
    code = random.integers(0, 120, ROWS)
    start = np.datetime64("2020-01-01") + random.integers(0, 700, ROWS) * np.timedelta64(1, "D")
    price, quantity = np.round(random.gamma(3, 20, ROWS), 2), random.integers(1, 40, ROWS)
    low, unknown = random.integers(0, 1_000, ROWS), random.random(ROWS) < 0.2
    frame = pd.DataFrame(
        {
            "postcode": [f"0{1_000 + one}" for one in code],
            "city": [f"City {one // 8}" for one in code],
            "state": [f"State {one // 40}" for one in code],
            "price": price,
            "quantity": quantity,
            "total": np.round(price * quantity, 2),
            "tax": np.round(random.gamma(2, 3, ROWS), 2),
            "start": start,
            "end": start + random.gamma(2, 5, ROWS).astype(int) * np.timedelta64(1, "D"),
            "low": low,
            "high": low + random.integers(0, 900, ROWS),
            "dose": np.where(unknown, np.nan, np.round(random.normal(5, 1, ROWS), 1)),
            "unit": np.where(unknown, None, random.choice(["mg", "g"], ROWS)),
        }
    )
    frame["due"] = np.round(frame.total + frame.tax, 2)
    frame.loc[5, "city"], frame.loc[9, "total"], frame.loc[11, "end"] = (
        "City 1",
        1.0,
        frame.start[11] - pd.Timedelta(9, "D"),
    )
    return frame


def model_of(frame: pd.DataFrame, **options: Any) -> Model:
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    return fit({"t": table}, fit_options(options))


@cache
def shop_model() -> Model:
    return model_of(shop())


def relations(model: Model) -> list[str]:
    return [one["relation"] for one in model.description["tables"][0]["relations"]]


def check_shop(made: pd.DataFrame) -> None:
    cities = shop().groupby("postcode").city.agg(lambda one: one.mode()[0])
    states = shop().groupby("city").state.agg(lambda one: one.mode()[0])
    assert (made.postcode.map(cities) == made.city).all()
    assert (made.city.map(states) == made.state).all()
    assert (abs(made.total - made.price * made.quantity) <= 0.005001).all()
    assert (abs(made.due - made.total - made.tax) < 0.0001).all()
    assert (made.start <= made.end).all()
    assert (made.low <= made.high).all()
    assert (made.dose.isna() == made.unit.isna()).all()


def test_what_follows_from_other_columns_is_said() -> None:
    assert relations(shop_model()) == [
        "city is decided by postcode",
        "state is decided by city",
        "total = price * quantity",
        "end >= start",
        "due = total + tax",
        "unit is null where dose is",
        "low <= high",
    ]


@pytest.mark.parametrize("options", [{}, {"privacy": "open"}, {"method": "bayes"}], ids=str)
def test_relations_hold_in_every_row(options: dict[str, Any]) -> None:
    made = model_of(shop(), **options).sample(20_000, seed=3)["t"].to_pandas()
    check_shop(made)
    assert made.dose.isna().mean() == pytest.approx(0.2, abs=0.03)
    assert made.total.mean() == pytest.approx(shop().total.mean(), rel=0.1)
    real, own = ((frame.end - frame.start).dt.days for frame in (shop(), made))
    assert own.mean() == pytest.approx(real.mean(), rel=0.1)


@pytest.mark.parametrize(
    "where",
    [
        {"city": "City 3"},
        {"total": {"min": 900}, "state": ["State 1", "State 2"]},
        {"end": {"min": "2020-06-01", "max": "2020-06-30"}},
        {"unit": None},
        {"dose": {"min": 5}, "unit": "mg"},
        {"high": {"max": 600}},
    ],
    ids=str,
)
def test_conditions_and_relations_hold_together(where: dict[str, Any]) -> None:
    made = shop_model().sample(1_000, seed=1, where=where)["t"].to_pandas()
    check_shop(made)
    for name, wanted in where.items():
        if isinstance(wanted, dict):
            values = made[name].astype(str) if name == "end" else made[name]
            assert (values >= wanted.get("min", values.min())).all()
            assert (values <= wanted.get("max", values.max())).all()
        elif wanted is None:
            assert made[name].isna().all()
        else:
            assert made[name].isin(np.atleast_1d(wanted)).all()


def test_independent_columns_have_no_relations() -> None:
    assert relations(model_of(shop(), method="independent")) == []


def test_a_model_with_relations_is_read_as_it_was_saved() -> None:
    model = load(shop_model().to_bytes())
    whole = shop_model().sample(500, seed=2)["t"]
    assert model.sample(500, seed=2)["t"].equals(whole)
    some = model.sample(500, seed=2, columns=["due", "unit", "high"])["t"]
    assert some.equals(whole.select(some.column_names))


def test_any_rows_alone_are_those_of_the_whole() -> None:
    table = shop_model().tables[0]
    every = table.cells(7, np.arange(3_000, dtype=np.uint64), 3_000, ["high"])["high"]
    some = table.cells(7, np.arange(1_234, 1_300, dtype=np.uint64), 3_000, ["high"])["high"]
    assert (every.values[1_234:1_300] == some.values).all()  # type: ignore[union-attr]


def test_the_order_of_rows_changes_nothing() -> None:
    shuffled = shop().sample(frac=1, random_state=1)
    assert model_of(shuffled).sha256 == shop_model().sha256


def test_numpy_and_numba_make_the_same_rows() -> None:
    with use("numpy"):
        plain = shop_model().sample(2_000)["t"]
    with use("numba"):
        assert shop_model().sample(2_000)["t"].equals(plain)


def test_what_fewer_than_five_subjects_have_together_is_in_no_dictionary() -> None:
    """Twenty rows are of four people, all of one code and one city."""
    random = np.random.default_rng(1)
    person = np.repeat(np.arange(400), 5)
    code = random.integers(0, 6, 2_000)
    few = person < 4
    code = np.where(few, 6, code)
    city = np.where(few, "Jena", np.where(code < 3, "Ulm", "Bonn"))
    frame = pd.DataFrame({"person": person, "code": [f"c{one}" for one in code], "city": city})
    model = model_of(frame, roles={"t": {"person": "subject"}})
    assert "Jena" not in str(model.sample(5_000)["t"].to_pydict())


def test_columns_that_hardly_vary_are_not_taken_for_decided() -> None:
    """Nearly always no: the commonest value would be right in 99.95 % of the rows, and say nothing."""
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"a": random.integers(0, 9, 20_000), "b": random.random(20_000) < 0.002})
    model = model_of(frame)
    assert relations(model) == []
    assert model.sample(20_000)["t"].column("b").to_pandas().sum() > 5


def test_orders_that_cannot_be_otherwise_are_not_mentioned() -> None:
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {"age": random.integers(18, 90, 2_000), "income": random.normal(50_000, 5_000, 2_000)}
    )
    assert relations(model_of(frame)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.update(decided={"1": 5}), "decided by one that doesn't stand before"),
        (lambda table: table["columns"][5].update(of=["price", "due"]), "in a circle"),
        (lambda table: table["columns"][5].update(of=["price", "city"]), "which is no number"),
        (lambda table: table["columns"][5].update(of=["price", "none"]), "which isn't there"),
        (lambda table: table["columns"][5].update(operator="exec"), "isn't one that this version knows"),
        (lambda table: table.update(null_with={"3": 12}), "null with one that doesn't stand before it"),
        (lambda table: table["rules"][0].update(rule="exec"), "a rule 'exec'"),
        (lambda table: table["rules"][0].update(low="city"), "which is no number"),
    ],
)  # fmt: skip
def test_files_whose_relations_were_changed_are_refused(change: Any, said: str) -> None:
    import json

    from synthmill.generators.learning import ModelFileError

    data = shop_model().to_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    model = json.loads(header["__metadata__"]["model"])
    change(model["tables"][0])
    header["__metadata__"]["model"] = json.dumps(model)
    text = json.dumps(header).encode()
    with pytest.raises(ModelFileError, match=said):
        load(len(text).to_bytes(8, "little") + text + data[8 + size :])


def test_impossible_conditions_on_reckoned_columns_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="rows that the model makes meet it"):
        shop_model().sample(10, where={"total": {"min": 1e8}})
