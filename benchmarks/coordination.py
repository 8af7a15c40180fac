"""What it costs to share a job out among workers.

    python -m benchmarks.coordination ceiling      parts claimed and recorded a second, the generator empty
    python -m benchmarks.coordination speedup      rows a second of one worker and of two, on real work
    python -m benchmarks.coordination simulate     10 to 1,000 workers, from the costs that `ceiling` saw

`ceiling` and `speedup` start what they need and print tables.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.machine import facts
from benchmarks.simulation import Costs, simulated
from synthmill.app.core.access import keys
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import Database, migrate
from synthmill.app.core.execution import attempt, slot
from synthmill.app.core.execution.part import Made
from synthmill.app.core.execution.worker import BULK_NICENESS, WorkerProcess
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.kinds import dataset
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.client.client import Client
from synthmill.generators.recipes.request import parse
from tests.fakes import MemoryBus, RecordingQueue
from tests.stack.postgres import running_postgres
from tests.stack.stack import running_stack

PARTS, SINGLE_PARTS = 9_000, 1_000
"""Of a job: where a worker has many in hand, and where it has one."""


def _request(parts: int) -> dict[str, Any]:
    columns = [{"name": "id", "kind": "sequence"}]
    tables = [{"name": "t", "rows": parts * 65_536, "columns": columns}]
    return {"strategy": "tabular", "parameters": {"tables": tables}, "part_rows": 65_536}


def services_in(folder: Path, url: str) -> Services:
    settings = Settings(data=folder, database_url=url)
    services = Services(settings, Database(url), open_storage(settings), MemoryBus(), RecordingQueue())
    services.storage.ensure()
    return services


def first_principal(services: Services) -> Principal:
    """Whom the first key of a new database stands for."""
    migrate(services.db)
    token = keys.first_key(services)
    assert token is not None
    return keys.authenticate(services, token)


def empty_worker(folder: str, url: str, job_id: str, most: int) -> None:
    """A worker process whose parts are nothing; prints how many it made, how long that took, and its CPU."""
    made = 0

    def nothing(*_: Any) -> Made:
        nonlocal made
        made += 1
        return Made(0, None, b"")

    dataset.make_part = nothing  # type: ignore[assignment]
    attempt.attempt_finalising = lambda *_: None
    slot.MOST_PARTS = most
    services, worker = services_in(Path(folder), url), WorkerProcess()
    worker.register(services)
    sys.stdin.readline()
    began, cpu = time.monotonic(), _cpu()
    while made == 0 or services.queue.slots:  # type: ignore[attr-defined]
        services.queue.close()
        slot.work_slot(services, job_id, worker)
    print(json.dumps({"parts": made, "seconds": time.monotonic() - began, "cpu": _cpu() - cpu}))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@contextmanager
def _databases(folder: Path) -> Iterator[dict[str, str]]:
    with running_postgres(folder) as server:
        yield {"SQLite": f"sqlite:///{folder / 'synthmill.db'}", "PostgreSQL": server.new_database()}


def ceiling(processes: Sequence[int]) -> None:
    print("| database | workers | parts in hand at most | parts a second | CPU ms of a worker a part |")
    print("|---|---:|---:|---:|---:|")
    for most in (1, slot.MOST_PARTS):
        for count in processes:
            with tempfile.TemporaryDirectory() as name, _databases(Path(name)) as urls:
                for database, url in urls.items():
                    rate, cpu = _emptied(Path(name), url, count, most)
                    print(f"| {database} | {count} | {most} | {rate:,.0f} | {1000 * cpu:.2f} |", flush=True)


def _emptied(folder: Path, url: str, count: int, most: int) -> tuple[float, float]:
    services = services_in(folder, url)
    who = first_principal(services)
    asked = SINGLE_PARTS if most == 1 else PARTS
    request = _request(asked)
    job, _ = submit(services, who, Submission(parse(request), raw=request))
    services.close()
    command = [sys.executable, "-m", "benchmarks.coordination", "worker", str(folder), url, job.id, str(most)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(count)
    ]
    time.sleep(4)
    reported = []
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        out, _ = worker.communicate()
        reported.append(json.loads(out))
    parts = sum(one["parts"] for one in reported)
    assert parts == asked, reported
    return parts / max(one["seconds"] for one in reported), sum(one["cpu"] for one in reported) / parts


def speedup(rounds: int, request: dict[str, Any]) -> None:
    """One and two workers, and two processes that share nothing: what the machine has to give."""
    rates: dict[str, list[float]] = {"1 worker": [], "2 workers": [], "1 process": [], "2 processes": []}
    with tempfile.TemporaryDirectory() as name:
        for count in (1, 2):
            with (
                running_stack(Path(name) / f"data{count}", "folder+sqlite", workers=count) as stack,
                Client(data=stack.data) as client,
            ):
                client.submit(**{**request, "rows": 200_000}).wait()
                for seed in range(rounds):
                    job = client.submit(**request, seed=seed).wait()
                    rates["1 worker" if count == 1 else "2 workers"].append(job.view["rate"])
                    job.delete()
        for _ in range(rounds):
            rates["1 process"].append(apart(Path(name), 1, request).made)
            rates["2 processes"].append(apart(Path(name), 2, request).made)
    medians = {what: statistics.median(seen) for what, seen in rates.items()}
    for what, seen in rates.items():
        print(f"{what:12} {medians[what]:12,.0f} rows/s ({min(seen):,.0f} - {max(seen):,.0f})")
    print(f"two workers do {medians['2 workers'] / medians['1 worker']:.2f} times the rows of one;", end=" ")
    print(f"two processes that share nothing {medians['2 processes'] / medians['1 process']:.2f} times")


class Rates(NamedTuple):
    """Rows a second."""

    made: float
    flushed: float
    """Until all of their bytes are on the disk, as a completed job's are."""


