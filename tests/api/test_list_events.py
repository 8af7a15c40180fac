from __future__ import annotations

from typing import Any

import pytest

from tests.api.caller import Caller, fields


def test_events_are_numbered_from_1_and_end_with_the_terminal_one(
    api: Caller, completed: dict[str, Any]
) -> None:
    events = api.get(f"/jobs/{completed['id']}/events").json["data"]
    assert [event["seq"] for event in events] == list(range(1, completed["last_seq"] + 1))
    assert [event["type"] for event in events][:2] == ["init", "start"]
    assert events[-1]["type"] == "complete"
    for event in events:
        assert set(event) == {"id", "seq", "type", "timestamp", "data"}
        assert event["id"] == completed["id"]


def test_after_and_limit_say_which(api: Caller, completed: dict[str, Any]) -> None:
    path = f"/jobs/{completed['id']}/events"
    assert [event["seq"] for event in api.get(f"{path}?after=1&limit=1").json["data"]] == [2]
    assert api.get(f"{path}?after={completed['last_seq']}").json["data"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("after=-1", "after"),
        ("after=x", "after"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("since=1", "since"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(
    api: Caller, completed: dict[str, Any], query: str, field: str
) -> None:
    assert fields(api.refused(422, "GET", f"/jobs/{completed['id']}/events?{query}")) == [field]


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_events_of_a_job_that_is_not_there_are_404(api: Caller, accept: str) -> None:
    api.refused(404, "GET", "/jobs/job_nothing/events", headers={"Accept": accept})
