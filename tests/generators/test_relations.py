"""Relations between tables hold, whatever rows are asked for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest

from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import load_parameters, make_cells, make_plan, make_recipe
from synthmill.generators.engine.plan import ForeignKey
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.tables.rows import CHILDREN_AT_ONCE
from tests.generators.fit import assert_shares
from tests.generators.worlds import rows_of, world

KEY = {"name": "id", "kind": "sequence", "start": 1_000}


def shop(parents: int, children: int, *columns: dict[str, Any], **children_of: Any) -> dict[str, Any]:
    """Orders with items."""
    own = [
        {"name": "order_id", "kind": "parent", "column": "id"},
        {"name": "line", "kind": "line_number"},
        *columns,
    ]
    orders = [
        KEY,
        {"name": "code", "kind": "uuid"},
        {"name": "total", "kind": "integer", "max": 99, "nulls": 0.2},
    ]
    return {
        "tables": [
            {"name": "orders", "rows": parents, "columns": orders, "primary_key": ["id"]},
            {
                "name": "items",
                "rows": children,
                "columns": own,
                "children_of": {"table": "orders", "min": 1, "max": 7, **children_of},
                "primary_key": ["order_id", "line"],
            },
        ]
    }


def refusal(parameters: dict[str, Any]) -> FieldError:
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", parameters, 0))
    (error,) = caught.value.errors
    return error


@pytest.mark.parametrize("parents", [1, 2, 255, 256, 257, 4_000])
def test_every_parent_has_its_children_in_a_row(parents: int) -> None:
    items = rows_of(shop(parents, parents * 5 // 2), "items")
    counts = Counter(items["order_id"].to_pylist())
    assert list(counts) == [1_000 + parent for parent in range(parents)]
    assert set(counts.values()) <= set(range(1, 8))
    assert items["line"].to_pylist() == [line for count in counts.values() for line in range(1, count + 1)]


def test_a_child_sees_its_parents_columns_nulls_included() -> None:
    parameters = shop(
        300, 900, *({"name": f"p_{c}", "kind": "parent", "column": c} for c in ("code", "total"))
    )
    orders = {row["id"]: row for row in rows_of(parameters, "orders").to_pylist()}
    items = rows_of(parameters, "items")
    assert items.schema.field("p_total").nullable
    for row in items.to_pylist():
        order = orders[row["order_id"]]
        assert (row["p_code"], row["p_total"]) == (order["code"], order["total"])


def test_the_parents_table_can_be_named_or_its_key_column() -> None:
    ways = (None, "orders", "order_id")
    items = rows_of(
        shop(
            300,
            900,
            *(
                {"name": f"c{at}", "kind": "parent", "column": "code", "through": way}
                for at, way in enumerate(ways)
            ),
        ),
        "items",
    )
    assert items["c0"].equals(items["c1"])
    assert items["c0"].equals(items["c2"])


def test_grandchildren_see_two_levels_up() -> None:
    parameters = shop(50, 150, {"name": "code", "kind": "parent", "column": "code"})
    parameters["tables"].append(
        {
            "name": "parcels",
            "rows": 200,
            "children_of": {"table": "items", "max": 3},
            "columns": [
                {"name": "line", "kind": "parent", "column": "line"},
                {"name": "code", "kind": "parent", "column": "code"},
                {"name": "number", "kind": "line_number"},
            ],
        }
    )
    pairs = {(row["code"], row["line"]) for row in rows_of(parameters, "items").to_pylist()}
    parcels = rows_of(parameters, "parcels")
    assert {(row["code"], row["line"]) for row in parcels.to_pylist()} <= pairs
    assert rows_of(parameters, "parcels", 77, 99).equals(parcels.slice(77, 22))


@pytest.mark.parametrize("distribution", ["uniform", "zipf"])
@pytest.mark.parametrize("size", [1, 3, 300, 70_000])
def test_foreign_keys_are_keys_and_bring_their_rows_columns(distribution: str, size: int) -> None:
    fk = {"name": "fk", "kind": "foreign_key", "table": "there", "distribution": distribution}
    there = [KEY, {"name": "code", "kind": "uuid"}]
    here = [fk, {"name": "code", "kind": "parent", "column": "code", "through": "fk"}]
    parameters = {
        "tables": [
            {"name": "there", "rows": size, "columns": there, "primary_key": ["id"]},
            {"name": "here", "rows": 5_000, "columns": here},
        ]
    }
    codes = dict(zip(*rows_of(parameters, "there").to_pydict().values(), strict=True))
    made = rows_of(parameters, "here").to_pydict()
    assert [codes[key] for key in made["fk"]] == made["code"]
    if size == 3:
        counts = sorted(Counter(made["fk"]).values())
        shares = [1 / 3, 1 / 2, 1.0] if distribution == "zipf" else [1.0, 1.0, 1.0]
        assert_shares(dict(enumerate(counts)), dict(enumerate(shares)))


def test_popular_rows_are_not_the_first_ones() -> None:
    fk = {"name": "fk", "kind": "foreign_key", "table": "there", "distribution": "zipf", "exponent": 1.3}
    parameters = {
        "tables": [
            {"name": "there", "rows": 5_000, "columns": [KEY], "primary_key": ["id"]},
            {"name": "here", "rows": 5_000, "columns": [fk, {**fk, "name": "fk2"}]},
        ]
    }
    made = rows_of(parameters, "here").to_pydict()
    tops = [{key for key, _ in Counter(made[name]).most_common(20)} for name in ("fk", "fk2")]
    assert max(tops[0]) > 1_500
    assert len(tops[0] & tops[1]) < 5


def test_a_foreign_key_to_another_column_has_its_type() -> None:
    fk = {"name": "fk", "kind": "foreign_key", "table": "towns", "column": "code"}
    parameters = world(fk)
    assert set(rows_of(parameters, "cells")["fk"].to_pylist()) <= set(
        rows_of(parameters, "towns")["code"].to_pylist()
    )


def test_a_null_reference_brings_nulls() -> None:
    fk = {"name": "fk", "kind": "foreign_key", "table": "folk", "nulls": 0.3}
    batch = rows_of(world(fk, {"name": "seen", "kind": "parent", "column": "at", "through": "fk"}), "cells")
    assert batch["seen"].null_count > 700
    assert batch["seen"].is_null().equals(batch["fk"].is_null())
    assert batch.schema.field("seen").nullable


def test_a_table_can_refer_to_itself() -> None:
    staff = [KEY, {"name": "boss", "kind": "foreign_key", "table": "staff", "nulls": 0.1}]
    parameters = {"tables": [{"name": "staff", "rows": 100, "columns": staff, "primary_key": ["id"]}]}
    bosses = pc.unique(rows_of(parameters, "staff")["boss"]).drop_null()
    assert set(bosses.to_pylist()) <= set(range(1_000, 1_100))


def test_the_plan_tells_the_keys() -> None:
    fk = {"name": "town", "kind": "foreign_key", "table": "orders", "column": "code"}
    items = make_plan(make_recipe("tabular", shop(10, 20, fk), 0)).table("items")
    assert items.primary_key == ("order_id", "line")
    assert items.foreign_keys == (
        ForeignKey(("order_id",), "orders", ("id",)),
        ForeignKey(("town",), "orders", ("code",)),
    )


def test_rows_near_ten_thousand_million_are_made_alone() -> None:
    parameters = shop(4 * 10**9, 10**10, {"name": "code", "kind": "parent", "column": "code"})
    last = rows_of(parameters, "items", 10**10 - 100, 10**10).to_pydict()
    assert last["order_id"][-1] == 1_000 + 4 * 10**9 - 1
    assert rows_of(parameters, "items", 10**10 - 7, 10**10).to_pydict()["code"] == last["code"][-7:]


def test_siblings_and_cousins_share_no_randomness() -> None:
    number = {"name": "n", "kind": "integer", "max": 10**9}
    made = np.array(rows_of(shop(5_000, 15_000, number), "items")["n"].to_pylist())
    assert len(np.unique(made)) > 14_990
    assert abs(np.corrcoef(made[:-1], made[1:])[0, 1]) < 0.04


@pytest.mark.parametrize(("parents", "children"), [(10, 9), (10, 71)])
def test_totals_that_do_not_fit_are_refused_saying_why(parents: int, children: int) -> None:
    error = refusal(shop(parents, children))
    assert error.field == "tables[items].rows"
    assert f"{children} children of {parents} rows of orders" in error.reason
    assert "1 to 7" in error.reason
    assert error.fix == "give from 10 to 70 rows, or change children_of"


def test_weights_need_one_for_each_number_of_children() -> None:
    error = refusal(shop(10, 20, weights=[1, 2]))
    assert error.field == "tables[items].children_of.weights"
    assert (
        refusal(shop(10, 20, weights=[1, 1, 1, 0, 1, 1, 1])).field == "tables[items].children_of.weights[3]"
    )
    assert refusal(shop(10, 20, min=8)).field == "tables[items].children_of.max"


def test_weights_decide_how_many_children_are_common() -> None:
    few = Counter(
        Counter(
            rows_of(shop(2_000, 6_000, weights=[1, 1, 99, 1, 1, 1, 1]), "items")["order_id"].to_pylist()
        ).values()
    )
    assert few[3] > 1_500


def test_circles_of_parents_are_refused() -> None:
    parameters = shop(10, 20)
    parameters["tables"][0]["children_of"] = {"table": "items", "max": 3}
    with pytest.raises(InvalidRequestError, match="orders -> items -> orders"):
        make_plan(make_recipe("tabular", parameters, 0))
    parameters["tables"][0]["children_of"]["table"] = "nowhere"
    assert "there is no table nowhere" in refusal(parameters).reason


def test_what_has_no_parent_has_no_line_numbers() -> None:
    parameters = shop(10, 20)
    parameters["tables"][1]["children_of"] = None
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", parameters, 0))
    assert [error.field for error in caught.value.errors] == [
        "tables[items].columns[order_id].through",
        "tables[items].columns[line].kind",
    ]


def test_loading_keeps_children_of_as_it_is() -> None:
    loaded = load_parameters(STRATEGIES.get("tabular"), shop(10, 20))
    assert loaded["tables"][1]["children_of"] == {
        "table": "orders",
        "min": 1,
        "max": 7,
        "weights": None,
        "total": "exact",
        "mean": None,
        "during": None,
        "counts": "weights",
        "per_day": None,
        "intensity": None,
        "min_gap": "0s",
        "schedule": None,
        "steps_of": None,
    }
    assert load_parameters(STRATEGIES.get("tabular"), loaded) == loaded


@pytest.mark.parametrize("weights", [[0, 1, 1], [1, 0, 0, 1], [0, 0, 3, 2], [2, 0, 1, 0]])
def test_a_row_of_weight_nothing_is_never_chosen_and_each_other_as_often_as_it_weighs(
    weights: list[int],
) -> None:
    cases = [
        {
            "when": {"column": "id", "equals": place},
            "then": {"kind": "constant", "value": weight},
        }
        for place, weight in enumerate(weights, 1_000)
    ]
    weight = {"name": "weight", "kind": "conditional", "cases": cases}
    fk = {"name": "fk", "kind": "foreign_key", "table": "there", "distribution": "weight", "weight": "weight"}
    parameters = {
        "tables": [
            {"name": "there", "rows": len(weights), "columns": [KEY, weight], "primary_key": ["id"]},
            {"name": "here", "rows": 6_000, "columns": [fk]},
        ]
    }
    there = rows_of(parameters, "there").to_pydict()
    assert there["weight"] == weights
    made = Counter(rows_of(parameters, "here")["fk"].to_pylist())
    shares = {key: float(weight) for key, weight in zip(there["id"], weights, strict=True) if weight}
    assert set(made) == set(shares)
    assert_shares({key: made[key] for key in shares}, shares)


def test_aggregates_of_a_table_make_its_rows_once_however_many_there_are() -> None:
    aggregates = [
        {"name": f"a{at}", "kind": "aggregate", "function": function, "table": "below", "column": "value"}
        for at, function in enumerate(["sum", "min", "max", "mean"])
    ]
    above = {"name": "above", "rows": 9_000, "columns": [{"name": "id", "kind": "sequence"}, *aggregates]}
    below = {
        "name": "below",
        "rows": 2 * CHILDREN_AT_ONCE,
        "children_of": {"table": "above", "min": 0, "max": 99},
        "columns": [{"name": "value", "kind": "integer", "max": 9}],
    }
    plan = make_plan(make_recipe("tabular", {"tables": [above, below]}, 0))
    columns, made = plan.data.tables["below"].columns, 0
    cells = columns["value"].cells

    def counted(rows: Any) -> Any:
        nonlocal made
        made += len(rows)
        return cells(rows)

    columns["value"] = replace(columns["value"], cells=counted)
    make_cells(plan, "above", 0, 9_000)
    assert made == 2 * CHILDREN_AT_ONCE
