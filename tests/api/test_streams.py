from __future__ import annotations

from typing import Any

import pytest

from synthmill.app.core.services import Services
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from tests.api.caller import Caller, fields
from tests.fakes import RecordingQueue
from tests.streams import let_pass

ORDERS = {"template": "retail", "table": "orders", "seed": 7}
TICKS = {"strategy": "market", "parameters": {"tickers": ["SYNTH", "TECH"], "start": "2024-02-01T00:00:00Z"}}
COLUMNS = [{"name": "id", "kind": "sequence"}, {"name": "city", "kind": "city"}]
OWN = {"strategy": "tabular", "parameters": {"tables": [{"name": "sightings", "columns": COLUMNS}]}}


def create(api: Caller, **body: Any) -> dict[str, Any]:
    answer = api.post("/streams", json={**ORDERS, **body})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/v1/streams/{answer.json['data']['id']}"
    stream: dict[str, Any] = answer.json["data"]
    return stream


def test_a_stream_says_what_it_is(api: Caller, queue: RecordingQueue) -> None:
    stream = create(api, events_per_second=40, max_events=1_000)
    assert (stream["state"], stream["strategy"], stream["template"]) == ("running", "tabular", "retail")
    assert (stream["table"], stream["seed"]) == ("orders", 7)
    assert (stream["events_per_second"], stream["max_events"], stream["rate"]) == (40, 1_000, 40.0)
    assert (stream["position"], stream["effective_seq"], stream["pattern"]) == (0, 1, None)
    assert [table["name"] for table in stream["recipe"]["parameters"]["tables"]] == ["customers", "orders"]
    assert api.get(f"/streams/{stream['id']}").json["data"]["recipe"] == stream["recipe"]
    assert vars(queue) == {"slots": [], "days": []}


def test_its_events_are_the_rows_of_a_dataset(api: Caller, services: Services) -> None:
    stream = create(api)
    let_pass(services, stream["id"], 4)
    events = api.get(f"/streams/{stream['id']}/events?after=2&limit=30").json["data"]
    assert [event["seq"] for event in events] == list(range(3, 33))
    preview = api.post("/preview", json={"template": "retail", "seed": 7, "table": "orders", "limit": 32})
    (table,) = preview.json["data"]["tables"]
    names = [column["name"] for column in table["columns"]]
    rows = [dict(zip(names, row, strict=True)) for row in table["rows"][2:]]
    assert [{name: event["data"].get(name) for name in names} for event in events] == rows
    assert {event["type"] for event in events} == {"orders"}
    assert {event["id"] for event in events} == {stream["id"]}


def test_ticks_of_a_market_come_by_time(api: Caller, services: Services) -> None:
    stream = api.post("/streams", json=TICKS).json["data"]
    let_pass(services, stream["id"], 2)
    events = [event["data"] for event in api.get(f"/streams/{stream['id']}/events?limit=15").json["data"]]
    assert [event["ticker"] for event in events] == (["SYNTH", "TECH"] * 8)[:15]
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)
    recipe = make_recipe("market", {**TICKS["parameters"], "end": "2024-02-01T00:00:01Z"}, stream["seed"])
    rows = make_rows(make_plan(recipe), "ticks", 0, 8).to_pylist()
    assert [f"{event['price']:.2f}" for event in events[::2]] == [str(row["price"]) for row in rows]


def test_a_table_of_ones_own_needs_no_number_of_rows(api: Caller, services: Services) -> None:
    answer = api.post("/streams", json=OWN)
    assert answer.json["data"]["table"] == "sightings"
    let_pass(services, answer.json["data"]["id"], 1)
    events = api.get(f"/streams/{answer.json['data']['id']}/events?limit=2").json["data"]
    assert [event["data"]["id"] for event in events] == [1, 2]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"template": "retail"}, "table"),
        ({"template": "retail", "table": "order_items"}, "table"),
        ({"template": "retail", "table": "ghosts"}, "table"),
        ({"strategy": "ghost"}, "strategy"),
        ({}, "template"),
        ({**ORDERS, "events_per_second": 0}, "events_per_second"),
        ({**ORDERS, "events_per_second": 10_001}, "events_per_second"),
        ({**ORDERS, "events_per_second": 1.5}, "events_per_second"),
        ({**ORDERS, "max_events": 0}, "max_events"),
        ({**ORDERS, "rows": 5}, "rows"),
        ({**ORDERS, "colour": "red"}, "colour"),
        ({**ORDERS, "seed": -1}, "seed"),
        ({"strategy": "market", "table": "bars"}, "table"),
        ({"strategy": "market", "parameters": {"table": "bars", "timeframe": "1d"}}, "parameters.timeframe"),
        ({"strategy": "tabular", "parameters": {"tables": [{"name": "a"}]}}, "parameters.tables[a].columns"),
    ],
)
def test_what_cannot_be_a_stream_is_refused_by_name(api: Caller, body: dict[str, Any], field: str) -> None:
    problem = api.refused(422, "POST", "/streams", json=body)
    assert fields(problem) == [field]
    assert api.get("/streams").json["data"] == []


