"""Names over a template that are slips of the finger are refused with the name that was meant."""

from __future__ import annotations

from typing import Any

import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.request import parse

KIND = {"kind": "categorical", "values": ["a"]}
TABLE = {"rows": 5, "columns": [{"name": "id", "kind": "sequence"}]}


def over(table: str, column: str | None = None, **more: Any) -> dict[str, Any]:
    columns = {} if column is None else {"columns": [{"name": column, **more}]}
    return {"template": "retail", "seed": 1, "parameters": {"tables": [{"name": table, **columns}]}}


def refusal(request: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(InvalidRequestError) as caught:
        parse(request)
    [error] = caught.value.errors
    return error.field, error.reason


@pytest.mark.parametrize("slip", ["stauts", "statu", "statuss", "ststus", "Status", "sttus"])
def test_a_column_that_is_a_slip_away_is_refused_however_whole_it_is(slip: str) -> None:
    assert refusal(over("orders", slip, **KIND)) == (
        f"parameters.tables[orders].columns[{slip}]",
        f"the template has no '{slip}', did you mean status?",
    )


@pytest.mark.parametrize("slip", ["ordrs", "oders", "order", "Orders", "ordesr"])
def test_a_table_that_is_a_slip_away_is_refused(slip: str) -> None:
    expected = (f"parameters.tables[{slip}]", f"the template has no '{slip}', did you mean orders?")
    assert refusal(over(slip)) == expected
    request = over(slip)
    request["parameters"]["tables"][0] |= TABLE
    assert refusal(request) == expected


def test_what_lacks_a_kind_is_meant_for_something_that_is_there() -> None:
    assert "did you mean status?" in refusal(over("orders", "state", values=["a"]))[1]


@pytest.mark.parametrize("rows", [{"ordrs": 5}, {"order": 5}])
def test_rows_of_a_table_that_is_a_slip_away_are_refused(rows: dict[str, int]) -> None:
    field, reason = refusal({"template": "retail", "rows": rows})
    assert field == f"rows.{next(iter(rows))}"
    assert "did you mean orders" in reason


@pytest.mark.parametrize("name", ["status2", "state_of_it", "colour", "x", "statistics"])
def test_another_name_is_a_new_column(name: str) -> None:
    tables = parse(over("orders", name, **KIND)).recipe.parameters["tables"]
    [orders] = [table for table in tables if table["name"] == "orders"]
    assert name in [column["name"] for column in orders["columns"]]


def test_beside_the_name_that_it_is_like_it_is_a_new_one() -> None:
    request = over("orders", "stauts", **KIND)
    request["parameters"]["tables"][0]["columns"].append({"name": "status"})
    parse(request)


def test_another_table_is_a_new_table() -> None:
    request = over("stores")
    request["parameters"]["tables"][0] |= TABLE
    assert "stores" in [table["name"] for table in parse(request).recipe.parameters["tables"]]
