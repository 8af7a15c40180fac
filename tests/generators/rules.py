"""Small recipes with any of the rules in them; `rule_checks` has a check for each."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from typing import Any, TypeAlias

Columns: TypeAlias = dict[str, list[dict[str, Any]]]

THINGS, BOXES = 120, 40
MOST = 12

WAYS = [
    {"state": "new", "next": "paid", "weight": 8, "min": "1h", "max": "20d"},
    {"state": "new", "next": "lost", "max": "3d"},
    {"state": "paid", "next": "sent", "min": "1d", "max": "30d"},
    {"state": "sent", "next": "back", "weight": 1, "min": "1d", "max": "9d"},
    {"state": "sent", "next": "kept", "weight": 4, "min": "20d", "max": "20d"},
    {"state": "back", "next": "paid", "max": "1d"},
]
HORIZON = "2024-02-01T00:00:00Z"


def tables_of_rules(rules: Collection[str], parents: int, mean: float) -> dict[str, Any]:
    """Parameters of `tabular` with `things`, `parents`, their `kids`, and what the rules add to them."""
    kids: dict[str, Any] = {
        "name": "kids",
        "rows": math.ceil(parents * mean),
        "children_of": {"table": "parents", "max": MOST},
        "unique_keys": [],
        "columns": [
            {"name": "parent_id", "kind": "parent", "column": "id"},
            {"name": "line", "kind": "line_number"},
            {"name": "n", "kind": "integer", "min": 1, "max": 9, "nulls": 0.1},
            {"name": "amount", "kind": "decimal", "min": -50, "max": 100},
            {"name": "ratio", "kind": "uniform"},
            {"name": "points", "kind": "categorical", "values": [0, 1, 4], "weights": [3, 2, 1]},
            {
                "name": "land",
                "kind": "categorical",
                "values": ["DE", "AT", "US", "FR"],
                "weights": [4, 1, 3, 2],
            },
        ],
    }
    things = [{"name": "id", "kind": "sequence"}, {"name": "weight", "kind": "integer", "max": 3}]
    top = [
        {"name": "id", "kind": "sequence", "start": 10},
        {"name": "at", "kind": "timestamp", "start": "2023-01-01T00:00:00Z", "end": "2024-01-01T00:00:00Z"},
        {"name": "opening", "kind": "decimal", "min": 0, "max": 900},
    ]
    tables: list[dict[str, Any]] = [
        {"name": "things", "rows": THINGS, "primary_key": ["id"], "columns": things},
        {"name": "parents", "rows": parents, "primary_key": ["id"], "columns": top, "orderings": []},
        kids,
    ]
    for rule in sorted(rules):
        RULES[rule](tables[1], kids, tables)
    return {"tables": tables}


Table: TypeAlias = dict[str, Any]
RULES: dict[str, Callable[[Table, Table, list[Table]], None]] = {}


def rule(add: Callable[[Table, Table, list[Table]], None]) -> Callable[[Table, Table, list[Table]], None]:
    RULES[add.__name__] = add
    return add


@rule
def free_total(parents: Table, kids: Table, tables: list[Table]) -> None:
    kids["children_of"] |= {
        "total": "free",
        "min": 1,
        "mean": min(MOST, max(1.0, kids["rows"] / parents["rows"])),
    }
    kids["rows"] = None


@rule
def no_thing_twice(parents: Table, kids: Table, tables: list[Table]) -> None:
    kids["columns"].append({"name": "thing_id", "kind": "foreign_key", "table": "things"})
    kids["columns"].append({"name": "box", "kind": "integer", "max": 1})
    kids["unique_keys"].append(["parent_id", "thing_id", "box"])


@rule
def no_star_twice(parents: Table, kids: Table, tables: list[Table]) -> None:
    kids["columns"].append(
        {"name": "star_id", "kind": "foreign_key", "table": "things", "distribution": "zipf", "exponent": 1.5}
    )
    kids["unique_keys"].append(["parent_id", "star_id"])


@rule
def no_pair_twice(parents: Table, kids: Table, tables: list[Table]) -> None:
    tables.append(
        {
            "name": "pairs",
            "rows": min(THINGS * BOXES * 250, max(1, kids["rows"] or parents["rows"])),
            "primary_key": ["thing_id", "box", "on"],
            "columns": [
                {"name": "thing_id", "kind": "foreign_key", "table": "things"},
                {"name": "box", "kind": "integer", "min": 1, "max": BOXES},
                {"name": "on", "kind": "date", "start": "2024-01-01", "end": "2024-09-06"},
            ],
        }
    )


@rule
def tree(parents: Table, kids: Table, tables: list[Table]) -> None:
    parents["columns"] += [
        {"name": "boss_id", "kind": "hierarchy", "span": 4},
        {"name": "hired", "kind": "rising", "type": "date"},
        {"name": "boss_hired", "kind": "parent", "column": "hired", "through": "boss_id"},
    ]


@rule
def sums(parents: Table, kids: Table, tables: list[Table]) -> None:
    wishes = [
        ("sum", "amount"),
        ("sum", "ratio"),
        ("sum", "n"),
        ("min", "n"),
        ("max", "amount"),
        ("mean", "n"),
        ("sum", "points"),
    ]
    parents["columns"] += [
        *(
            {
                "name": f"{function}_{column}",
                "kind": "aggregate",
                "function": function,
                "table": "kids",
                "column": column,
            }
            for function, column in wishes
        ),
        {"name": "kids", "kind": "aggregate", "function": "count", "table": "kids"},
        {
            "name": "germans",
            "kind": "aggregate",
            "function": "count",
            "table": "kids",
            "where": {"column": "land", "equals": "DE"},
        },
    ]


@rule
def balances(parents: Table, kids: Table, tables: list[Table]) -> None:
    kids["columns"] += [
        {"name": "balance", "kind": "running_total", "column": "amount", "start": "opening"},
        {"name": "so_far", "kind": "running_total", "column": "ratio"},
    ]
    parents["columns"].append(
        {
            "name": "closing",
            "kind": "aggregate",
            "function": "sum",
            "table": "kids",
            "column": "amount",
            "plus": "opening",
        }
    )


@rule
def order(parents: Table, kids: Table, tables: list[Table]) -> None:
    parents["columns"] += [
        {"name": "low", "kind": "normal", "mean": 5, "sd": 3, "decimals": 2},
        {"name": "middle", "kind": "uniform", "min": 0, "max": 12, "decimals": 2, "nulls": 0.2},
        {"name": "high", "kind": "lognormal", "median": 8, "sigma": 1, "decimals": 2},
    ]
    parents["orderings"].append(["low", "middle", "high"])


@rule
def cases(parents: Table, kids: Table, tables: list[Table]) -> None:
    kids["columns"] += [
        {
            "name": "tax",
            "kind": "conditional",
            "cases": [
                {
                    "when": {"column": "land", "in": ["DE", "AT"]},
                    "then": {"kind": "decimal", "min": 19, "max": 20, "scale": 1},
                },
                {
                    "when": {"all": [{"column": "land", "equals": "US"}, {"column": "amount", "above": 50}]},
                    "then": {"kind": "decimal", "min": 5, "max": 9, "scale": 1},
                },
            ],
        },
        {
            "name": "code",
            "kind": "conditional",
            "cases": [
                {"when": {"column": "n", "is_null": True}, "then": {"kind": "constant", "value": "none"}}
            ],
            "otherwise": {"kind": "sequence", "prefix": "K-"},
        },
    ]


@rule
def function_of_columns(parents: Table, kids: Table, tables: list[Table]) -> None:
    kids["columns"] += [
        {
            "name": "agent",
            "kind": "determined",
            "by": ["land", "n"],
            "then": {"kind": "integer", "max": 10**9},
        },
        {
            "name": "currency",
            "kind": "lookup",
            "column": "land",
            "entries": [{"at": "US", "value": "USD"}, {"at": "FR", "value": "EUR"}],
            "otherwise": "?",
        },
    ]


@rule
def states(parents: Table, kids: Table, tables: list[Table]) -> None:
    machine = {"kind": "state", "start": "at", "transitions": WAYS, "until": HORIZON, "max_steps": 9}
    parents["columns"] += [
        {"name": "status", **machine},
        {"name": "since", "kind": "state_time", "column": "status"},
        {"name": "paid_at", "kind": "state_time", "column": "status", "state": "paid"},
    ]
    tables.append(
        {
            "name": "events",
            "children_of": {"table": "parents", "steps_of": "status"},
            "primary_key": ["parent_id", "step"],
            "columns": [
                {"name": "parent_id", "kind": "parent", "column": "id"},
                {"name": "step", "kind": "line_number"},
                {"name": "state", "kind": "step"},
                {"name": "previous", "kind": "step", "show": "previous"},
                {"name": "time", "kind": "step", "show": "time"},
                {"name": "seconds", "kind": "step", "show": "seconds"},
            ],
        }
    )


@rule
def later(parents: Table, kids: Table, tables: list[Table]) -> None:
    kids["columns"] += [
        {"name": "at", "kind": "later", "column": "at", "through": "parents", "min": "1h", "max": "9d"},
        {"name": "parent_at", "kind": "parent", "column": "at"},
    ]


@rule
def by_weight(parents: Table, kids: Table, tables: list[Table]) -> None:
    kids["columns"] += [
        {
            "name": "chosen",
            "kind": "foreign_key",
            "table": "things",
            "distribution": "weight",
            "weight": "weight",
        },
        {"name": "chosen_weight", "kind": "parent", "column": "weight", "through": "chosen"},
    ]
