"""Watchers by the thousand on one web process.

    python -m benchmarks.sockets [all|watchers|notes|silent]

    watchers   2,000 see 20 numbered events a second for 10 s: delivered, latency, memory and CPU
    notes      5,000 see progress that is published 20 times a second and sent at most every 200 ms
    silent     500 see 50 events of 4 kB a second for 30 s, while 20 more never read and have to be cut off

It starts a private Valkey and one web process; the watchers are one more process, so give it two idle cores.
Latency is from just before an event is stored to the moment a watcher has read it. `notes` needs an open-file
limit of 6,000.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import psutil

from synthmill.app.core.access import keys
from synthmill.app.core.db import migrate, models
from synthmill.app.core.jobs import events
from synthmill.app.core.services import Services, build
from synthmill.app.core.settings import Settings
from tests.live.crowd import Crowd
from tests.live.web import Web, running_web
from tests.stack.embedded import running_valkey


@dataclass(frozen=True)
class Scenario:
    watchers: int
    silent: int
    seconds: int
    rate: int
    """Events a second."""
    padding: int
    """Bytes of ballast in each."""
    numbered: bool


SCENARIOS = {
    "watchers": Scenario(2_000, 0, 10, 20, 60, True),
    "notes": Scenario(5_000, 0, 10, 20, 60, False),
    "silent": Scenario(500, 20, 30, 50, 4_000, True),
}


def watch(pipe: Pipe, port: int, job: str, token: str, scenario: Scenario) -> None:
    """The watchers' process: come, say so, listen until the last number, report."""
    crowd = Crowd(port, f"/ws/jobs/{job}", token)
    crowd.come(scenario.watchers)
    crowd.come_silent(scenario.silent)
    crowd.listen(2)
    crowd.heard.frames = 0
    crowd.heard.latencies.clear()
    pipe.send("here")
    while not pipe.poll():
        crowd.listen(0.05)
    last: int = pipe.recv()
    crowd.listen(2)
    patience = time.monotonic() + 30
    while any(w.seen < last for w in crowd.watchers) and time.monotonic() < patience:
        crowd.listen(0.5)
    watchers = crowd.watchers
    pipe.send(
        {
            "frames": crowd.heard.frames,
            "latencies": sorted(crowd.heard.latencies),
            "complete": sum(w.seen == last and not w.out_of_turn for w in watchers),
            "notes": sorted(w.notes for w in watchers),
            "last_note": {w.last_note for w in watchers},
            "open": sum(w.code is None for w in watchers),
        }
    )
    pipe.recv()
    crowd.leave()


class Teller:
    """Stores and publishes events of one job, as a worker does."""

    def __init__(self, services: Services, job: str) -> None:
        self._services, self._job = services, job
        with services.db.read() as session:
            self._workspace = session.get_one(models.Job, job).workspace_id
        self.last = 1

    def event(self, padding: int) -> None:
        data: dict[str, Any] = {"sent": time.monotonic(), "pad": "x" * padding}
        with self._services.db.write() as session:
            event = events.append(session, self._job, "progress", data)
        events.publish(self._services.bus, self._workspace, event)
        self.last = event.seq or 0

    def note(self, padding: int) -> None:
        data: dict[str, Any] = {"sent": time.monotonic(), "pad": "x" * padding}
        events.publish(
            self._services.bus, self._workspace, events.Event(self._job, None, "progress", "", data)
        )


def paced(seconds: int, rate: int, tell: Callable[[], None]) -> int:
    """Call `tell` at this rate; how often it was."""
    began = time.monotonic()
    for turn in range(seconds * rate):
        time.sleep(max(0.0, began + turn / rate - time.monotonic()))
        tell()
    return seconds * rate


def serving_process(web: Web) -> psutil.Process:
    (child,) = psutil.Process(web.process.pid).children()
    return child


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def cut_off(web: Web) -> int:
    text = web.http.get("/metrics").text
    found = re.search(r'^synthmill_websockets_closed_total\{code="1013"\} (.*)$', text, re.MULTILINE)
    return 0 if found is None else int(float(found[1]))


def measure(name: str, services: Services, web: Web) -> None:
    scenario = SCENARIOS[name]
    job = web.submit()
    teller = Teller(services, job)
    process = serving_process(web)
    before = process.memory_info().rss
    ours, theirs = multiprocessing.Pipe()
    spawning = multiprocessing.get_context("spawn")
    crowd = spawning.Process(target=watch, args=(theirs, web.port, job, web.token, scenario), daemon=True)
    crowd.start()
    began = time.monotonic()
    assert ours.poll(300)
    ours.recv()
    coming = time.monotonic() - began
    memory = process.memory_info().rss - before
    cpu = cpu_seconds(process)
    tell = teller.event if scenario.numbered else teller.note
    reported = paced(scenario.seconds, scenario.rate, lambda: tell(scenario.padding))
    ours.send(teller.last)
    assert ours.poll(120)
    heard: dict[str, Any] = ours.recv()
    cpu = cpu_seconds(process) - cpu
    dropped = cut_off(web)
    ours.send("enough")
    crowd.join(30)
    count = scenario.watchers
    latencies = heard["latencies"]
    print(f"{name}: {count:,} watchers (there within {coming:.0f} s), {scenario.rate} a second")
    if scenario.numbered:
        print(f"  delivered              {heard['frames'] / (reported * count):.2%} of frames,", end=" ")
        print(f"{heard['complete']:,} watchers saw all in order")
    else:
        fewest, most = heard["notes"][0], heard["notes"][-1]
        print(f"  sent                   {fewest} to {most} notes of {reported} a watcher,", end=" ")
        print(f"the last seen by {'all' if len(heard['last_note']) == 1 else 'NOT all'}")
    print(f"  still open             {heard['open']:,}; cut off with 1013: {dropped}")
    p50, p99 = (1000 * latencies[int(share * (len(latencies) - 1))] for share in (0.5, 0.99))
    print(f"  latency                p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {1000 * latencies[-1]:.0f} ms")
    print(f"  memory of the server   {memory / 1024 / (count + scenario.silent):.1f} KiB a connection")
    print(f"  CPU of the server      {1e6 * cpu / heard['frames']:.1f} us a frame", end=" ")
    print(f"({cpu / scenario.seconds:.0%} of a core)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="?", default="all", choices=["all", *SCENARIOS])
    parser.add_argument("--watchers", type=int, help="so many instead")
    given = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for name in SCENARIOS if given.what == "all" else [given.what]:
        if given.watchers is not None:
            SCENARIOS[name] = Scenario(given.watchers, *list(vars(SCENARIOS[name]).values())[1:])
        with tempfile.TemporaryDirectory() as folder:
            run(name, Path(folder))


def run(name: str, folder: Path) -> None:
    """A stack of its own for each scenario, so that memory begins anew."""
    with running_valkey(folder / "valkey") as valkey:
        services = build(Settings(data=folder, redis_url=valkey.url))
        services.storage.ensure()
        migrate(services.db)
        token = keys.first_key(services)
        assert token is not None
        with running_web(services.settings, token) as web:
            measure(name, services, web)
        services.close()


if __name__ == "__main__":
    main()
