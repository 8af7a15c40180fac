from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller, fields

STREAM = {"Accept": "text/event-stream"}


def frames(text: str) -> list[dict[str, str]]:
    """The frames of a stream that have data, each as its fields."""
    found = [
        dict(line.split(": ", 1) for line in frame.split("\n") if not line.startswith(":"))
        for frame in text.strip().split("\n\n")
    ]
    return [frame for frame in found if "data" in frame]


def test_a_finished_job_is_told_from_its_first_event_to_its_last(
    api: Caller, completed: dict[str, Any]
) -> None:
    answer = api.get(f"/jobs/{completed['id']}/events", headers=STREAM)
    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    stored = api.get(f"/jobs/{completed['id']}/events").json["data"]
    reported = frames(answer.text)
    assert [json.loads(frame["data"]) for frame in reported] == stored
    assert [int(frame["id"]) for frame in reported] == [event["seq"] for event in stored]
    assert [frame["event"] for frame in reported] == [event["type"] for event in stored]
    assert answer.text.startswith("retry: ")


def test_a_live_job_is_told_as_it_goes(
    api: Caller, submit: Callable[..., dict[str, Any]], work: Callable[[], None]
) -> None:
    job = submit()["id"]

    chunks = api.get(f"/jobs/{job}/events", headers=STREAM).iter_encoded()
    before = next(chunk for chunk in chunks if b"event: init" in chunk)
    work()
    reported = frames((before + b"".join(chunks)).decode())
    numbered = [int(frame["id"]) for frame in reported if "id" in frame]
    assert numbered == list(range(1, len(numbered) + 1))
    assert reported[-1]["event"] == "complete"


def test_a_reconnecting_browser_goes_on_where_it_was(api: Caller, completed: dict[str, Any]) -> None:
    headers = {**STREAM, "Last-Event-ID": "2"}
    reported = frames(api.get(f"/jobs/{completed['id']}/events?after=0", headers=headers).text)
    assert int(reported[0]["id"]) == 3


def test_a_browser_that_has_seen_the_end_is_told_not_to_come_back(
    api: Caller, completed: dict[str, Any]
) -> None:
    headers = {**STREAM, "Last-Event-ID": str(completed["last_seq"])}
    answer = api.get(f"/jobs/{completed['id']}/events", headers=headers)
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("seen", ["x", "-1", "1.5", "9" * 30, "٣"])
def test_a_last_event_id_that_is_no_number_is_refused(
    api: Caller, completed: dict[str, Any], seen: str
) -> None:
    headers = {**STREAM, "Last-Event-ID": seen.encode().decode("latin-1")}
    assert fields(api.refused(422, "GET", f"/jobs/{completed['id']}/events", headers=headers)) == [
        "Last-Event-ID"
    ]


@pytest.mark.parametrize("accept", ["*/*", "application/json, text/event-stream;q=0.5", "text/html"])
def test_a_list_is_answered_unless_a_stream_is_wanted_more(
    api: Caller, completed: dict[str, Any], accept: str
) -> None:
    answer = api.get(f"/jobs/{completed['id']}/events", headers={"Accept": accept})
    assert answer.mimetype == "application/json"
