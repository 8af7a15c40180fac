"""Conformance of rules: a single cell that doesn't follow from the others is found, in every kind of rule."""

from __future__ import annotations

from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.conformance.report import Report, conformance, rows_of
from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.engine.recipe import Recipe

ID = {"name": "id", "kind": "sequence"}
CASES = [
    {"when": {"column": "country", "equals": "Germany"}, "then": {"kind": "constant", "value": "EUR"}},
    {
        "when": {"column": "points", "above": 50},
        "then": {"kind": "categorical", "values": ["USD", "CAD"], "weights": [3, 1]},
    },
]
ACCOUNT: list[dict[str, Any]] = [
    ID,
    {"name": "country", "kind": "country"},
    {"name": "city", "kind": "city", "country": "country"},
    {"name": "points", "kind": "integer", "min": 1, "max": 100, "nulls": 0.1},
    {"name": "double", "kind": "formula", "formula": "points * 2", "nulls": 0.2},
    {"name": "ratio", "kind": "formula", "formula": "points / 7"},
    {"name": "label", "kind": "formula", "formula": "upper(country)", "nulls_when": "points > 90"},
    {"name": "code", "kind": "uuid", "nulls_when": "points > 90"},
    {
        "name": "tax",
        "kind": "lookup",
        "column": "country",
        "entries": [{"at": "Germany", "value": 19}, {"at": "France", "value": 20}],
    },
    {"name": "currency", "kind": "conditional", "cases": CASES},
    {"name": "group", "kind": "categorical", "values": ["Food", "Toys", "Else"]},
    {
        "name": "kindred",
        "kind": "subcategory",
        "column": "group",
        "values": {"Food": {"Bread": 3, "Fruit": 1}, "Toys": {"Puzzle": 1}},
    },
    {"name": "boss", "kind": "determined", "by": ["group"], "then": {"kind": "integer", "max": 10**9}},
    {
        "name": "grade",
        "kind": "joint",
        "joint_table": {
            "attributes": ["of", "grade", "bonus"],
            "rows": [["Food", "A", 1], ["Food", "B", 2], ["Toys", "A", 3], ["Else", "C", None]],
        },
        "attribute": "grade",
        "where": [{"attribute": "of", "column": "group"}],
        "nulls": 0.1,
    },
    {"name": "bonus", "kind": "attribute", "column": "grade", "attribute": "bonus"},
    {"name": "low", "kind": "integer", "max": 1000},
    {"name": "high", "kind": "integer", "max": 1000},
    {"name": "slot", "kind": "integer", "min": 1, "max": 10_000},
    {"name": "opening", "kind": "decimal", "min": 1, "max": 100, "scale": 2},
    {"name": "moved", "kind": "aggregate", "function": "sum", "table": "moves", "column": "amount"},
    {
        "name": "large",
        "kind": "aggregate",
        "function": "count",
        "table": "moves",
        "where": {"column": "amount", "above": 50},
    },
    {"name": "most", "kind": "aggregate", "function": "max", "table": "moves", "column": "amount"},
    {"name": "mean", "kind": "aggregate", "function": "mean", "table": "moves", "column": "weight"},
]
MOVE: list[dict[str, Any]] = [
    {"name": "account", "kind": "parent", "column": "id"},
    {"name": "line", "kind": "line_number"},
    {"name": "amount", "kind": "decimal", "min": 1, "max": 100, "scale": 2},
    {"name": "weight", "kind": "normal", "mean": 5, "sd": 1, "nulls": 0.1},
    {"name": "balance", "kind": "running_total", "column": "amount", "start": "first"},
]


@cache
def bank(seed: int = 1) -> Recipe:
    first = {"name": "first", "kind": "formula", "formula": "opening * 1"}
    accounts = {
        "name": "accounts",
        "rows": 400,
        "columns": [*ACCOUNT, first],
        "primary_key": ["id"],
        "orderings": [["low", "high"]],
        "unique_keys": [["slot"]],
    }
    moves = {
        "name": "moves",
        "children_of": {"table": "accounts", "max": 6, "total": "free"},
        "columns": MOVE,
    }
    return make_recipe("tabular", {"tables": [accounts, moves]}, seed)


@cache
def tables() -> dict[str, pa.Table]:
    return rows_of(bank())


def spoilt(table: str, column: str, change: Any) -> Report:
    """The report with a single cell changed: the first that isn't null, unless there is a condition."""
    rows = tables()[table]
    cells = rows.column(column).to_pylist()
    at = next(place for place, cell in enumerate(cells) if cell is not None)
    cells[at] = change(cells[at]) if callable(change) else change
    place = rows.schema.get_field_index(column)
    field = rows.schema.field(place)
    changed = rows.set_column(place, field, pa.array(cells, field.type))
    return conformance(bank(2), tables() | {table: changed})


def test_all_rules_hold_in_what_was_made_under_any_seed() -> None:
    for seed in (1, 2, 3):
        assert conformance(bank(9), rows_of(bank(seed))).failed == ()


BROKEN: list[tuple[str, str, Any]] = [
    ("accounts", "city", "Atlantis"),
    ("accounts", "double", lambda cell: cell + 1),
    ("accounts", "ratio", lambda cell: cell + 1e-6),
    ("accounts", "ratio", None),
    ("accounts", "label", lambda cell: cell.lower()),
    ("accounts", "code", None),
    ("accounts", "tax", lambda cell: cell + 1),
    ("accounts", "currency", "PLN"),
    ("accounts", "kindred", "Stone"),
    ("accounts", "boss", lambda cell: cell + 1),
    ("accounts", "grade", "D"),
    ("accounts", "grade", lambda cell: {"A": "C", "B": "A", "C": "A"}[cell]),
    ("accounts", "moved", lambda cell: cell + 1),
    ("accounts", "large", lambda cell: cell + 1),
    ("accounts", "most", lambda cell: cell + 1),
    ("accounts", "mean", lambda cell: cell + 1e-5),
    ("moves", "line", 9),
    ("moves", "balance", lambda cell: cell + 1),
]


@pytest.mark.parametrize(("table", "column", "change"), BROKEN)
def test_a_cell_that_does_not_follow_is_found(table: str, column: str, change: Any) -> None:
    report = spoilt(table, column, change)
    assert (table, column, "follows") in {(c.table, c.column, c.what) for c in report.failed}
    assert (report.checks[0].table, report.checks[0].column) == (table, column)
    assert report.score == 0.0


def test_a_row_out_of_order_and_a_repeated_value_are_found() -> None:
    assert [(c.column, c.what) for c in spoilt("accounts", "low", 2_000).failed][:1] == [
        ("low, high", "order")
    ]
    second = tables()["accounts"].column("slot")[1].as_py()
    assert [(c.column, c.what) for c in spoilt("accounts", "slot", second).failed][:1] == [("slot", "unique")]


def test_a_lost_column_leaves_what_does_not_hang_on_it() -> None:
    report = conformance(bank(), tables() | {"moves": tables()["moves"].drop_columns(["amount"])})
    assert [(c.table, c.column, c.what) for c in report.failed] == [("moves", "amount", "type")]
