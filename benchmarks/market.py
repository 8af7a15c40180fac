"""The market over HTTP: how soon it answers, and whether others notice.

    python -m benchmarks.market

Starts a private stack (SQLite, folder) and prints what it saw: quotes; 30 days of daily bars, cold (no day is
kept) and again; other requests while a cold window is computed; 5,000 events a second on a WebSocket.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import websocket

from benchmarks.service import cpu_seconds
from tests.stack.stack import Stack, running_stack

QUOTES = 200
EVENTS = 50_000
GOALS = {"quote": 0.010, "cold": 3.0, "warm": 0.050}


def timed(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def reported(name: str, seconds: list[float], goal: str = "") -> None:
    ordered = sorted(seconds)
    high = ordered[int(0.95 * (len(ordered) - 1))]
    goal = f" (goal: under {1_000 * GOALS[goal]:.0f} ms)" if goal else ""
    print(f"{name}: median {1_000 * statistics.median(ordered):.1f} ms, 95 % {1_000 * high:.1f} ms{goal}")


def bars(http: httpx.Client, ticker: str) -> Callable[[], None]:
    start = (datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def ask() -> None:
        query = {"timeframe": "1d", "start": start}
        answer = http.get(f"/bars/{ticker}", params=query, headers={"Prefer": "wait=60"})
        assert answer.status_code == 200, answer.text

    return ask


@contextmanager
def others(http: httpx.Client, into: list[float]) -> Iterator[None]:
    """Somebody else's requests meanwhile."""
    done = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=http.base_url, headers=http.headers) as own:
            while not done.wait(0.01):
                into.append(timed(lambda: own.get("/jobs").raise_for_status()))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        done.set()
        asking.join()


def measure(http: httpx.Client) -> None:
    http.get("/quote/SYNTH").raise_for_status()
    reported(
        "a quote",
        [timed(lambda: http.get("/quote/SYNTH").raise_for_status()) for _ in range(QUOTES)],
        "quote",
    )
    idle: list[float] = []
    with others(http, idle):
        time.sleep(3)
    reported("another request, nothing else going on", idle)
    busy: list[float] = []
    cold = []
    with others(http, busy):
        for ticker in ("SYNTH", "TECH", "FINANCE"):
            cold.append(timed(bars(http, ticker)))
    reported("30 days of 1d bars, cold", cold, "cold")
    reported("another request meanwhile", busy)
    reported("30 days of 1d bars, warm", [timed(bars(http, "SYNTH")) for _ in range(20)], "warm")


def web_cpu(stack: Stack) -> float:
    """Of the process that serves: gunicorn's child."""
    return sum(
        cpu_seconds(child.pid) for pid in stack.pids("web") for child in psutil.Process(pid).children()
    )


def watched(http: httpx.Client, stack: Stack, rate: int, events: int) -> websocket.WebSocket:
    """A new stream's WebSocket."""
    body = {"template": "retail", "table": "orders", "events_per_second": rate, "max_events": events}
    stream_id = http.post("/streams", json=body).json()["data"]["id"]
    address = f"ws{stack.connection['url'].removeprefix('http')}/ws/streams/{stream_id}"
    headers = {"X-API-Key": stack.connection["api_key"]}
    return websocket.create_connection(address, header=headers, suppress_origin=True)


def rate(http: httpx.Client, stack: Stack, events_per_second: int) -> None:
    """How far off the rate is at which events reach a reader, over ten seconds."""
    events = 10 * events_per_second
    socket = watched(http, stack, events_per_second, events)
    arrived = []
    for _ in range(events):
        socket.recv()
        arrived.append(time.monotonic())
    socket.close()
    seen = (events - 1) / (arrived[-1] - arrived[0])
    print(
        f"{events_per_second:,} events a second arrived at {seen:,.2f}: {seen / events_per_second - 1:+.2%}"
    )


def stream(http: httpx.Client, stack: Stack) -> None:
    before = web_cpu(stack)
    socket = watched(http, stack, 5_000, EVENTS)
    late = []
    for number in range(1, EVENTS + 1):
        event = json.loads(socket.recv())
        assert event["seq"] == number
        late.append(time.time() - datetime.fromisoformat(event["timestamp"]).timestamp())
    socket.close()
    used = web_cpu(stack) - before
    reported(f"{EVENTS:,} events of a stream at 5,000 a second, from their moment to the reader", late)
    print(f"the web process used {1e6 * used / EVENTS:.0f} us of CPU an event")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stack(Path(folder) / "data", "folder+sqlite") as stack,
    ):
        connection = stack.connection
        address, headers = f"{connection['url']}/api/v1", {"X-API-Key": connection["api_key"]}
        with httpx.Client(base_url=address, headers=headers, timeout=120) as http:
            measure(http)
            for events_per_second in (1, 10, 100, 1_000, 5_000):
                rate(http, stack, events_per_second)
            stream(http, stack)


if __name__ == "__main__":
    main()
