"""How much of the CPU goes into sharing a job out, rather than into its rows.

    python -m benchmarks.coordination_share [--rows 100000000] [--format parquet] [--compression zstd]

One job on a stack of two workers: what their other threads (heartbeat, sweeps) and the other processes
(Redis, web, the interactive worker) used meanwhile, by the scheduler's own count. Then the same job by
one worker in this process: what its thread used in claiming parts, recording them, and around that. Both
are compared with all CPU. Celery's way from a message to a slot is in neither: some milliseconds for two
seconds of work.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.coordination import first_principal, services_in
from benchmarks.machine import facts
from synthmill.app.core.execution import attempt, slot
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.submit import submit
from synthmill.client.client import Client
from synthmill.generators.recipes.request import parse
from tests.stack.stack import running_stack


def on_cpu(process: int, thread: int) -> float:
    """Seconds that a thread has run: exact, unlike the clock ticks of /proc/PID/stat."""
    try:
        return int(Path(f"/proc/{process}/task/{thread}/schedstat").read_text().split()[0]) / 1e9
    except FileNotFoundError:
        return 0.0


def threads(process: int) -> dict[int, float]:
    there = [int(task.name) for task in Path(f"/proc/{process}/task").iterdir()]
    return {thread: on_cpu(process, thread) for thread in there}


def beside_the_work(request: dict[str, Any]) -> float:
    """CPU seconds of all threads of a stack of two workers but the two that make parts."""
    with (
        tempfile.TemporaryDirectory() as name,
        running_stack(Path(name) / "data", "folder+sqlite", workers=2) as stack,
        Client(data=stack.data) as client,
    ):
        client.submit(**{**request, "rows": 2_000_000}).wait()
        pids = json.loads((stack.data / "connection.json").read_text())["pids"]
        workers = set(pids["worker"])
        processes = [pid for group in pids.values() for pid in group]
        before = {pid: threads(pid) for pid in processes}
        client.submit(**request, seed=3).wait()
        after = {pid: threads(pid) for pid in processes}
    return sum(
        seconds - before[pid].get(thread, 0.0)
        for pid, found in after.items()
        for thread, seconds in found.items()
        if pid not in workers or thread != pid
    )


def around_the_parts(request: dict[str, Any]) -> tuple[float, float]:
    """CPU seconds of a worker's thread outside of parts and files, and of its whole process."""
    spent = 0.0

    def timed(work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            nonlocal spent
            began = time.thread_time()
            try:
                return work(*given)
            finally:
                spent += time.thread_time() - began

        return run

    attempt.make_part = timed(attempt.make_part)
    attempt.finalise = timed(attempt.finalise)
    with tempfile.TemporaryDirectory() as name:
        services, worker = services_in(Path(name), f"sqlite:///{name}/synthmill.db"), WorkerProcess()
        who = first_principal(services)
        worker.register(services)
        for rows in (2_000_000, request["rows"]):
            asked = {**request, "rows": rows}
            job, _ = submit(services, who, Submission(parse(asked), raw=asked))
            spent, own, whole = 0.0, time.thread_time(), time.process_time()
            while services.queue.slots:  # type: ignore[attr-defined]
                services.queue.close()
                slot.work_slot(services, job.id, worker)
        return time.thread_time() - own - spent, time.process_time() - whole


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coordination_share", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000_000, help="order items of the job")
    parser.add_argument("--format", default="parquet")
    parser.add_argument("--compression", default="zstd")
    given = parser.parse_args()
    print("; ".join(facts().values()))
    request = {"template": "retail", **vars(given)}
    beside = beside_the_work(request)
    around, whole = around_the_parts(request)
    print(f"the job itself     {whole:8.2f} CPU s")
    print(f"around the parts   {around:8.2f} CPU s, {around / whole:.1%}")
    print(f"beside the work    {beside:8.2f} CPU s, {beside / whole:.1%}")


if __name__ == "__main__":
    main()
