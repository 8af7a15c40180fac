"""Tables learnt together: rows belong to rows, follow upon one another, and can be made alone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.engine.arrow_cells import to_batch
from synthmill.generators.kernels import backend
from synthmill.generators.learning import fit, fit_options, load
from tests.learning.families import KEYS, REGIONS, families, family_model, options, shuffled


def frames(seed: int = 1, customers: int = 2_000) -> dict[str, object]:
    return {
        name: one.to_pandas() for name, one in family_model().sample({"customers": customers}, seed).items()
    }


def test_every_key_is_of_a_row_that_there_is() -> None:
    made = family_model().sample({"customers": 3_000}, 5)
    for child, columns in KEYS.items():
        for column, target in columns.items():
            parent, key = target.split(".")
            keys = made[parent].column(key).to_pylist()
            assert len(set(keys)) == len(keys)
            assert set(made[child].column(column).drop_null().to_pylist()) <= set(keys)
    assert made["orders"].column("customer_id").null_count == 0
    assert 0 < made["orders"].column("shop_id").null_count < made["orders"].num_rows / 5


def test_families_are_as_large_as_the_data_s() -> None:
    real = {name: one.to_pandas() for name, one in families(2_000, seed=9).items()}
    made = frames()
    for region in REGIONS:
        means = []
        for side in (real, made):
            rows = side["orders"].merge(side["customers"], left_on="customer_id", right_on="id")
            means.append((rows["region"] == region).sum() / (side["customers"]["region"] == region).sum())
        assert means[1] == pytest.approx(means[0], rel=0.12)
    assert len(made["items"]) / len(made["orders"]) == pytest.approx(2.0, abs=0.1)


def test_siblings_follow_from_one_another() -> None:
    orders = frames()["orders"].sort_values(["customer_id", "day"], kind="stable")
    before = orders.groupby("customer_id")[["paid", "amount"]].shift(1)
    there = before["paid"].notna()
    # In the data 93 of 100 are paid as the order before, and amounts correlate by more than 0.9.
    assert 0.88 < (orders["paid"] == before["paid"])[there].mean() < 0.97
    assert orders["amount"][there].corr(before["amount"][there]) > 0.75


def test_times_rise_from_the_parent_s_on() -> None:
    made = frames()
    orders = made["orders"].merge(made["customers"], left_on="customer_id", right_on="id")
    assert (orders["day"] >= orders["since"]).all()
    gaps = made["orders"].groupby("customer_id", sort=False)["day"].diff().dropna().map(lambda gap: gap.days)
    assert gaps.min() >= 0
    assert gaps.mean() == pytest.approx(20.0, rel=0.1)


def test_lines_are_counted_anew_in_each_order() -> None:
    items = frames()["items"]
    assert (items.groupby("order_id")["line"].min() == 1).mean() > 0.95


def test_other_tables_rows_are_chosen_by_what_they_are() -> None:
    made = frames()
    orders = made["orders"].merge(made["customers"], left_on="customer_id", right_on="id")
    orders = orders.merge(made["shops"], left_on="shop_id", right_on="id")
    # 87 of 100 in the data; a third by chance.
    assert (orders["region"] == orders["place"]).mean() > 0.6


NAMES = ["customers", "shops", "orders", "items"]


@given(st.sampled_from(NAMES), st.integers(0, 700), st.integers(1, 90))
@settings(max_examples=40, deadline=None)
def test_any_rows_alone_are_those_of_the_whole(name: str, start: int, count: int) -> None:
    made = family_model().made(None, 3)
    whole = family_model().sample(seed=3)[name]
    rows = np.arange(start, start + count, dtype=np.uint64) % np.uint64(made.rows[name])
    found = to_batch(made.cells(name, rows), whole.schema)
    assert pa.Table.from_batches([found]).equals(whole.take(pa.array(rows)))


def test_more_parents_change_no_family_before() -> None:
    few, many = (family_model().sample({"customers": count, "shops": 30}, 4)["orders"] for count in (50, 500))
    columns = ["day", "amount", "paid"]
    assert many.slice(0, few.num_rows).select(columns).equals(few.select(columns))


def test_numpy_and_numba_fit_the_same_model_and_make_the_same_rows() -> None:
    found = []
    for name in ("numpy", "numba"):
        with backend.use(name):
            model = fit(families(120), options())
            found.append((model.sha256, model.sample(seed=2)))
    assert found[0] == found[1]


@pytest.mark.parametrize("privacy", ["careful", "open"])
def test_the_order_of_rows_and_of_tables_changes_nothing(privacy: str) -> None:
    tables = shuffled(families(), 1)
    again = fit({name: tables[name] for name in reversed(tables)}, options(privacy=privacy))
    assert again.sha256 == family_model(privacy).sha256


def test_a_model_of_families_that_is_saved_and_read_is_the_same() -> None:
    again = load(family_model().to_bytes())
    assert again.sha256 == family_model().sha256
    assert again.description == family_model().description
    assert again.sample(seed=8) == family_model().sample(seed=8)


def test_the_description_says_whose_rows_are_whose() -> None:
    said = {one["name"]: one for one in family_model().description["tables"]}
    assert said["orders"]["keys"] == {"customer_id": "customers.id", "shop_id": "shops.id"}
    assert said["orders"]["family"] == "customers"
    assert said["items"]["family"] == "orders"
    assert said["orders"]["subjects"] <= said["customers"]["rows"]
    assert [one["name"] for one in said["customers"]["columns"]] == ["id", "region", "since"]


def test_keys_are_found_by_names_and_values() -> None:
    tables = families()
    orders = tables["orders"].rename_columns(
        ["order_id" if one == "number" else one for one in tables["orders"].column_names]
    )
    found = fit({**tables, "orders": orders}, fit_options({})).description["tables"]
    assert {one["name"]: one.get("keys") for one in found} == {
        "customers": None,
        "shops": None,
        "orders": {"customer_id": "customers.id", "shop_id": "shops.id"},
        "items": {"order_id": "orders.order_id"},
    }


def test_holding_out_leaves_whole_families_out() -> None:
    model = fit(families(), options(holdout=0.3, include_holdout=False))
    said = {one["name"]: one for one in model.description["tables"]}
    assert 200 < said["customers"]["rows"] < 360
    assert said["orders"]["rows"] < 0.85 * families()["orders"].num_rows


def test_a_limit_of_rows_takes_whole_families_and_says_so() -> None:
    model = fit(families(), options(max_rows=800))
    said = {one["name"]: one["rows"] for one in model.description["tables"]}
    assert max(said.values()) <= 800
    assert any("whole subjects by a hash" in one for one in model.description["warnings"])


def test_what_holds_in_rows_of_a_table_of_its_own_holds_in_those_made() -> None:
    tables = families()
    days = tables["customers"]["since"].cast(pa.int32()).to_numpy()
    region = tables["customers"]["region"].to_numpy()
    until = days + 30 + (days * 7919) % 400
    customers = (
        tables["customers"]
        .append_column("until", pa.array(until.astype("datetime64[D]")))
        .append_column("code", pa.array([one[0].upper() for one in region]))
    )
    model = fit({**tables, "customers": customers}, options())
    said = {one["name"]: one["relations"] for one in model.description["tables"]}
    assert {"until", "code"} <= {one["column"] for one in said["customers"]}, said["customers"]
    assert said["orders"] == []
    made = load(model.to_bytes()).sample(seed=3)
    held = made["customers"].to_pylist()
    assert all(one["until"] >= one["since"] for one in held)
    assert all(one["code"] == one["region"][0].upper() for one in held)
    since = {one["id"]: one["since"] for one in held}
    assert all(one["day"] >= since[one["customer_id"]] for one in made["orders"].to_pylist())
