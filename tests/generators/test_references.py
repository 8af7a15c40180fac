"""A foreign key leads to rows that match and exist by then, whatever rows are asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from synthmill.generators.columns.linking import reference
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.errors import FieldError, InvalidRequestError
from tests.generators import golden_values
from tests.generators.towns import OPEN, ORDERS, SAME_CITY, replanned, towns
from tests.generators.worlds import rows_of

SINCE = {"at": "ordered_at", "since": "opened_at"}
LAWS: list[dict[str, Any]] = [
    {"distribution": "uniform"},
    {"distribution": "zipf", "exponent": 1.3},
    {"distribution": "weight", "weight": "size"},
]
REFERENCES: dict[str, dict[str, Any]] = {
    "matching": {"match": SAME_CITY},
    "matching twice": {"match": {**SAME_CITY, "sort": "sort"}, "otherwise": "null"},
    "matching by a link": {"match": {"city_id": "customer_id.city_id"}},
    "existing": {"existing": SINCE},
    "existing until": {"existing": OPEN, "otherwise": "null"},
    "both": {"match": SAME_CITY, "existing": OPEN, "otherwise": "null"},
}


def fits(
    order: dict[str, Any], branch: dict[str, Any], asked: dict[str, Any], cities: dict[int, int]
) -> bool:
    """Whether an order may refer to a branch, as the parameters say it."""
    for there, own in asked.get("match", {}).items():
        mine = cities[order["customer_id"]] if "." in own else order[own]
        if branch[there] != mine:
            return False
    if "existing" not in asked:
        return True
    closed = branch["closed_at"] if "until" in asked["existing"] else None
    return branch["opened_at"] <= order["ordered_at"] and (closed is None or closed > order["ordered_at"])


def check(parameters: dict[str, Any], asked: dict[str, Any]) -> int:
    """Every order refers to a branch that fits, and only where there is none to nothing: how many don't."""
    branches = {row["id"]: row for row in rows_of(parameters, "branches").to_pylist()}
    cities = {row["id"]: row["city_id"] for row in rows_of(parameters, "customers").to_pylist()}
    able = {key: row for key, row in branches.items() if "weight" not in asked or row["size"]}
    nothing = 0
    for order in rows_of(parameters, "orders").to_pylist():
        if order["branch_id"] is None:
            nothing += 1
            assert not any(fits(order, branch, asked, cities) for branch in able.values())
        else:
            assert order["branch_id"] in able
            assert fits(order, branches[order["branch_id"]], asked, cities)
    return nothing


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law["distribution"])
@pytest.mark.parametrize("asked", REFERENCES.values(), ids=REFERENCES)
def test_a_row_refers_to_one_that_fits_and_to_none_only_where_none_does(
    asked: dict[str, Any], law: dict[str, Any]
) -> None:
    # A weight of 0 leaves some cities without a branch.
    asked = {**asked, **law, **({"otherwise": "null"} if "weight" in law else {})}
    assert check(towns(**asked), asked) < ORDERS / 2


@pytest.mark.parametrize("asked", REFERENCES.values(), ids=REFERENCES)
def test_any_part_of_the_rows_refers_to_the_same(asked: dict[str, Any]) -> None:
    whole = rows_of(towns(**asked), "orders")["branch_id"]
    for start, stop in ((0, 1), (700, 733), (ORDERS - 1, ORDERS)):
        assert rows_of(towns(**asked), "orders", start, stop)["branch_id"].equals(whole[start:stop])


@pytest.mark.parametrize(("asked", "column"), [({"match": SAME_CITY}, 2), ({"existing": SINCE}, 4)])
def test_a_row_whose_own_value_is_null_refers_to_none(asked: dict[str, Any], column: int) -> None:
    parameters = towns(**asked)
    parameters["tables"][3]["columns"][column]["nulls"] = 0.3
    orders = rows_of(parameters, "orders")
    own = parameters["tables"][3]["columns"][column]["name"]
    assert orders["branch_id"].is_null().equals(orders[own].is_null())
    assert orders.schema.field("branch_id").nullable


def test_where_every_row_finds_one_the_column_is_never_null() -> None:
    assert not rows_of(towns(match=SAME_CITY), "orders", 0, 1).schema.field("branch_id").nullable


LONG: dict[str, dict[str, Any]] = {
    "children": {"match": SAME_CITY},
    "children by a link": {"match": {"city_id": "customer_id.city_id"}},
    "existing children": {"match": SAME_CITY, "existing": OPEN, "otherwise": "null"},
}


@pytest.mark.parametrize("asked", LONG.values(), ids=LONG)
def test_of_long_tables_a_row_refers_to_one_of_the_children_that_match(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "MAX_INDEXED_ROWS", 10)
    assert (check(replanned(towns(**asked), "long"), asked) > 0) == ("existing" in asked)


