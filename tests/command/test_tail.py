from __future__ import annotations

import json

from synthmill.client.client import Client
from tests.client.test_streams import ORDERS
from tests.command.conftest import Run


def test_events_are_lines_of_json_until_the_stream_ends(run_there: Run, client: Client) -> None:
    stream = client.streams.create(**ORDERS, events_per_second=100, max_events=30)
    ran = run_there("tail", stream["id"], "--after", 0)
    events = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 0
    assert [event["seq"] for event in events] == list(range(1, 31))
    assert set(events[0]) == {"id", "seq", "type", "timestamp", "pattern", "data"}


def test_rows_alone_and_so_many_of_them(run_there: Run, client: Client) -> None:
    stream = client.streams.create(**ORDERS, events_per_second=100)
    ran = run_there("tail", stream["id"], "--after", 4, "--count", 2, "--rows")
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == [5, 6]


def test_without_a_stream_it_is_the_default_one(run_there: Run, client: Client) -> None:
    ran = run_there("tail")
    assert (ran.code, len(ran.err.splitlines())) == (4, 1)
    client._http.request("POST", "/stream/start", json={**ORDERS, "events_per_second": 200})
    ran = run_there("tail", "--count", 3)
    seqs = [json.loads(line)["seq"] for line in ran.out.splitlines()]
    assert seqs == list(range(seqs[0], seqs[0] + 3))
