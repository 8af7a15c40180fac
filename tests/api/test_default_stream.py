"""The words of the page that stream control comes from."""

from __future__ import annotations

from synthmill.app.core.services import Services
from tests.api.caller import Caller, fields
from tests.streams import let_pass


def test_it_is_started_paused_resumed_triggered_and_stopped_without_an_id(
    api: Caller, services: Services
) -> None:
    started = api.post("/stream/start")
    assert started.status_code == 201
    stream = started.json["data"]
    assert (stream["template"], stream["table"], stream["state"]) == ("retail", "orders", "running")
    assert api.post("/stream/pause").json["data"]["state"] == "paused"
    assert api.post("/stream/resume").json["data"]["state"] == "running"
    triggered = api.post("/stream/trigger/month_end").json["data"]
    let_pass(services, stream["id"], 5)
    now = api.get(f"/streams/{stream['id']}").json["data"]
    assert (now["pattern"], now["rate"], now["position"] >= triggered["effective_seq"]) == (
        "month_end", 25.0, True,
    )  # fmt: skip
    assert api.post("/stream/stop").json["data"]["state"] == "stopped"


def test_its_start_takes_what_streams_take(api: Caller) -> None:
    body = {"strategy": "market", "events_per_second": 100, "max_events": 5}
    stream = api.post("/stream/start", json=body).json["data"]
    assert (stream["table"], stream["events_per_second"], stream["max_events"]) == ("ticks", 100, 5)


def test_of_the_usual_data_only_what_differs_needs_to_be_said(api: Caller) -> None:
    stream = api.post("/stream/start", json={"table": "customers", "seed": 3}).json["data"]
    assert (stream["template"], stream["table"], stream["seed"]) == ("retail", "customers", 3)
    assert fields(api.refused(422, "POST", "/stream/start", json={"inject_anomalies": True})) == [
        "inject_anomalies"
    ]


def test_there_is_one_at_a_time(api: Caller, other: Caller) -> None:
    api.post("/stream/start")
    assert "running" in api.refused(409, "POST", "/stream/start")["detail"]
    assert other.post("/stream/start").status_code == 201
    api.post("/stream/stop")
    assert api.post("/stream/start").status_code == 201


def test_before_it_was_started_there_is_none(api: Caller) -> None:
    for verb in ("pause", "resume", "stop", "trigger/month_end"):
        api.refused(404, "POST", f"/stream/{verb}")
