"""Columns that follow from those of linked rows: by a dot in a name, and by what children decide."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.errors import FieldError, InvalidRequestError
from tests.generators.worlds import rows_of

KEY = {"name": "id", "kind": "sequence"}
ORDERS, ITEMS = 300, 900


def shop(orders: list[dict[str, Any]] | None = None, *items: dict[str, Any]) -> dict[str, Any]:
    """Products, and orders with items, each of a product."""
    products = [
        KEY,
        {"name": "sort", "kind": "categorical", "values": ["food", "toys", "other"]},
        {"name": "least", "kind": "integer", "min": 10, "max": 20},
        {"name": "most", "kind": "decimal", "min": 30, "max": 40, "scale": 1},
    ]
    own = [
        {"name": "order_id", "kind": "parent", "column": "id"},
        {"name": "line", "kind": "line_number"},
        {"name": "product_id", "kind": "foreign_key", "table": "products"},
        {"name": "returned", "kind": "boolean", "probability": 0.15},
        {"name": "price", "kind": "decimal", "min": 1, "max": 99},
        *items,
    ]
    status = {"name": "status", "kind": "categorical", "values": ["sent", "cancelled"]}
    return {
        "tables": [
            {"name": "products", "rows": 40, "columns": products, "primary_key": ["id"]},
            {
                "name": "orders",
                "rows": ORDERS,
                "columns": [KEY, *([status] if orders is None else orders)],
                "primary_key": ["id"],
            },
            {
                "name": "items",
                "rows": ITEMS,
                "children_of": {"table": "orders", "max": 8},
                "columns": own,
                "primary_key": ["order_id", "line"],
            },
        ]
    }


def items_of(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """Items, each with the columns of its order and its product."""
    orders, products = (
        {row["id"]: row for row in rows_of(parameters, table).to_pylist()} for table in ("orders", "products")
    )
    return [
        {**orders[row["order_id"]], **products[row["product_id"]], **row}
        for row in rows_of(parameters, "items").to_pylist()
    ]


def refusal(parameters: dict[str, Any]) -> FieldError:
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", parameters, 0))
    (error,) = caught.value.errors
    return error


def test_a_cell_is_null_where_the_parents_row_says_so() -> None:
    sent = {"name": "sent_at", "kind": "timestamp", "nulls_when": "orders.status = 'cancelled'"}
    found = items_of(shop(None, sent))
    assert {row["status"] for row in found} == {"sent", "cancelled"}
    assert all((row["sent_at"] is None) == (row["status"] == "cancelled") for row in found)


def test_a_formula_a_case_and_a_list_look_at_linked_rows() -> None:
    cases = [
        {
            "when": {"column": "product_id.sort", "equals": "food"},
            "then": {"kind": "constant", "value": "fresh"},
        }
    ]
    found = items_of(
        shop(
            None,
            {"name": "span", "kind": "formula", "formula": "product_id.most - product_id.least"},
            {"name": "care", "kind": "conditional", "cases": cases},
            {
                "name": "aisle",
                "kind": "lookup",
                "column": "product_id.sort",
                "entries": [{"at": "food", "value": 1}, {"at": "toys", "value": 2}],
                "otherwise": 9,
            },
        )
    )
    for row in found:
        assert row["span"] == row["most"] - row["least"]
        assert row["care"] == ("fresh" if row["sort"] == "food" else None)
        assert row["aisle"] == {"food": 1, "toys": 2, "other": 9}[row["sort"]]


def test_categories_and_their_weights_follow_from_a_linked_row() -> None:
    values = {"food": {"bread": 3, "fruit": 1}, "toys": {"puzzle": 1}}
    column = {"name": "thing", "kind": "subcategory", "column": "product_id.sort", "values": values}
    found = items_of(shop(None, {**column, "otherwise": {"gift": 1}}))
    for row in found:
        assert row["thing"] in values.get(row["sort"], {"gift": 1})
    counts = Counter(row["thing"] for row in found)
    assert 2 < counts["bread"] / counts["fruit"] < 4.5
    assert any(row["thing"] is None for row in items_of(shop(None, column)))


def test_a_number_is_stretched_and_moved_by_linked_rows() -> None:
    pay = {
        "name": "pay",
        "kind": "scaled",
        "of": {"kind": "beta", "alpha": 2, "beta": 3},
        "scale": "product_id.most - product_id.least",
        "offset": "product_id.least",
    }
    exact = {**pay, "name": "exact", "decimals": 2, "type": "decimal", "max": "25"}
    found = items_of(shop(None, pay, exact, {**pay, "name": "whole", "decimals": 0}))
    shares = [(row["pay"] - row["least"]) / (float(row["most"]) - row["least"]) for row in found]
    assert 0 < min(shares) < 0.1
    assert 0.9 < max(shares) < 1
    assert sum(shares) / ITEMS == pytest.approx(0.4, abs=0.03)
    assert all(isinstance(row["exact"], Decimal) and row["least"] <= row["exact"] <= 25 for row in found)
    assert max(row["exact"] for row in found) == 25
    assert all(isinstance(row["whole"], int) and row["least"] <= row["whole"] <= row["most"] for row in found)


def test_what_a_scaled_number_can_not_be_made_of_is_refused() -> None:
    column = {"name": "n", "kind": "scaled", "of": {"kind": "uniform"}}
    error = refusal(shop(None, {**column, "scale": "product_id.sort"}))
    assert (error.field, error.reason) == ("tables[items].columns[n].scale", "is a text")
    assert refusal(shop(None, {**column, "of": {"kind": "name"}})).field == "tables[items].columns[n].of"
    assert "is needed for decimals" in refusal(shop(None, {**column, "type": "decimal"})).reason


def test_a_link_that_is_not_there_is_refused_by_name() -> None:
    column = {"name": "n", "kind": "formula", "formula": "prodct_id.sort"}
    error = refusal(shop(None, column))
    assert error.field == "tables[items].columns[n].formula"
    assert error.reason == "table items has no column prodct_id"
    assert "price isn't a foreign key" in refusal(shop(None, {**column, "formula": "price.sort"})).reason
    assert (
        refusal(shop(None, {**column, "formula": "product_id.x"})).reason == "table products has no column x"
    )


STATUS = [
    {
        "name": "returned_items",
        "kind": "aggregate",
        "function": "count",
        "table": "items",
        "where": {"column": "returned", "equals": True},
    },
    {
        "name": "status",
        "kind": "conditional",
        "cases": [
            {"when": {"column": "returned_items", "above": 0}, "then": {"kind": "constant", "value": "back"}}
        ],
        "otherwise": {"kind": "categorical", "values": ["sent", "cancelled"]},
    },
]


def test_an_order_is_returned_where_an_item_is() -> None:
    found = items_of(shop(STATUS))
    returned = {row["order_id"] for row in found if row["returned"]}
    assert {row["order_id"] for row in found if row["status"] == "back"} == returned


def test_items_follow_from_what_their_siblings_decided_and_are_added_up_again() -> None:
    refund = {
        "name": "refund",
        "kind": "formula",
        "formula": "if(returned and orders.status = 'back', price, decimal(0, 2))",
    }
    total = {"name": "refunds", "kind": "aggregate", "function": "sum", "table": "items", "column": "refund"}
    parameters = shop([*STATUS, total], refund)
    sums: Counter[int] = Counter()
    for row in items_of(parameters):
        sums[row["order_id"]] += row["price"] if row["returned"] else 0
    orders = rows_of(parameters, "orders")
    assert {row["id"]: row["refunds"] for row in orders.to_pylist()} == {
        order: sums[order] for order in range(1, ORDERS + 1)
    }
    part = rows_of(parameters, "orders", 120, 150)
    assert part["refunds"].equals(orders["refunds"][120:150])


def test_a_status_that_its_own_children_follow_from_is_a_circle_that_is_named() -> None:
    parameters = shop(STATUS)
    parameters["tables"][2]["columns"][3]["nulls_when"] = "orders.status = 'cancelled'"
    way = "orders.returned_items -> items.returned -> orders.status -> orders.returned_items"
    assert way in refusal(parameters).reason


def test_a_sum_of_what_other_rows_children_decide_is_still_refused() -> None:
    parameters = shop(
        [*STATUS, {"name": "n", "kind": "aggregate", "function": "sum", "table": "items", "column": "m"}]
    )
    parameters["tables"][2]["columns"].append({"name": "m", "kind": "formula", "formula": "product_id.sold"})
    parameters["tables"][0]["columns"].append(
        {"name": "sold", "kind": "aggregate", "function": "count", "table": "sales"}
    )
    parameters["tables"].append(
        {"name": "sales", "rows": 50, "children_of": {"table": "products", "max": 9}, "columns": [KEY]}
    )
    assert "a row would have to make all rows two levels below it" in refusal(parameters).reason
