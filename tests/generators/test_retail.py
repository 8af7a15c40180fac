"""The template `retail` is a shop whose numbers agree."""

from __future__ import annotations

import json
from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.recipes.template import get_template, resolve
from tests.generators import golden_values


def recipe_of(rows: int | None, seed: int = 0) -> Recipe:
    template = get_template("retail")
    return make_recipe(template.strategy, resolve(template, {}, rows), seed)


@pytest.fixture(scope="module")
def shop() -> dict[str, pa.RecordBatch]:
    recipe = recipe_of(20_000)
    plan = make_plan(recipe)
    return {table.name: make_rows(plan, table.name, 0, table.rows) for table in plan.tables}


def test_values_are_the_promised_ones() -> None:
    assert golden_values.of_template("retail") == json.loads(golden_values.FILE.read_text())["retail"]


def test_the_default_is_a_million_order_items() -> None:
    plan = make_plan(recipe_of(None))
    assert {table.name: table.rows for table in plan.tables} == {
        "customers": 100_000,
        "products": 2_000,
        "orders": 400_000,
        "order_items": 1_000_000,
    }
    assert all(7 <= len(table.columns) <= 14 for table in plan.tables)


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 11, 999, 10**10])
def test_any_number_of_order_items_can_be_had(rows: int) -> None:
    recipe = recipe_of(rows)
    plan = make_plan(recipe)
    assert plan.table("order_items").rows == rows
    for table in plan.tables:
        last = make_rows(plan, table.name, max(0, table.rows - 10), table.rows)
        assert last.num_rows == min(10, table.rows)


def test_every_foreign_key_is_valid(shop: dict[str, pa.RecordBatch]) -> None:
    plan = make_plan(recipe_of(20_000))
    found = 0
    for table in plan.tables:
        for reference in table.foreign_keys:
            keys = shop[reference.table][reference.references[0]]
            assert pc.all(pc.is_in(shop[table.name][reference.columns[0]], keys)).as_py()
            found += 1
    assert found == 3


def test_every_primary_key_is_unique(shop: dict[str, pa.RecordBatch]) -> None:
    for table in make_plan(recipe_of(20_000)).tables:
        (key,) = table.primary_key
        assert len(pc.unique(shop[table.name][key])) == table.rows


def test_orders_have_one_to_twelve_items_numbered_from_one(shop: dict[str, pa.RecordBatch]) -> None:
    counts = Counter(shop["order_items"]["order_id"].to_pylist())
    assert len(counts) == shop["orders"].num_rows
    assert set(counts.values()) <= set(range(1, 13))
    lines = [line for count in counts.values() for line in range(1, count + 1)]
    assert shop["order_items"]["line_number"].to_pylist() == lines


def test_items_cost_what_their_product_costs(shop: dict[str, pa.RecordBatch]) -> None:
    prices = dict(zip(shop["products"]["id"].to_pylist(), shop["products"]["price"].to_pylist(), strict=True))
    items = shop["order_items"]
    assert [prices[product] for product in items["product_id"].to_pylist()] == items["unit_price"].to_pylist()


def test_nobody_orders_before_signing_up_and_nothing_ships_before_it_is_ordered(
    shop: dict[str, pa.RecordBatch],
) -> None:
    customers = shop["customers"].to_pydict()
    signed_up = dict(zip(customers["id"], customers["signed_up_at"], strict=True))
    for order in shop["orders"].to_pylist():
        assert signed_up[order["customer_id"]] < order["ordered_at"]
        sent = order["channel"] != "store" and order["status"] in ("shipped", "delivered", "returned")
        assert (order["shipped_at"] is not None) == sent
        assert not sent or order["ordered_at"] < order["shipped_at"]


def test_a_few_products_are_most_of_the_sales(shop: dict[str, pa.RecordBatch]) -> None:
    counts = Counter(shop["order_items"]["product_id"].to_pylist())
    top = sum(count for _, count in counts.most_common(shop["products"].num_rows // 10))
    assert 0.5 < top / 20_000 < 0.75


def test_addresses_and_ids_of_customers_are_their_own(shop: dict[str, pa.RecordBatch]) -> None:
    for column in ("uuid", "email"):
        assert len(pc.unique(shop["customers"][column])) == shop["customers"].num_rows
