"""Slow clients by the thousand beside those who work.

    python -m benchmarks.slow_clients [all|nobody|heads|bodies|unread] [--clients 2000] [--seconds 20]

    nobody   the same without an attack
    heads    clients that send a byte of a request's head every five seconds
    bodies   the same with a body
    unread   clients that ask three times for a stranger's largest answer, and read nothing
    all      one after the other, and then all three kinds at once

Whoever is given up comes back at once; they come from 16 addresses. It starts a private stack (SQLite,
folder, a worker) and prints: how soon `/health` answers on new connections, how long a job takes, what a
WebSocket heard of 20 events a second, what was dropped, and CPU and memory of the web process. It needs an
open-file limit of three times the clients, and two idle cores: clients, workers and this program are on the
same machine.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import select
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.market import watched, web_cpu
from tests.live.raw import head
from tests.stack.stack import Stack, running_stack

ATTACKS = {
    "nobody": b"",
    "heads": b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "bodies": head("POST", "/api/v1/preview", "Content-Type: application/json", "Content-Length: 9000"),
    "unread": 3 * head("GET", "/api/v1/docs/assets/swagger-ui-bundle.js"),
}
ADDRESSES = 16
DRIP_SECONDS = 5
EVENTS_A_SECOND = 20
JOB = {"template": "retail", "rows": 20_000, "seed": 7}


class Crowd:
    """Slow clients of one kind or more, each replaced when it is given up."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._poll = select.epoll()
        self._clients: dict[int, tuple[socket.socket, str]] = {}
        self.renewed = 0

    def come(self, kind: str, number: int) -> None:
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.bind((f"127.0.9.{number % ADDRESSES + 1}", 0))
        client.settimeout(30)
        client.connect(("127.0.0.1", self._port))
        client.setblocking(False)
        client.send(ATTACKS[kind])
        self._clients[client.fileno()] = client, kind
        self._poll.register(client, select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR)

    def drip(self) -> None:
        for client, kind in list(self._clients.values()):
            if kind != "unread":
                with suppress(OSError):
                    client.send(b"x")

    def renew(self, seconds: float) -> None:
        """Replace those that are given up within these seconds."""
        for descriptor, _ in self._poll.poll(seconds):
            client, kind = self._clients.pop(descriptor)
            self._poll.unregister(descriptor)
            client.close()
            self.renewed += 1
            with suppress(OSError):
                self.come(kind, self.renewed)

    def __len__(self) -> int:
        return len(self._clients)


def attack(pipe: Pipe, port: int, kinds: list[str], clients: int) -> None:
    """The attackers' process: come, say so, be slow until asked to end."""
    crowd = Crowd(port)
    for kind in kinds:
        for number in range(clients):
            crowd.come(kind, number)
            crowd.renew(0)
    pipe.send("here")
    dripped = time.monotonic()
    while not pipe.poll():
        crowd.renew(0.05)
        if time.monotonic() - dripped > DRIP_SECONDS:
            dripped = time.monotonic()
            crowd.drip()
    pipe.send((len(crowd), crowd.renewed))


@contextmanager
def attacked(port: int, kinds: list[str], clients: int) -> Iterator[list[Any]]:
    """Meanwhile they are there; then the list holds how many there were, and how many had been given up."""
    reported: list[Any] = []
    ours, theirs = multiprocessing.Pipe()
    crowd = multiprocessing.get_context("spawn").Process(
        target=attack, args=(theirs, port, kinds, clients), daemon=True
    )
    crowd.start()
    assert ours.poll(300)
    ours.recv()
    try:
        yield reported
    finally:
        ours.send("enough")
        if ours.poll(60):
            reported += ours.recv()
        crowd.kill()
        crowd.join()


def ask(port: int, seconds: float) -> list[float]:
    """How long `/health` took, each time on a new connection of an address that nobody else has."""
    took = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        with socket.create_connection(("127.0.0.1", port), 30) as client:
            client.sendall(head("GET", "/health", "Connection: close"))
            assert client.recv(4096).startswith(b"HTTP/1.1 200 ")
        took.append(time.perf_counter() - began)
        time.sleep(0.01)
    return sorted(took)


