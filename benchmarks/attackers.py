"""Who attacks in `benchmarks.attacks`: every request of `tests/core/hostile.py`, and some that are none."""

from __future__ import annotations

import itertools
import multiprocessing
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Any

import httpx

from tests.core.hostile import IMPORTS, PREVIEWS
from tests.live.raw import head
from tests.stack.stack import Stack

PROMISED = frozenset({200, 201, 202, 400, 413, 422, 429, 503})

Attack = Callable[[httpx.Client], httpx.Response]


def attacks() -> dict[str, Attack]:
    """What is sent, by a name; each takes a client of the API."""
    found: dict[str, Attack] = {}
    for name, request in PREVIEWS.items():
        asked = {**request, "limit": 1_000}
        found[f"preview: {name}"] = lambda api, asked=asked: api.post("/preview", json=asked)
        found[f"job: {name}"] = lambda api, request=request: submit(api, request)
        found[f"stream: {name}"] = lambda api, request=request: api.post("/streams", json=request)
    for name, (form, content) in IMPORTS.items():
        body = {"format": form, "content": content}
        found[f"import: {name}"] = lambda api, body=body: api.post("/recipes/import", json=body)
    return found


def submit(api: httpx.Client, request: Mapping[str, Any]) -> httpx.Response:
    """Ask for a job, and don't want it any more: what it makes is no matter of the web process."""
    answer = api.post("/generate", json=request)
    if answer.status_code == 202:
        api.delete(f"/jobs/{answer.json()['data']['id']}")
    return answer


def strangers(port: int) -> None:
    """What is no request: a chunk of a negative size, and a body that never ends its only line."""
    for lines, body in (
        (("Transfer-Encoding: chunked",), b"-1\r\n"),
        (("Content-Length: 1000000",), b"[" * 1_000_000),
    ):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 30) as client:
            client.sendall(head("POST", "/api/v1/preview", "Content-Type: application/json", *lines) + body)
            client.recv(4096)


@dataclass
class Outcome:
    """Of attackers' requests, by what was sent."""

    statuses: Counter[int] = field(default_factory=Counter)
    unpromised: dict[str, int] = field(default_factory=dict)
    refused_after: dict[str, float] = field(default_factory=dict)
    """The longest time until a refusal by estimate."""
    accepted: list[tuple[float, str]] = field(default_factory=list)
    """What anybody may ask for, and since the beginning of the attack when that was."""

    def note(self, name: str, answer: httpx.Response, asked: float, seconds: float) -> None:
        self.statuses[answer.status_code] += 1
        if answer.is_success:
            self.accepted.append((asked, name))
        if answer.status_code not in PROMISED:
            self.unpromised[name] = answer.status_code
        if answer.status_code == 422 and "takes more than" not in answer.text:
            self.refused_after[name] = max(seconds, self.refused_after.get(name, 0.0))


def send_all(url: str, key: str, attackers: int, is_over: Callable[[], bool]) -> Outcome:
    """So many attackers send everything, each request once a round, until it is over: one round at least."""
    outcome, lock, todo = Outcome(), threading.Lock(), attacks()
    port = int(url.rpartition(":")[2].partition("/")[0])
    rounds = itertools.chain.from_iterable(list(todo.items()) for _ in itertools.count())
    left, start = len(todo), time.monotonic()

    def attack() -> None:
        nonlocal left
        with httpx.Client(base_url=f"{url}/api/v1", headers={"X-API-Key": key}, timeout=300) as api:
            while True:
                with lock:
                    if left <= 0 and is_over():
                        return
                    left -= 1
                    name, send = next(rounds)
                began = time.monotonic()
                answer = send(api)
                with lock:
                    outcome.note(name, answer, began - start, time.monotonic() - began)

    threads = [threading.Thread(target=attack) for _ in range(attackers)]
    for thread in threads:
        thread.start()
    strangers(port)
    for thread in threads:
        thread.join()
    return outcome


def key_of_their_own(stack: Stack) -> str:
    """Of a user's who isn't one of the clients."""
    answer = httpx.post(f"{stack.url}/api/v1/keys", headers=stack.headers, json={"name": "attackers"})
    return str(answer.json()["data"]["key"])


def send_again(
    url: str, key: str, users: int, accepted: Iterable[tuple[float, str]], is_over: Callable[[], bool]
) -> Outcome:
    """So many users send what was accepted of attackers, each at its time: what a server has to do anyhow."""
    outcome, lock, todo, start = Outcome(), threading.Lock(), attacks(), time.monotonic()
    left = iter(sorted(accepted))

    def use() -> None:
        with httpx.Client(base_url=f"{url}/api/v1", headers={"X-API-Key": key}, timeout=300) as api:
            while not is_over():
                with lock:
                    at, name = next(left, (0.0, ""))
                if not name:
                    return
                time.sleep(max(0.0, start + at - time.monotonic()))
                began = time.monotonic()
                answer = todo[name](api)
                with lock:
                    outcome.note(name, answer, began - start, time.monotonic() - began)

    threads = [threading.Thread(target=use) for _ in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def _attackers(
    pipe: Pipe, url: str, key: str, count: int, accepted: Sequence[tuple[float, str]] | None
) -> None:
    if accepted is None:
        pipe.send(send_all(url, key, count, pipe.poll))
    else:
        pipe.send(send_again(url, key, count, accepted, pipe.poll))


@contextmanager
def attacked(
    stack: Stack, attackers: int, accepted: Sequence[tuple[float, str]] | None = None
) -> Iterator[list[Outcome]]:
    """Meanwhile they are at it, in a process of their own; then the list holds what became of it.

    Where it is given what was `accepted` in another attack, that is sent again and nothing else.
    """
    found: list[Outcome] = []
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_attackers, args=(theirs, stack.url, key_of_their_own(stack), attackers, accepted), daemon=True
    )
    process.start()
    try:
        yield found
        ours.send("enough")
        found.append(ours.recv())
    finally:
        process.kill()
        process.join()
