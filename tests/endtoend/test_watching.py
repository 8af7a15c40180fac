"""Watchers over real sockets see every numbered event exactly once."""

from __future__ import annotations

import json

import pytest
import websocket

from synthmill.client.client import Client
from tests.stack.stack import Stack

TERMINAL = {"complete", "error", "shutdown"}


@pytest.mark.slow
def test_a_watcher_that_reconnects_ten_times_misses_and_repeats_nothing(stack: Stack, client: Client) -> None:
    job = client.submit(template="retail", rows=1_500_000, seed=11, part_rows=65_536)
    seen: list[int] = []
    last = ""
    for connection in range(11):
        address = f"{stack.url.replace('http', 'ws', 1)}/ws/jobs/{job.id}?after={seen[-1] if seen else 0}"
        socket = websocket.create_connection(address, timeout=60, header=[f"X-API-Key: {stack.api_key}"])
        numbered = 0
        while last not in TERMINAL and (numbered < 1 or connection == 10):
            event = json.loads(socket.recv())
            assert set(event) == {"id", "seq", "type", "timestamp", "data"}
            assert event["id"] == job.id
            if event["seq"] is not None:
                seen.append(event["seq"])
                last = event["type"]
                numbered += 1
            elif event["type"] == "progress":
                assert set(event["data"]) == {"current", "total", "rate", "percentage", "eta"}
        socket.close()
    assert seen == list(range(1, len(seen) + 1))
    assert last == "complete"
    assert job.refresh().view["last_seq"] == seen[-1]
