"""Plans of tabular data, and what is refused while planning."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from synthmill.generators import limits
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import load_parameters, make_plan, make_recipe, make_rows
from synthmill.generators.engine.plan import MAX_BLOCK_ROWS, Plan
from synthmill.generators.errors import InvalidRequestError
from tests.generators.worlds import all_kinds, one_column, rows_of, world


def plan(parameters: dict[str, Any]) -> Plan:
    return make_plan(make_recipe("tabular", parameters, 0))


def errors(parameters: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidRequestError) as refusal:
        plan(parameters)
    return {error.field: error.reason for error in refusal.value.errors}


def chain(length: int, *, backwards: bool = False) -> dict[str, Any]:
    """Timestamps each after the one before."""
    columns: list[dict[str, Any]] = [{"name": "c0", "kind": "timestamp"}]
    columns += [
        {"name": f"c{n}", "kind": "later", "column": f"c{n - 1}", "max": "1d"} for n in range(1, length)
    ]
    return {"tables": [{"name": "t", "rows": 5, "columns": columns[::-1] if backwards else columns}]}


def test_columns_come_in_the_order_they_were_given() -> None:
    assert rows_of(chain(4, backwards=True), "t").schema.names == ["c3", "c2", "c1", "c0"]


def test_blocks_are_smaller_where_rows_are_wide() -> None:
    assert plan(one_column("sequence")).table("t").block_rows == MAX_BLOCK_ROWS
    wide = plan(one_column("text", min_words=500, max_words=1_000)).table("t").block_rows
    assert wide == 2_048
    assert rows_of(one_column("text", 2_048, min_words=500, max_words=1_000), "t").nbytes < 20 * 2**20


def test_whether_a_column_can_be_null_is_known_beforehand() -> None:
    planned = plan(all_kinds())
    assert all(column.nullable for column in planned.table("cells").columns if column.name.startswith("a_"))
    assert not any(column.nullable for column in planned.table("folk").columns)


def test_a_plan_can_go_to_another_process() -> None:
    recipe = make_recipe("tabular", all_kinds(), 0)
    planned = make_plan(recipe)
    here = make_rows(planned, "cells", 0, 100)
    assert make_rows(pickle.loads(pickle.dumps(planned)), "cells", 0, 100).equals(here)


def test_columns_that_look_at_one_another_in_a_circle_are_refused() -> None:
    parameters = chain(3)
    parameters["tables"][0]["columns"][0] = {"name": "c0", "kind": "later", "column": "c2", "max": "1d"}
    assert errors(parameters) == {
        "tables[t].columns[c0]": "columns depend on one another in a circle: t.c0 -> t.c2 -> t.c1 -> t.c0"
    }


def test_a_circle_through_a_foreign_key_is_refused() -> None:
    columns = [
        {"name": "id", "kind": "parent", "column": "id", "through": "fk"},
        {"name": "fk", "kind": "foreign_key", "table": "t", "column": "id"},
    ]
    found = errors({"tables": [{"name": "t", "rows": 5, "columns": columns}]})
    assert "t.id -> t.fk -> t.id" in found["tables[t].columns[id]"]


@pytest.mark.parametrize("backwards", [False, True])
def test_long_chains_of_columns_are_refused_before_they_exhaust_the_stack(backwards: bool) -> None:
    assert rows_of(chain(64, backwards=backwards), "t").num_rows == 5
    reasons = errors(chain(1_000, backwards=backwards)).values()
    assert set(reasons) == {"more than 64 columns depend on one another in a row"}
    assert len(reasons) < 17


@pytest.mark.parametrize(
    ("column", "field", "reason"),
    [
        ({"kind": "parent", "column": "nothing"}, "column", "table folk has no column nothing"),
        (
            {"kind": "parent", "column": "at", "through": "nothing"},
            "through",
            "table cells has no column nothing",
        ),
        ({"kind": "parent", "column": "at", "through": "land"}, "through", "land isn't a foreign key"),
        ({"kind": "foreign_key", "table": "nothing"}, "table", "there is no table nothing"),
        ({"kind": "foreign_key", "table": "towns"}, "table", "towns has no primary key of one column"),
        ({"kind": "foreign_key", "table": "folk", "column": "x"}, "column", "table folk has no column x"),
        ({"kind": "later", "column": "x", "max": "1d"}, "column", "table cells has no column x"),
        ({"kind": "email", "columns": ["x"]}, "columns", "table cells has no column x"),
        ({"kind": "city", "country": "id"}, "country", "id isn't text"),
    ],
)
def test_references_to_what_is_not_there_are_named(column: dict[str, Any], field: str, reason: str) -> None:
    assert errors(world({"name": "c", **column})) == {f"tables[cells].columns[c].{field}": reason}


def test_a_reference_to_what_can_be_null_is_refused() -> None:
    columns = [
        {"name": "id", "kind": "sequence", "nulls": 0.1},
        {"name": "fk", "kind": "foreign_key", "table": "t", "column": "id"},
    ]
    assert errors({"tables": [{"name": "t", "rows": 5, "columns": columns}]}) == {
        "tables[t].columns[fk].column": "id of t can be null"
    }


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (["x"], "there is no column x"),
        (["n"], "nothing makes n unique"),
        (["n", "m"], "m can be null"),
    ],
)
def test_primary_keys_that_are_none_are_refused(key: list[str], reason: str) -> None:
    columns = [{"name": "n", "kind": "integer", "max": 9}, {"name": "m", "kind": "sequence", "nulls": 0.5}]
    table = {"name": "t", "rows": 5, "columns": columns, "primary_key": key}
    assert errors({"tables": [table]}) == {"tables[t].primary_key": reason}


def test_everything_wrong_is_said_at_once() -> None:
    bad = [{"name": "a", "kind": "integer", "max": "x"}, {"name": "b", "kind": "nothing"}, {"name": "c"}, 5]
    table = {"name": "t", "rows": 0, "columns": bad, "speed": 1}
    assert errors({"tables": [table], "colour": 1}) == {
        "tables[t].rows": f"0 is outside 1 to {limits.MAX_TABLE_ROWS}",
        "tables[t].speed": "there is no such parameter",
        "tables[t].columns[a].max": "'x' isn't a whole number",
        "tables[t].columns[b].kind": "'nothing' isn't a column kind",
        "tables[t].columns[c].kind": "is missing",
        "tables[t].columns[3]": "5 isn't an object",
        "colour": "there is no such parameter",
    }


@pytest.mark.parametrize("name", ["", "1a", "a b", "a-b", "../x", "a\n", "ä", "x" * 129, 5, None])
def test_names_that_could_not_be_file_names_are_refused(name: object) -> None:
    table = {"name": name, "rows": 1, "columns": [{"name": "c", "kind": "sequence"}]}
    assert next(iter(errors({"tables": [table]}))).endswith(".name")
    column = {"name": "t", "rows": 1, "columns": [{"name": name, "kind": "sequence"}]}
    assert next(iter(errors({"tables": [column]}))).endswith(".name")


def test_two_of_one_name_are_refused() -> None:
    column = {"name": "c", "kind": "sequence"}
    table = {"name": "t", "rows": 1, "columns": [column]}
    assert errors({"tables": [table, {**table, "name": "T"}]}) == {"tables": "several are called t"}
    assert errors({"tables": [{**table, "columns": [column, column]}]}) == {
        "tables[t].columns": "several are called c"
    }


@pytest.mark.parametrize("rows", [10**10 + 1, 10**15, -1, 1.0, "5", True, None])
def test_numbers_of_rows_that_are_none_are_refused(rows: object) -> None:
    table = {"name": "t", "rows": rows, "columns": [{"name": "c", "kind": "sequence"}]}
    assert list(errors({"tables": [table]})) == ["tables[t].rows"]


def test_the_most_rows_there_can_be_are_planned() -> None:
    parameters = one_column("integer", 10**10, max=9)
    assert plan(parameters).table("t").rows == 10**10
    assert rows_of(parameters, "t", 10**10 - 2, 10**10).num_rows == 2


def test_loading_what_was_loaded_changes_nothing() -> None:
    strategy = STRATEGIES.get("tabular")
    loaded = load_parameters(strategy, all_kinds())
    assert load_parameters(strategy, loaded) == loaded
    assert make_recipe("tabular", loaded, 0) == make_recipe("tabular", all_kinds(), 0)


@pytest.mark.parametrize("wrong", [5, {"min": 1}, {"table": "t"}, {"table": "t", "max": 3, "most": 3}])
def test_wrong_children_of_is_told_its_keys(wrong: object) -> None:
    parameters = one_column("sequence")
    parameters["tables"][0]["children_of"] = wrong
    with pytest.raises(InvalidRequestError) as refusal:
        plan(parameters)
    for error in refusal.value.errors:
        assert error.field.startswith("tables[t].children_of")
        assert all(key in error.fix for key in ("table", "min", "max", "weights"))