def apart(folder: Path, count: int, request: dict[str, Any]) -> Rates:
    """Of so many processes that know nothing of one another.

    They give way as workers do, or what else runs on the machine would disturb workers alone.
    """
    code = (
        "import json, os, pathlib, sys, time, synthmill; request = json.loads(sys.argv[1]);"
        f"os.nice({BULK_NICENESS});"
        "synthmill.generate(**{**request, 'rows': 100_000}, out=sys.argv[2]);"
        "began = time.monotonic();"
        "rows = synthmill.generate(**request, out=sys.argv[2]).manifest['rows'];"
        "made = time.monotonic() - began;"
        "[os.fsync(os.open(one, os.O_RDONLY)) for one in pathlib.Path(sys.argv[2]).iterdir()];"
        "print(rows, made, time.monotonic() - began)"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, json.dumps(request), str(folder / f"apart{number}")],
            stdout=subprocess.PIPE,
        )
        for number in range(count)
    ]
    reported = [[float(one) for one in process.communicate()[0].split()] for process in processes]
    rows = sum(one[0] for one in reported)
    return Rates(rows / max(one[1] for one in reported), rows / max(one[2] for one in reported))


def simulate(costs: Costs) -> None:
    print(f"| workers | {' | '.join(f'parts of {size:g} s' for size in SIZES)} |")
    print(f"|---:|{'---:|' * len(SIZES)}")
    for workers in (10, 30, 100, 300, 1_000):
        cells = [f"{simulated(costs, workers, 10_000, size):.0%}" for size in SIZES]
        print(f"| {workers:,} | {' | '.join(cells)} |", flush=True)


SIZES = (0.05, 0.2, 1.0, 5.0)


def main() -> None:
    if sys.argv[1:2] == ["worker"]:
        folder, url, job_id, most = sys.argv[2:]
        empty_worker(folder, url, job_id, int(most))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["ceiling", "speedup", "simulate"])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--template", default="retail", help="of the job whose speed-up is measured")
    parser.add_argument("--rows", type=int, default=20_000_000, help="rows of its main table")
    parser.add_argument("--format", default="csv")
    parser.add_argument("--compression", default="none")
    parser.add_argument(
        "--hand-ms", type=float, default=3.0, help="the database's time to claim and record a hand"
    )
    parser.add_argument("--part-ms", type=float, default=0.1, help="what each part of a hand adds to that")
    parser.add_argument("--slot-ms", type=float, default=3.0, help="a message's time in Redis and worker")
    given = parser.parse_args()
    print("; ".join(facts().values()))
    if given.what == "ceiling":
        ceiling(given.workers)
    elif given.what == "speedup":
        asked = {name: getattr(given, name) for name in ("template", "rows", "format", "compression")}
        speedup(given.rounds, asked)
    else:
        simulate(Costs(given.hand_ms / 1000, given.part_ms / 1000, given.slot_ms / 1000))


if __name__ == "__main__":
    main()
