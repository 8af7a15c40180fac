"""Requests that ask for more than a server has, beside those who work.

    python -m benchmarks.attacks [--clients 50] [--attackers 4] [--think 2] [--seconds 60] [--idle]

It starts a private stack (SQLite, folder, a worker). So many clients look at jobs and templates, and preview
a few rows; first alone, then while attackers send every request of `tests/core/hostile.py` over and over: as
a preview, as a job, as a stream, as an import; and some that are no requests at all; then while what was
accepted of the attackers is sent once more and nothing else, as anybody may: what a server's cores have to do
for it is no matter of the attack. It prints the clients' p95 each time, what became of the attackers'
requests, how far a confined process grew, and how far the web process. It ends with 1 where

- an answer is none that was promised (200, 201, 202 and 4xx, or 503 where all processes are busy),
- a confined process grew by more than 200 MB, or the web process by more than 20 MB after its warm-up,
- and with --idle, on a machine that has nothing else to do: the clients' p95 was more than twice what it is
  without the attack, one of them was answered 503, or a refusal by estimate took more than a second.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.attackers import Outcome, attacked, submit
from benchmarks.slow_clients import serving
from tests.stack.stack import Stack, running_stack

MIB = 2**20
MOST_GROWTH = 200 * 10**6
"""Of a confined process."""
MOST_WEB_GROWTH = 20 * 10**6
MOST_RATIO, MOST_SECONDS = 2.0, 1.0
PLAIN = {"template": "retail", "rows": 400, "seed": 7, "limit": 10}
_LOOK_SECONDS = 0.05
_AT_ONCE, _LARGE_REQUESTS = 4, 12
"""Of the warm-up: each thread of the web process has a heap of its own, and each connection a page cache."""


class Clients:
    """Who works: each asks, thinks, asks."""

    def __init__(self, stack: Stack, count: int, think_seconds: float = 0.5) -> None:
        self._think_seconds = think_seconds
        self.took: dict[str, list[float]] = {}
        """Seconds, by what was asked for."""
        self.failed: Counter[int] = Counter()
        self._stack, self._count = stack, count
        self._stop = threading.Event()

    def _work(self, number: int) -> None:
        asks: list[tuple[str, str, dict[str, Any]]] = [
            ("GET", "/jobs", {"params": {"limit": 10}}),
            ("GET", "/templates/retail", {}),
            ("GET", "/uploads", {}),
            ("POST", "/preview", {"json": {**PLAIN, "seed": number}}),
        ]
        headers = self._stack.headers
        with httpx.Client(base_url=f"{self._stack.url}/api/v1", headers=headers, timeout=300) as api:
            for method, path, given in itertools.cycle(asks):
                # They don't come in step.
                if self._stop.wait(self._think_seconds * (0.5 + number % 10 / 10)):
                    return
                began = time.monotonic()
                answer = api.request(method, path, **given)
                self.took.setdefault(f"{method} {path}", []).append(time.monotonic() - began)
                if answer.status_code != 200:
                    self.failed[answer.status_code] += 1

    @contextmanager
    def working(self) -> Iterator[None]:
        self.took.clear()
        self._stop.clear()
        threads = [threading.Thread(target=self._work, args=(number,)) for number in range(self._count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    @property
    def p95(self) -> float:
        return _quantile([one for found in self.took.values() for one in found], 0.95)

    def report(self, label: str) -> None:
        """Print how long answers took: of all, and by what was asked for."""
        asked = sum(map(len, self.took.values()))
        print(f"{label}: p95 {1_000 * self.p95:.0f} ms of {asked:,} requests")
        for name, found in sorted(self.took.items()):
            p50, p95 = (1_000 * _quantile(found, share) for share in (0.5, 0.95))
            print(f"  {name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


def _quantile(seconds: list[float], share: float) -> float:
    return sorted(seconds)[int(share * (len(seconds) - 1))] if seconds else 0.0


class Watch:
    """How far confined processes grow beyond what they share with the process that they are forked from."""

    def __init__(self, web: psutil.Process) -> None:
        self.most = 0
        self._web = web
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            for server in self._web.children():
                shared = anonymous_bytes(server.pid)
                with suppress(psutil.NoSuchProcess):
                    for child in server.children():
                        self.most = max(self.most, anonymous_bytes(child.pid) - shared)


def anonymous_bytes(pid: int) -> int:
    """Resident memory of a process that is no file's; 0 where it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