def test_a_finite_table_is_refused_with_the_reason(api: Caller) -> None:
    problem = api.refused(422, "POST", "/streams", json={"template": "retail", "table": "order_items"})
    assert "children_of" in problem["errors"][0]["reason"]
    assert "orders" in problem["errors"][0]["fix"]


def test_pause_resume_and_stop_answer_with_the_number(api: Caller, services: Services) -> None:
    stream_id = create(api)["id"]
    paused = api.post(f"/streams/{stream_id}/pause").json["data"]
    assert paused["state"] == "paused"
    let_pass(services, stream_id, 60)
    assert api.get(f"/streams/{stream_id}").json["data"]["position"] == paused["effective_seq"] - 1
    resumed = api.post(f"/streams/{stream_id}/resume").json["data"]
    assert (resumed["state"], resumed["effective_seq"]) == ("running", paused["effective_seq"])
    let_pass(services, stream_id, 3)
    assert api.post(f"/streams/{stream_id}/stop").json["data"]["state"] == "stopped"
    api.refused(409, "POST", f"/streams/{stream_id}/resume")


def test_a_trigger_says_where_it_begins(api: Caller, services: Services) -> None:
    stream_id = create(api)["id"]
    reported = api.post(f"/streams/{stream_id}/trigger/custom:sale", json={"factor": 3, "seconds": 2})
    first = reported.json["data"]["effective_seq"]
    let_pass(services, stream_id, 6)
    events = api.get(f"/streams/{stream_id}/events?after={first - 2}&limit=62").json["data"]
    assert [event["pattern"] for event in events] == [None] + ["custom:sale"] * 60 + [None]


@pytest.mark.parametrize(
    ("pattern", "body", "field"),
    [
        ("fraud", {}, "pattern"),
        ("year_end", {"factor": 0}, "factor"),
        ("year_end", {"seconds": 3_601}, "seconds"),
        ("year_end", {"colour": 1}, "colour"),
    ],
)
def test_a_trigger_that_cannot_be_is_refused(
    api: Caller, pattern: str, body: dict[str, Any], field: str
) -> None:
    stream_id = create(api)["id"]
    problem = api.refused(422, "POST", f"/streams/{stream_id}/trigger/{pattern}", json=body)
    assert fields(problem) == [field]


def test_streams_are_listed_page_by_page_and_are_their_workspaces_own(api: Caller, other: Caller) -> None:
    ids = [create(api)["id"] for _ in range(3)]
    first = api.get("/streams?limit=2")
    assert [one["id"] for one in first.json["data"]] == ids[:0:-1]
    rest = api.get(f"/streams?after={first.json['metadata']['next']}")
    assert [one["id"] for one in rest.json["data"]] == ids[:1]
    assert "recipe" not in rest.json["data"][0]
    assert other.get("/streams").json["data"] == []
    for method, path in [
        ("GET", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/stop"),
        ("POST", "/trigger/uniform"), ("GET", "/events"),
    ]:  # fmt: skip
        other.refused(404, method, f"/streams/{ids[0]}{path}")


def test_a_deleted_stream_is_gone(api: Caller) -> None:
    stream_id = create(api)["id"]
    assert api.delete(f"/streams/{stream_id}").status_code == 204
    api.refused(404, "GET", f"/streams/{stream_id}")


def test_server_sent_events_end_with_the_stream(api: Caller) -> None:
    stream_id = create(api, events_per_second=100, max_events=30)["id"]
    accept = {"Accept": "text/event-stream"}
    reported = api.get(f"/streams/{stream_id}/events?after=5", headers=accept)
    numbers = [line.removeprefix("id: ") for line in reported.text.splitlines() if line.startswith("id: ")]
    assert numbers == [str(number) for number in range(6, 31)]
    over = api.get(f"/streams/{stream_id}/events", headers={**accept, "Last-Event-ID": "30"})
    assert over.status_code == 204
