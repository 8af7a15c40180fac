"""Conformance of what hangs on other rows: numbers of children, and times that follow others."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.conformance.report import Report, conformance, rows_of
from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.engine.recipe import Recipe

ID = {"name": "id", "kind": "sequence"}
BORN = {"name": "born", "kind": "timestamp", "start": "2020-01-01T00:00:00Z", "end": "2021-01-01T00:00:00Z"}
STATUS = {
    "name": "status",
    "kind": "state",
    "start": "born",
    "transitions": [
        {"state": "new", "next": "paid", "weight": 3, "min": "1h", "max": "2d"},
        {"state": "new", "next": "lost", "weight": 1, "max": "3d"},
        {"state": "paid", "next": "sent", "min": "4h", "max": "5d"},
    ],
}
OWNER = {"name": "owner", "kind": "parent", "column": "id"}


def related(children_of: dict[str, Any], *columns: dict[str, Any], seed: int = 3, **more: Any) -> Recipe:
    """Parents with a state, and their children."""
    parents = {"name": "c", "rows": 2_000, "columns": [ID, BORN, STATUS], "primary_key": ["id"]}
    children = {"name": "k", "children_of": {"table": "c", **children_of}, "columns": list(columns), **more}
    return make_recipe("tabular", {"tables": [parents, children]}, seed)


def checked(made: Recipe, declared: Recipe) -> Report:
    return conformance(declared, rows_of(made))


def failures(report: Report) -> set[tuple[str, str, str]]:
    return {(check.table, check.column, check.what) for check in report.failed}


FREE = {"max": 5, "total": "free", "mean": 2}


@pytest.mark.parametrize("children_of", [FREE, {"steps_of": "status"}])
@pytest.mark.parametrize("columns", [[ID], [ID, OWNER]])
def test_free_totals_of_other_seeds_conform(
    children_of: dict[str, Any], columns: list[dict[str, Any]]
) -> None:
    for seed in range(10):
        made = related(children_of, *columns, seed=seed)
        assert checked(made, related(children_of, *columns, seed=99)).failed == ()


def test_more_children_than_declared_are_found_with_their_key_or_without() -> None:
    many = {**FREE, "mean": 2.6}
    found = checked(related(many, ID, OWNER), related(FREE, ID, OWNER, seed=4))
    assert {("k", "owner", "children"), ("k", "", "rows")} <= failures(found)
    assert ("k", "", "rows") in failures(checked(related(many, ID), related(FREE, ID, seed=4)))


def test_children_spread_otherwise_are_found_though_they_are_as_many() -> None:
    even, uneven = (
        {"min": 0, "max": 4, "weights": weights} for weights in ([1, 1, 1, 1, 1], [9, 1, 1, 1, 9])
    )
    found = checked(related(uneven, ID, OWNER, rows=4_000), related(even, ID, OWNER, rows=4_000))
    assert failures(found) == {("k", "owner", "children")}


@pytest.mark.parametrize("through", ["c", "owner", "friend"])
@pytest.mark.parametrize("day", [True, False])
def test_times_later_than_declared_through_a_key_are_found(through: str, day: bool) -> None:
    friend = {"name": "friend", "kind": "foreign_key", "table": "c"}

    def later(least: str, most: str) -> Recipe:
        column = {
            "name": "t",
            "kind": "later",
            "column": "born",
            "through": through,
            "min": least,
            "max": most,
        }
        recipe = related({"min": 1, "max": 3}, ID, OWNER, friend, column, rows=4_000)
        born = {"name": "born", "kind": "date", "start": "2020-01-01", "end": "2021-01-01"} if day else BORN
        parents = {**recipe.parameters["tables"][0], "columns": [ID, born]}
        return make_recipe("tabular", {"tables": [parents, recipe.parameters["tables"][1]]}, 3)

    made = later("1d", "300d")
    assert checked(made, later("1d", "300d")).failed == ()
    assert ("k", "t", "order") in failures(checked(made, later("1d", "30d")))
    assert ("k", "t", "order") in failures(checked(made, later("9d", "300d")))
    assert failures(checked(made, later("1d", "400d"))) == {("k", "t", "distribution")}


STEPS = [
    OWNER,
    *({"name": show, "kind": "step", "show": show} for show in ("state", "previous", "time", "seconds")),
]
PAID_AT = {"name": "paid_at", "kind": "state_time", "column": "status", "state": "paid"}
NEW_AT = {"name": "new_at", "kind": "state_time", "column": "status", "state": "new"}
SINCE = {"name": "since", "kind": "state_time", "column": "status"}


def stepped(seed: int = 3) -> Recipe:
    """Parents with times of their states, and all of their steps."""
    recipe = related({"steps_of": "status"}, *STEPS, seed=seed)
    parents, steps = recipe.parameters["tables"]
    state = {**STATUS, "until": "2020-12-28T00:00:00Z"}
    parents = {**parents, "columns": [ID, BORN, state, PAID_AT, NEW_AT, SINCE]}
    return make_recipe("tabular", {"tables": [parents, steps]}, seed)


def test_states_and_their_steps_conform_under_any_seed() -> None:
    for seed in range(5):
        assert checked(stepped(seed), stepped(99)).failed == ()


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("c", "status", "nothing"),
        ("c", "paid_at", dt.datetime(2019, 1, 1, tzinfo=dt.UTC)),
        ("c", "paid_at", dt.datetime(2021, 1, 1, tzinfo=dt.UTC)),
        ("c", "paid_at", None),
        ("c", "new_at", dt.datetime(2020, 12, 1, tzinfo=dt.UTC)),
        ("c", "since", None),
        ("k", "state", "sent"),
        ("k", "time", dt.datetime(2020, 12, 1, tzinfo=dt.UTC)),
        ("k", "previous", "sent"),
        ("k", "seconds", 1),
    ],
)
def test_a_state_or_step_that_can_not_be_is_found(table: str, column: str, value: Any) -> None:
    tables = rows_of(stepped())
    rows = tables[table]
    cells = rows.column(column).to_pylist()
    cells[next(place for place, cell in enumerate(cells) if cell is not None)] = value
    place = rows.schema.get_field_index(column)
    field = rows.schema.field(place)
    changed = rows.set_column(place, field, pa.array(cells, field.type))
    report = conformance(stepped(4), tables | {table: changed})
    assert (table, column, "follows") in failures(report)