def warm_up(stack: Stack) -> None:
    """What is needed once is loaded, and the web process has its size for the largest requests there are."""
    words = [f"word {number}" for number in range(80)]
    columns = [{"name": f"c{at}", "kind": "categorical", "values": words} for at in range(900)]
    tables = [{"name": "t", "rows": 10, "columns": columns}]
    large = {"strategy": "tabular", "parameters": {"tables": tables}}
    with httpx.Client(base_url=f"{stack.url}/api/v1", headers=stack.headers, timeout=300) as api:
        stream = api.post("/streams", json={"template": "retail", "table": "orders"}).json()["data"]["id"]
        assert api.get(f"/streams/{stream}/events").status_code == 200

    def ask(_: int) -> None:
        with httpx.Client(base_url=f"{stack.url}/api/v1", headers=stack.headers, timeout=300) as api:
            for _ in range(_LARGE_REQUESTS):
                api.post("/streams", json=large)
                api.post("/preview", json=large)
                submit(api, large)

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        list(threads.map(ask, range(_AT_ONCE)))
    clients = Clients(stack, 64)
    with clients.working():
        time.sleep(5)


def report(outcome: Outcome, failed: Counter[int], grown: int, web_grown: int) -> list[str]:
    """Print what became of it; the promises that were broken, whatever else the machine does."""
    print(
        f"attacks: {', '.join(f'{count:,} x {status}' for status, count in sorted(outcome.statuses.items()))}"
    )
    for name, seconds in sorted(outcome.refused_after.items(), key=lambda one: -one[1])[:5]:
        print(f"  refused by estimate after {seconds:.2f} s: {name}")
    print(f"a confined process grew by {grown / 1e6:.0f} MB, the web process by {web_grown / 1e6:.1f} MB")
    broken = [f"{name} was answered {status}" for name, status in outcome.unpromised.items()]
    if failed.keys() - {503}:
        broken.append(f"clients were answered {dict(failed)}")
    if grown > MOST_GROWTH:
        broken.append("a confined process grew too far")
    if web_grown > MOST_WEB_GROWTH:
        broken.append("the web process grew too far")
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--attackers", type=int, default=4)
    parser.add_argument("--think", type=float, default=2.0, help="seconds between a client's requests")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each measurement")
    parser.add_argument("--idle", action="store_true", help="nothing else runs here: judge times too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "data", workers=1) as stack:
        warm_up(stack)
        web = serving(stack)
        before = web.memory_info().rss
        clients = Clients(stack, given.clients, given.think)
        with clients.working():
            time.sleep(given.seconds)
        alone = clients.p95
        clients.report(f"{given.clients} clients alone")
        with Watch(web) as watch, clients.working(), attacked(stack, given.attackers) as found:
            time.sleep(given.seconds)
        attacked_p95 = clients.p95
        clients.report(f"beside attacks, {attacked_p95 / alone:.2f} times")
        broken = report(found[0], clients.failed, watch.most, web.memory_info().rss - before)
        accepted = [one for one in found[0].accepted if one[0] < given.seconds]
        with clients.working(), attacked(stack, given.attackers, accepted):
            time.sleep(given.seconds)
        label = f"beside the {len(accepted)} requests of these that were accepted"
        clients.report(f"{label}, {clients.p95 / alone:.2f} times")
    slow = max(found[0].refused_after.values(), default=0.0)
    if given.idle and attacked_p95 > MOST_RATIO * alone:
        broken.append(f"the clients' p95 was {attacked_p95 / alone:.2f} times what it is without an attack")
    if given.idle and clients.failed:
        broken.append(f"clients were answered {dict(clients.failed)}")
    if given.idle and slow > MOST_SECONDS:
        broken.append(f"a refusal by estimate took {slow:.1f} s")
    for one in broken:
        print(f"BROKEN: {one}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
