from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import REQUEST, Caller, fields
from tests.api.world import shared_world as world

__all__ = ["world"]
from tests.fakes import RecordingQueue


def test_preview_shows_ten_rows_of_every_table_at_once(api: Caller, queue: RecordingQueue) -> None:
    answer = api.post("/preview", json=REQUEST)
    assert answer.status_code == 200
    preview = answer.json["data"]
    assert preview["seed"] == 7
    assert {table["name"] for table in preview["tables"]} == {
        "customers",
        "products",
        "orders",
        "order_items",
    }
    for table in preview["tables"]:
        assert len(table["rows"]) == min(10, table["rows_total"])
        assert all(len(row) == len(table["columns"]) for row in table["rows"])
        assert all(set(column) == {"name", "type", "kind", "nullable"} for column in table["columns"])
    assert queue.slots == []
    assert api.get("/jobs").json["data"] == []


def test_preview_is_the_first_rows_of_the_dataset(
    submit: Callable[..., dict[str, Any]], work: Callable[[], None], api: Caller
) -> None:
    job = submit(format="jsonl")
    work()
    for table in api.post("/preview", json={**REQUEST, "limit": 25}).json["data"]["tables"]:
        lines = api.get(f"/downloads/{job['id']}/{table['name']}.jsonl").text.splitlines()
        first = [list(json.loads(line).values()) for line in lines[:25]]
        assert table["rows"] == first


def test_preview_has_the_columns_of_the_csv_file(api: Caller, completed: dict[str, Any]) -> None:
    for table in api.post("/preview", json=REQUEST).json["data"]["tables"]:
        text = api.get(f"/downloads/{completed['id']}/{table['name']}.csv").text
        header = next(csv.reader(io.StringIO(text)))
        assert [column["name"] for column in table["columns"]] == header


def test_a_drawn_seed_is_given_back_and_shows_the_same_again(api: Caller) -> None:
    request = {"template": "retail", "rows": 400}
    first = api.post("/preview", json=request).json["data"]
    again = api.post("/preview", json={**request, "seed": first["seed"]}).json["data"]
    assert first == again


def test_limit_and_table_say_what_to_show(api: Caller) -> None:
    preview = api.post("/preview", json={**REQUEST, "limit": 3, "table": "orders"}).json["data"]
    assert [(table["name"], len(table["rows"])) for table in preview["tables"]] == [("orders", 3)]


def test_the_body_of_generate_serves_as_it_is(api: Caller) -> None:
    request = {
        **REQUEST,
        "format": "parquet",
        "compression": "zstd",
        "part_rows": 10,
        "dataset": "d",
        "max_parallel": 1,
    }
    assert api.post("/preview", json=request).status_code == 200


@pytest.mark.parametrize("limit", [0, 1001, -1, "10", 1.5, None])
def test_a_limit_outside_1_to_1000_is_refused(api: Caller, limit: object) -> None:
    assert fields(api.refused(422, "POST", "/preview", json={**REQUEST, "limit": limit})) == ["limit"]


def test_an_unknown_table_is_refused(api: Caller) -> None:
    problem = api.refused(422, "POST", "/preview", json={**REQUEST, "table": "ghosts"})
    assert fields(problem) == ["table"]
    assert problem["type"] == "urn:synthmill:problem:invalid-request"
    assert "orders" in problem["errors"][0]["fix"]


def test_an_unknown_field_is_refused(api: Caller) -> None:
    problem = api.refused(422, "POST", "/preview", json={**REQUEST, "colour": 1})
    assert fields(problem) == ["colour"]
    known = problem["errors"][0]["fix"].removeprefix("known: ").split(", ")
    assert {"template", "rows", "dataset", "max_parallel", "limit", "table"} <= set(known)


def test_more_values_than_a_preview_may_have_are_refused(api: Caller) -> None:
    columns = [{"name": f"c{n}", "kind": "sequence"} for n in range(900)]
    tables = [{"name": f"t{n}", "rows": 1000, "columns": columns} for n in range(3)]
    request = {"strategy": "tabular", "parameters": {"tables": tables}, "limit": 1000}
    problem = api.refused(422, "POST", "/preview", json=request)
    assert problem["type"] == "urn:synthmill:problem:limit-exceeded"
    assert fields(problem) == ["limit"]


def test_preview_of_some_columns_of_a_table_has_no_others(api: Caller) -> None:
    def shown(**wanted: Any) -> dict[str, Any]:
        (table,) = api.post("/preview", json={**REQUEST, "table": "orders", **wanted}).json["data"]["tables"]
        return dict(table)

    whole = shown()
    names = [column["name"] for column in whole["columns"]]
    chosen = shown(columns=[names[2], names[0]])
    assert chosen["columns"] == [whole["columns"][2], whole["columns"][0]]
    assert chosen["rows"] == [[row[2], row[0]] for row in whole["rows"]]


def test_columns_that_are_not_there_are_refused_by_name(api: Caller) -> None:
    for wanted in ({"table": "orders", "columns": ["idd"]}, {"columns": ["id"]}):
        answer = api.post("/preview", json={**REQUEST, **wanted})
        assert answer.status_code == 422
        assert fields(answer.json) == ["columns"]