def test_of_long_tables_in_the_order_of_their_times_a_row_refers_to_an_earlier_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parameters = towns(existing=SINCE)
    parameters["tables"][1]["columns"][3] = {
        "name": "opened_at",
        "kind": "rising",
        "start": "2020-12-01",
        "end": "2024-12-31",
    }
    found = {}
    for rows in (10, 2**22):
        monkeypatch.setattr(reference, "MAX_INDEXED_ROWS", rows)
        replanned_now = replanned(parameters, f"limit_{rows}")
        assert check(replanned_now, {"existing": SINCE}) == 0
        found[rows] = rows_of(replanned_now, "orders")["branch_id"]
    # Both ways the n-th of the rows that exist is chosen by the same bits.
    assert found[10].equals(found[2**22])


def test_the_length_of_a_table_from_which_it_is_not_sorted_is_the_limit_that_is_told() -> None:
    parameters = towns(match=SAME_CITY, distribution="zipf")
    parameters["tables"][1] |= {"rows": 2**22 + 1, "children_of": {"table": "cities", "max": 10_000}}
    parameters["tables"][0]["rows"] = 1_000
    error = refusal(parameters)
    assert error.field == "tables[orders].columns[branch_id].match"
    assert "4194305 rows, and at most 4194304 can be sorted" in error.reason
    assert "make branches the children of the table with city_id" in error.fix
    assert "read its city_id (kind parent, through)" in error.fix


def refusal(parameters: dict[str, Any]) -> FieldError:
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", parameters, 0))
    (error,) = caught.value.errors
    return error


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no such column there": ({"match": {"town": "city_id"}}, "match", "table branches has no column town"),
    "no such column here": ({"match": {"city_id": "town"}}, "match", "table orders has no column town"),
    "no such link": ({"match": {"city_id": "town.id"}}, "match", "table orders has no column town"),
    "other types": ({"match": {"city_id": "sort"}}, "match", "city_id of branches is of type int64"),
    "no times": ({"existing": {**SINCE, "since": "size"}}, "existing.since", "size is of type int64"),
    "no time here": ({"existing": {**SINCE, "at": "sort"}}, "existing.at", "sort is of type string"),
    "closed by then": (
        {"existing": OPEN, "match": SAME_CITY},
        "match",
        "no row of branches is there for city_id",
    ),
}


@pytest.mark.parametrize(("asked", "parameter", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_is_refused(asked: dict[str, Any], parameter: str, reason: str) -> None:
    error = refusal(towns(**asked))
    assert error.field == f"tables[orders].columns[branch_id].{parameter}"
    assert reason in error.reason
    assert error.fix


def test_a_value_without_a_row_is_named_where_the_rows_are_too_many_to_be_tried() -> None:
    parameters = towns(match={"sort": "sort"})
    parameters["tables"][3]["columns"][3]["values"] = ["shop", "kiosk"]
    parameters["tables"][3]["rows"] = 10**9
    error = refusal(parameters)
    assert error.reason == "a row with sort kiosk may find no row of branches"
    assert "give branches a row for each value of sort; or set otherwise to null" in error.fix


def test_rows_beyond_counting_find_one_where_each_value_has_a_founding_row() -> None:
    parameters = towns(match=SAME_CITY, existing=SINCE)
    parameters["tables"][3]["rows"] = 10**9
    assert "may find no row of branches" in refusal(parameters).reason
    parameters["tables"][1]["columns"][3]["end"] = "2020-12-31"
    column = rows_of(parameters, "orders", 10**9 - 50, 10**9)["branch_id"]
    assert column.null_count == 0


def test_of_a_time_that_an_order_of_the_table_changes_no_bounds_are_known() -> None:
    parameters = towns(match=SAME_CITY, existing=SINCE)
    parameters["tables"][1]["columns"][3]["end"] = "2020-12-31"
    orders = parameters["tables"][3]
    orders["rows"] = 10**9
    orders["columns"].append(
        {"name": "asked_at", "kind": "timestamp", "start": "2019-01-01", "end": "2019-12-31"}
    )
    orders["orderings"] = [["asked_at", "ordered_at"]]
    assert "may find no row of branches" in refusal(parameters).reason


def test_a_time_that_follows_from_the_reference_is_a_circle_that_is_named() -> None:
    parameters = towns(existing=SINCE)
    parameters["tables"][3]["columns"][4] = {
        "name": "ordered_at",
        "kind": "later",
        "column": "opened_at",
        "through": "branch_id",
        "max": "9d",
    }
    assert "orders.ordered_at -> orders.branch_id -> orders.ordered_at" in refusal(parameters).reason


def test_a_unique_key_can_not_move_a_reference_that_has_to_fit() -> None:
    parameters = towns(match=SAME_CITY)
    orders = parameters["tables"][3]
    orders["children_of"] = {"table": "customers", "max": 20}
    orders["columns"].append({"name": "payer_id", "kind": "parent", "column": "id"})
    orders["unique_keys"] = [["payer_id", "branch_id"]]
    assert "has a distribution of its own" in refusal(parameters).reason


def test_otherwise_means_nothing_without_a_restriction() -> None:
    error = refusal(towns(otherwise="null"))
    assert error.reason == "means nothing where every row fits"


def test_values_are_the_promised_ones() -> None:
    golden = json.loads(golden_values.FILE.read_text())
    assert golden_values.of_references() == golden["references"]
