"""Data that goes on: its events are rows, in the order in which they happen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.engine.arrow_cells import to_batch
from synthmill.generators.engine.contract import STRATEGIES, EndlessStrategy
from synthmill.generators.engine.pipeline import make_events, make_plan, make_rows
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.limits import MAX_TABLE_ROWS
from synthmill.generators.streams import Events, parse_endless

ENDLESS: dict[str, dict[str, Any]] = {
    "tabular": {"template": "retail", "table": "orders", "seed": 7},
    "market": {
        "strategy": "market",
        "parameters": {"tickers": ["SYNTH", "TECH", "HEALTH"], "trading_hours": {}},
        "seed": 7,
    },
    "time_series": {
        "template": "iot_fleet",
        "parameters": {"tables": [{"name": "readings", "gaps": {"missing_rows": False}}]},
        "seed": 7,
    },
}
"""A request for each strategy whose tables can go on; a further one adds its own here."""
NAMES = sorted(ENDLESS)


def test_every_strategy_that_can_go_on_is_tried_here() -> None:
    assert (
        sorted(name for name, one in STRATEGIES.usable().items() if isinstance(one, EndlessStrategy)) == NAMES
    )


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=15)
def test_any_stretch_of_events_is_that_of_the_whole(name: str, data: st.DataObject) -> None:
    wanted = parse_endless(ENDLESS[name])
    events = Events(wanted.recipe, wanted.table)
    start = data.draw(st.integers(0, 5_000))
    stop = data.draw(st.integers(start, 5_000))
    assert events.texts(start, stop) == Events(wanted.recipe, wanted.table).texts(0, 5_000)[start:stop]


@pytest.mark.parametrize("name", NAMES)
def test_events_are_the_tables_rows_and_each_row_is_one(name: str) -> None:
    wanted = parse_endless(ENDLESS[name])
    plan = make_plan(wanted.recipe)
    table = plan.table(wanted.table)
    for start in (0, 1_000, table.rows // 2, table.rows - 7):
        batch = to_batch(make_events(plan, wanted.table, start, start + 7), table.schema)
        assert batch.schema.equals(table.schema)
        assert batch.num_rows == 7
    assert 10**9 < table.rows <= MAX_TABLE_ROWS
    assert Events(wanted.recipe, wanted.table).count == table.rows


def test_the_tables_that_a_table_looks_at_stay_and_the_others_go() -> None:
    def tables(name: str) -> dict[str, int]:
        recipe = parse_endless({"template": "retail", "table": name}).recipe
        return {table["name"]: table["rows"] for table in recipe.parameters["tables"]}

    assert tables("customers") == {"customers": MAX_TABLE_ROWS}
    assert tables("orders") == {"customers": 100_000, "orders": MAX_TABLE_ROWS}


def test_ticks_come_by_time_and_those_of_a_moment_by_ticker() -> None:
    wanted = parse_endless(ENDLESS["market"])
    plan = make_plan(wanted.recipe)
    events = to_batch(make_events(plan, "ticks", 4, 304), plan.tables[0].schema).to_pylist()
    rows = [make_rows(plan, "ticks", at, at + 102).to_pylist() for at in (0, plan.tables[0].rows // 3)]
    assert [one["ticker"] for one in events[:3]] == ["TECH", "HEALTH", "SYNTH"]
    for row in (rows[0][2], rows[1][1]):
        assert row in events
    assert [one["time"] for one in events] == sorted(one["time"] for one in events)


def test_what_is_wrong_is_said_from_the_requests_root() -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        parse_endless({"strategy": "market", "parameters": {"history_start": "then", "colour": 1}})
    assert {error.field for error in refusal.value.errors} == {
        "parameters.history_start",
        "parameters.colour",
    }


def test_a_single_entitys_samples_may_be_missing_and_those_of_several_may_not() -> None:
    def ask(entities: dict[str, Any] | None) -> Any:
        series = [{"name": "level", "components": [{"kind": "noise", "sd": 1}]}]
        gaps = {"share": 0.1, "mean_duration": "5m", "missing_rows": True}
        table = {"name": "readings", "entities": entities, "gaps": gaps, "series": series}
        return parse_endless({"strategy": "time_series", "parameters": {"tables": [table]}})

    assert ask(None).recipe.parameters["tables"][0]["rows"] > 10**7
    with pytest.raises(InvalidRequestError) as refusal:
        ask({"count": 3})
    (error,) = refusal.value.errors
    assert error.field == "parameters.tables[readings].gaps.missing_rows"


def test_a_text_that_is_like_a_tables_name_makes_no_table_needed() -> None:
    columns = [{"name": "id", "kind": "sequence"}]
    like = {"name": "of", "kind": "constant", "value": "spares"}
    tables: list[dict[str, Any]] = [
        {"name": "notes", "rows": 5, "columns": [*columns, like]},
        {"name": "spares", "rows": 5, "columns": columns, "primary_key": ["id"]},
    ]
    asked = {"strategy": "tabular", "parameters": {"tables": tables}, "table": "notes"}
    assert [one["name"] for one in parse_endless(asked).recipe.parameters["tables"]] == ["notes"]
    linked = {"name": "spare", "kind": "foreign_key", "table": "spares"}
    tables[0]["columns"] = [*columns, linked]
    kept = [one["name"] for one in parse_endless(asked).recipe.parameters["tables"]]
    assert kept == ["notes", "spares"]
