"""The service's own numbers: how soon a small job is done, and how much memory a worker takes.

    python -m benchmarks.service latency        20 jobs of 1,000 rows, POST to answer, from then to complete
    python -m benchmarks.service memory         one job of 20,000,000 order items; VmHWM of every worker
    python -m benchmarks.service first          20 jobs of 1,000 rows, CPU seconds of all workers for each
    python -m benchmarks.service preview        20 previews of 50 rows of 20 kinds of columns, POST to answer
    python -m benchmarks.service overhead       that job's CPU in the workers against one process alone
    python -m benchmarks.service fairness       20 such jobs, idle, then beside another key's 50,000,000 rows

Each starts a private stack (SQLite; SeaweedFS, for `overhead` and `fairness` a folder) and prints facts about
the machine, its load before and after, and what it saw.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import synthmill
from benchmarks.columns import twenty_kinds
from benchmarks.machine import facts
from synthmill.client.client import Client
from tests.stack.stack import Backend, Stack, running_stack

BENCHES: dict[str, Backend] = {
    "latency": "s3+sqlite",
    "memory": "s3+sqlite",
    "fairness": "folder+sqlite",
    "first": "s3+sqlite",
    "preview": "s3+sqlite",
    "overhead": "folder+sqlite",
}
SMALL = {"order_items": 400, "orders": 200, "customers": 200, "products": 200}


@dataclass
class Seconds:
    """Of jobs of 1,000 rows, one each."""

    submitting: list[float] = field(default_factory=list)
    """From the POST to its answer."""
    working: list[float] = field(default_factory=list)
    """From that answer until the `complete` event."""


def small_jobs(client: Client, jobs: int) -> Seconds:
    seconds = Seconds()
    for seed in range(jobs):
        began = time.monotonic()
        job = client.submit(template="retail", rows=SMALL, seed=seed)
        answered = time.time()
        seconds.submitting.append(time.monotonic() - began)
        *_, last = job.events()
        assert last.type == "complete"
        seconds.working.append(datetime.fromisoformat(last.timestamp).timestamp() - answered)
        time.sleep(0.3)
    return seconds


def tell(what: str, seconds: list[float]) -> None:
    print(f"{what}: median {1000 * statistics.median(seconds):.0f} ms,", end=" ")
    print(f"best {1000 * min(seconds):.0f} ms, worst {1000 * max(seconds):.0f} ms")


def latency(stack: Stack, client: Client, jobs: int) -> None:
    client.submit(template="retail", rows=SMALL).wait()
    time.sleep(5)
    seconds = small_jobs(client, jobs)
    tell(f"{jobs} submissions of 1,000 rows, POST to answer", seconds.submitting)
    tell(f"{jobs} jobs of 1,000 rows, answer to complete", seconds.working)


def fairness(stack: Stack, client: Client, jobs: int, rows: int) -> None:
    client.submit(template="retail", rows=SMALL).wait()
    time.sleep(5)
    idle = small_jobs(client, jobs).working
    tell(f"{jobs} jobs of 1,000 rows, nothing else to do", idle)
    with Client(url=stack.url, key=client.create_key("another")["key"]) as other:
        large = other.submit(template="retail", rows=rows, seed=7)
        while large.refresh().state != "running":
            time.sleep(0.2)
        time.sleep(3)
        beside = small_jobs(client, jobs).working
        state = large.refresh().state
        large.stop()
    tell(f"the same beside a job of {rows:,} order items of another key ({state} at the end)", beside)
    allowed = max(3 * statistics.median(idle), 1.0)
    held = statistics.median(beside) <= allowed and state == "running"
    print(f"allowed {1000 * allowed:.0f} ms: {'held' if held else 'NOT held'}")


def memory(stack: Stack, client: Client, rows: int) -> None:
    began = time.monotonic()
    job = client.submit(template="retail", rows=rows, seed=7).wait()
    took = time.monotonic() - began
    print(f"{rows:,} order items ({job.view['rows_total']:,} rows) in {took:.0f} s: {job.state}")
    for kind in ("worker", "interactive", "web", "supervisor"):
        for pid in stack.pids(kind):
            peak = next(
                line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line
            )
            print(f"{kind:12} {int(peak.split()[1]) / 1024:.0f} MiB at most")


def first(stack: Stack, client: Client, jobs: int) -> None:
    """A whole small job, made and stored, so that the first row came for less."""
    client.submit(template="retail", rows=SMALL).wait()
    time.sleep(5)
    pids = [pid for kind in ("worker", "interactive") for pid in stack.pids(kind)]
    seconds = []
    for seed in range(jobs):
        before = sum(map(cpu_seconds, pids))
        client.submit(template="retail", rows=SMALL, seed=seed).wait()
        seconds.append(sum(map(cpu_seconds, pids)) - before)
        time.sleep(0.3)
    print(
        f"{jobs} jobs of 1,000 rows: median {statistics.median(seconds):.2f} CPU s of all workers,", end=" "
    )
    print(f"least {min(seconds):.2f}, most {max(seconds):.2f}")


def preview(client: Client, times: int) -> None:
    took = []
    for seed in range(times + 1):
        began = time.monotonic()
        client.preview(strategy="tabular", parameters=twenty_kinds(), seed=seed, limit=50, table="cells")
        took.append(1_000 * (time.monotonic() - began))
    warm = took[1:]
    print(
        f"50 rows of 20 kinds: first {took[0]:.0f} ms, then median {statistics.median(warm):.0f} ms,", end=" "
    )
    print(f"worst {max(warm):.0f} ms")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def overhead(stack: Stack, client: Client, rows: int) -> None:
    client.submit(template="retail", rows=200_000).wait()
    pids = [pid for kind in ("worker", "interactive") for pid in stack.pids(kind)]
    ratios = []
    for seed in range(3):
        before = sum(map(cpu_seconds, pids))
        client.submit(template="retail", rows=rows, seed=seed).wait()
        platform = sum(map(cpu_seconds, pids)) - before
        with tempfile.TemporaryDirectory() as folder:
            before = time.process_time()
            synthmill.generate("retail", rows=rows, seed=seed, out=folder)
            alone = time.process_time() - before
        ratios.append(platform / alone)
        print(f"{rows:,} order items: workers {platform:.1f} CPU s, one process {alone:.1f} CPU s", end=" ")
        print(f"(engine, hashes of blocks and files, writing): {ratios[-1]:.2f}")
    print(f"median {statistics.median(ratios):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=list(BENCHES))
    parser.add_argument("--jobs", type=int, default=20)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--workers", type=int, default=2, help="two on one core cost more CPU than one")
    given = parser.parse_args()
    print(", ".join(f"{name}: {fact}" for name, fact in facts().items()))
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stack(Path(folder) / "data", BENCHES[given.what], workers=given.workers) as stack,
        Client(data=stack.data) as client,
    ):
        if given.what == "latency":
            latency(stack, client, given.jobs)
        elif given.what == "fairness":
            fairness(stack, client, given.jobs, given.rows or 50_000_000)
        elif given.what == "preview":
            preview(client, given.jobs)
        elif given.what == "memory":
            memory(stack, client, given.rows or 20_000_000)
        elif given.what == "first":
            first(stack, client, given.jobs)
        else:
            overhead(stack, client, given.rows or 20_000_000)
    print(f"load {os.getloadavg()[0]:.1f} after the run")


if __name__ == "__main__":
    main()
