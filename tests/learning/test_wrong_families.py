"""Tables that can't be learnt together are refused with what is wrong; files that aren't models, too."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning import ModelFileError, fit, fit_options, load
from tests.learning.families import KEYS, families, family_model

PARENTS = pa.table({"id": list(range(60)), "size": [number % 7 for number in range(60)]})
CHILDREN = pa.table(
    {"parent_id": [number // 2 for number in range(120)], "x": [number % 5 for number in range(120)]}
)


def refused(tables: dict[str, pa.Table], **parameters: Any) -> tuple[str, str]:
    """The field, and the reason with the fix."""
    with pytest.raises(InvalidRequestError) as caught:
        fit(tables, fit_options(parameters))
    (error,) = caught.value.errors
    return error.field, f"{error.reason} ({error.fix})"


def with_(table: pa.Table, column: str, values: Any) -> pa.Table:
    return table.set_column(table.column_names.index(column), column, pa.array(values))


def two(parents: pa.Table = PARENTS, children: pa.Table = CHILDREN) -> dict[str, pa.Table]:
    return {"parents": parents, "children": children}


BOTH = {"children": {"parent_id": "parents.id"}}


def test_parents_whose_keys_repeat_are_refused() -> None:
    children = with_(CHILDREN, "parent_id", [number % 50 for number in range(120)])
    field, said = refused(two(with_(PARENTS, "id", [0, *range(59)]), children), keys=BOTH)
    assert field == "keys.children.parent_id"
    assert "parents.id has 1 values that other rows have, too" in said


def test_keys_of_nobody_are_refused_with_how_many_there_are() -> None:
    children = with_(CHILDREN, "parent_id", [900 + number if number < 7 else 1 for number in range(120)])
    field, said = refused(two(children=children), keys=BOTH)
    assert field == "keys.children.parent_id"
    assert "7 of its values aren't in parents.id" in said


def test_keys_of_another_type_are_refused() -> None:
    children = with_(CHILDREN, "parent_id", [str(number // 2) for number in range(120)])
    assert "holds string, and parents.id is int64" in refused(two(children=children), keys=BOTH)[1]


def test_a_circle_of_keys_is_refused_with_its_way() -> None:
    parents = PARENTS.append_column("child_id", pa.array(list(range(60))))
    children = CHILDREN.append_column("id", pa.array(list(range(120))))
    keys = {**BOTH, "parents": {"child_id": "children.id"}}
    said = refused(two(parents, children), keys=keys)[1]
    assert "children.parent_id -> parents" in said
    assert "parents.child_id -> children" in said


def test_a_method_for_one_table_is_refused_for_several() -> None:
    assert refused(two(), keys=BOTH, method="bayes") == (
        "method",
        "bayes is for one table, and 2 are learnt together (leave it out)",
    )


def test_a_budget_is_refused_for_several() -> None:
    field, said = refused(two(), keys=BOTH, privacy={"epsilon": 1})
    assert field == "privacy"
    assert said.startswith("a budget is for one table, and 2 are learnt together (fit each table by itself")


def test_constraints_are_refused_for_several() -> None:
    field, said = refused(two(), keys=BOTH, constraints=[{"type": "range", "column": "size", "min": 0}])
    assert field == "constraints"
    assert said.startswith("are for one table, and 2 are learnt together (leave them out")


def test_rows_of_the_same_table_as_parents_are_refused() -> None:
    people = PARENTS.append_column("boss_id", pa.array([0] * 60))
    field, said = refused({"people": people}, keys={"people": {"boss_id": "people.id"}})
    assert field == "keys.people.boss_id"
    assert "rows of the same table" in said


def test_fewer_than_twenty_parents_are_refused_however_many_children_there_are() -> None:
    field, said = refused(
        two(PARENTS.slice(0, 19), with_(CHILDREN, "parent_id", [number % 19 for number in range(120)])),
        keys=BOTH,
    )
    assert field == "tables[parents]"
    assert "19 subjects" in said


def test_children_of_fewer_than_twenty_parents_are_refused() -> None:
    children = with_(CHILDREN, "parent_id", [number % 19 for number in range(120)])
    field, said = refused(two(children=children), keys=BOTH)
    assert field == "tables[children]"
    assert "rows of 19 subjects of parents" in said


@pytest.mark.parametrize(
    ("keys", "field", "said"),
    [
        ({"children": {"parent": "parents.id"}}, "keys.children.parent", "did you mean parent_id"),
        ({"children": {"parent_id": "parent.id"}}, "keys.children.parent_id", "did you mean parents"),
        ({"children": {"parent_id": 7}}, "keys", "isn't a column of another table"),
        (["children"], "keys", "isn't an object of objects"),
    ],
)
def test_keys_of_what_is_not_there_are_refused_with_the_near_name(keys: Any, field: str, said: str) -> None:
    found = refused(two(), keys=keys)
    assert found[0] == field
    assert said in found[1].replace("?", "")


@pytest.mark.parametrize(
    ("roles", "field"),
    [
        ({"children": {"parent_id": "category"}}, "roles[children][parent_id]"),
        ({"parents": {"id": "number"}}, "roles[parents][id]"),
        ({"children": {"x": "subject"}}, "roles[children][x]"),
        ({"nobody": {"x": "key"}}, "roles[nobody]"),
    ],
)
def test_roles_that_contradict_the_keys_are_refused(roles: Any, field: str) -> None:
    assert refused(two(), keys=BOTH, roles=roles)[0] == field


@pytest.mark.parametrize(
    ("rows", "field", "said"),
    [
        ({"orders": 10}, "rows.orders", "how many rows orders has follows from customers"),
        (10, "rows", "of which table isn't said: customers, shops"),
        ({"customer": 10}, "rows.customer", "did you mean customers"),
        ({"customers": 0}, "rows.customers", "isn't a number of rows"),
        ({"customers": 20_000_000}, "rows", "at most 10,000,000"),
    ],
)
def test_rows_that_cannot_be_are_refused_by_name(rows: Any, field: str, said: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        family_model().sample(rows)
    (error,) = caught.value.errors
    assert error.field == field
    assert said in error.reason


def test_conditions_on_several_tables_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="is for a model of one table"):
        family_model().sample(where={"region": "north"})


def test_rows_without_a_parent_are_left_out_and_counted() -> None:
    children = with_(CHILDREN, "parent_id", [None if number < 9 else number // 2 for number in range(120)])
    model = fit(two(children=children), fit_options({"keys": BOTH}))
    assert "children: 9 rows without a parents weren't learnt from" in model.description["warnings"]


def test_a_table_of_keys_alone_is_learnt() -> None:
    model = fit({"parents": PARENTS, "children": CHILDREN.select(["parent_id"])}, fit_options({"keys": BOTH}))
    made = model.sample({"parents": 500}, 1)
    assert set(made["children"].column("parent_id").to_pylist()) <= set(
        made["parents"].column("id").to_pylist()
    )
    assert made["children"].num_rows == pytest.approx(1_000, rel=0.1)


def test_no_value_of_a_family_of_its_own_is_held() -> None:
    """One customer's own amounts, ways and days are in no file and no sample."""
    tables = families(150)
    orders = tables["orders"].to_pandas()
    whose = orders["customer_id"] == orders["customer_id"].iloc[0]
    orders.loc[whose, "amount"] = 123_456.78
    orders.loc[whose, "paid"] = "zzq-planted"
    tables["orders"] = pa.Table.from_pandas(orders, preserve_index=False)
    for privacy in ("careful", "open"):
        model = fit(tables, fit_options({"keys": KEYS, "privacy": privacy}))
        assert b"zzq-planted" not in model.to_bytes()
        assert model.sample({"customers": 2_000})["orders"].to_pandas()["amount"].max() < 10_000


DATA = family_model().to_bytes()


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_a_changed_byte_is_refused_or_another_model(at: int, change: int) -> None:
    damaged = bytearray(DATA)
    damaged[at] ^= change
    try:
        model = load(bytes(damaged))
    except ModelFileError:
        return
    try:
        made = model.sample({"customers": 20, "shops": 20})
    except InvalidRequestError:
        return
    assert made["customers"].num_rows == 20