class Listener:
    """Counts what a WebSocket hears, and how long it was silent at most."""

    def __init__(self, http: httpx.Client, stack: Stack) -> None:
        self._socket = watched(http, stack, EVENTS_A_SECOND, 1_000_000)
        self.heard, self.silence, self._last = 0, 0.0, time.monotonic()
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        with suppress(Exception):
            while json.loads(self._socket.recv()):
                now = time.monotonic()
                self.silence, self._last = max(self.silence, now - self._last), now
                self.heard += 1

    def begin(self) -> None:
        self.heard, self.silence = 0, 0.0


def job_seconds(http: httpx.Client) -> float:
    """How long a job takes from its request to its end."""
    began = time.monotonic()
    answer = http.post("/generate", json=JOB, headers={"Prefer": "wait=60"}, timeout=90)
    while answer.json()["data"]["state"] not in ("completed", "failed"):
        time.sleep(0.1)
        answer = http.get(f"/jobs/{answer.json()['data']['id']}")
    assert answer.json()["data"]["state"] == "completed", answer.text
    return time.monotonic() - began


def serving(stack: Stack) -> psutil.Process:
    (process,) = [child for pid in stack.pids("web") for child in psutil.Process(pid).children()]
    return process


def counted(http: httpx.Client, name: str) -> dict[str, float]:
    lines = http.get("/metrics").text.splitlines()
    found = (line.rpartition(" ") for line in lines if line.startswith(f"{name}{{"))
    return {label.partition('"')[2].rstrip('"}'): float(value) for label, _, value in found if float(value)}


def measure(
    name: str, http: httpx.Client, stack: Stack, listener: Listener, clients: int, seconds: float
) -> None:
    kinds = [kind for kind in ATTACKS if kind != "nobody"] if name == "all kinds" else [name]
    port = int(stack.url.rpartition(":")[2])
    cpu, began = web_cpu(stack), time.monotonic()
    dropped = counted(http, "synthmill_connections_dropped_total")
    with attacked(port, [] if name == "nobody" else kinds, clients) as crowd:
        listener.begin()
        jobs: list[float] = []
        working = threading.Thread(target=lambda: jobs.append(job_seconds(http)))
        working.start()
        took = ask(port, seconds)
        states = counted(http, "synthmill_connections")
        heard, silence = listener.heard, listener.silence
        working.join()
        memory = serving(stack).memory_info().rss
    cpu, lasted = web_cpu(stack) - cpu, time.monotonic() - began
    p50, p99, worst = (1_000 * took[int(share * (len(took) - 1))] for share in (0.5, 0.99, 1))
    now = counted(http, "synthmill_connections_dropped_total")
    given_up = {
        why: int(count - dropped.get(why, 0)) for why, count in now.items() if count > dropped.get(why, 0)
    }
    print(f"{name}: {crowd[0]:,} slow clients there, {crowd[1]:,} given up and come back")
    print(f"  /health        p50 {p50:.1f} ms, p99 {p99:.0f} ms, worst {worst:.0f} ms of {len(took):,}")
    print(f"  a job          {', '.join(f'{one:.1f} s' for one in jobs) or 'did not complete'}")
    print(f"  WebSocket      {heard / seconds:.1f} of {EVENTS_A_SECOND} events a second,", end=" ")
    print(f"silent for {silence:.2f} s at most")
    print(f"  connections    {', '.join(f'{count:,.0f} {state}' for state, count in states.items())}")
    print(f"  dropped        {', '.join(f'{count:,} {why}' for why, count in given_up.items()) or 'none'}")
    print(f"  web process    {cpu / lasted:.0%} of a core, {memory / 2**20:.0f} MiB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="?", default="all", choices=["all", *ATTACKS])
    parser.add_argument("--clients", type=int, default=2_000, help="of each kind")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement")
    given = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "data", workers=1) as stack:
        http = httpx.Client(base_url=f"{stack.url}/api/v1", headers={"X-API-Key": stack.api_key}, timeout=60)
        listener = Listener(http, stack)
        job_seconds(http)  # What is needed once is loaded.
        for name in [*ATTACKS, "all kinds"] if given.what == "all" else [given.what]:
            measure(name, http, stack, listener, given.clients, given.seconds)


if __name__ == "__main__":
    main()
