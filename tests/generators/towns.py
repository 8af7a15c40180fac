"""Cities with branches and customers, and orders whose branch is of the customer's city, open at the time."""

from __future__ import annotations

from typing import Any

CITIES, BRANCHES, CUSTOMERS, ORDERS = 12, 90, 300, 1_500
OPEN = {"at": "ordered_at", "since": "opened_at", "until": "closed_at"}
SAME_CITY = {"city_id": "city_id"}

_KEY = {"name": "id", "kind": "sequence", "start": 100}


def towns(**reference: Any) -> dict[str, Any]:
    """Parameters of `tabular`; `reference` are those of the orders' `branch_id`."""
    branches = [
        _KEY,
        {"name": "city_id", "kind": "parent", "column": "id"},
        {"name": "sort", "kind": "categorical", "values": ["shop", "depot"], "weights": [3, 1]},
        {"name": "opened_at", "kind": "timestamp", "start": "2020-01-01", "end": "2022-12-31"},
        {"name": "closed_at", "kind": "later", "column": "opened_at", "max": "700d", "nulls": 0.4},
        {"name": "size", "kind": "integer", "min": 0, "max": 5},
    ]
    orders = [
        _KEY,
        {"name": "customer_id", "kind": "foreign_key", "table": "customers"},
        {"name": "city_id", "kind": "parent", "column": "city_id", "through": "customer_id"},
        {"name": "sort", "kind": "categorical", "values": ["shop", "depot"]},
        {"name": "ordered_at", "kind": "timestamp", "start": "2021-01-01", "end": "2024-12-31"},
        {"name": "branch_id", "kind": "foreign_key", "table": "branches", **reference},
    ]
    return {
        "tables": [
            {"name": "cities", "rows": CITIES, "columns": [_KEY], "primary_key": ["id"]},
            {
                "name": "branches",
                "rows": BRANCHES,
                "children_of": {"table": "cities", "min": 1, "max": 20},
                "columns": branches,
                "primary_key": ["id"],
            },
            {
                "name": "customers",
                "rows": CUSTOMERS,
                "columns": [_KEY, {"name": "city_id", "kind": "foreign_key", "table": "cities"}],
                "primary_key": ["id"],
            },
            {"name": "orders", "rows": ORDERS, "columns": orders, "primary_key": ["id"]},
        ]
    }


def replanned(parameters: dict[str, Any], why: str) -> dict[str, Any]:
    """Parameters of the same cells that no plan is kept for: the first table has one column more."""
    first, *others = parameters["tables"]
    extra = {"name": why, "kind": "constant", "value": 1}
    return {"tables": [{**first, "columns": [*first["columns"], extra]}, *others]}


def staff(**manager: Any) -> dict[str, Any]:
    """Parameters of `tabular`: people of departments, with a manager each; `manager` are the parameters of
    `manager_id`."""
    people = [
        _KEY,
        {"name": "department_id", "kind": "parent", "column": "id"},
        {"name": "hired_on", "kind": "date", "start": "2010-01-01", "end": "2020-01-01"},
        {"name": "left_on", "kind": "later", "column": "hired_on", "max": "1500d", "nulls": 0.4},
        {"name": "manager_id", "kind": "hierarchy", "span": 4, **manager},
    ]
    return {
        "tables": [
            {"name": "departments", "rows": 8, "columns": [_KEY], "primary_key": ["id"]},
            {
                "name": "staff",
                "rows": 600,
                "children_of": {"table": "departments", "min": 5, "max": 200},
                "columns": people,
                "primary_key": ["id"],
            },
        ]
    }
