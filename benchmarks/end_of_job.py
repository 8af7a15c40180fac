"""What a job costs beside its rows, and what its end costs: ratios of CPU seconds.

    python -m benchmarks.end_of_job overhead       one worker's job against its cells and their encoding alone
    python -m benchmarks.end_of_job finish         finishing a job whose files are said to have 100 GB
    python -m benchmarks.end_of_job workers        two workers against two processes that share nothing

`overhead` runs each in a process of its own, in turn, after a warm-up; the least of the rounds counts, since
what disturbs a process adds to it. `finish` takes the least of its rounds, too. `workers` compares within a
round.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.coordination import apart, first_principal, services_in
from benchmarks.machine import facts
from benchmarks.simulated_job import finished
from synthmill.app.core.execution import slot
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs.queries import get_job
from synthmill.app.core.jobs.submit import Submission, submit
from synthmill.client.client import Client
from synthmill.generators.engine.pipeline import make_cells, make_plan
from synthmill.generators.formats import FORMATS
from synthmill.generators.kernels.backend import compile_all
from synthmill.generators.kernels.memory import collect_seldom, keep_freed
from synthmill.generators.recipes.request import parse
from tests.stack.stack import running_stack

WARM_UP_ROWS = 400_000


def job_alone(request: dict[str, Any], folder: Path) -> float:
    """CPU seconds of a job as one worker does it, on SQLite and a folder."""
    _start_up()
    spent = 0.0
    with closing(services_in(folder, f"sqlite:///{folder}/synthmill.db")) as services:
        who, worker = first_principal(services), WorkerProcess()
        worker.register(services)
        for asked in ({**request, "rows": WARM_UP_ROWS}, request):
            job, _ = submit(services, who, Submission(parse(asked), raw=asked))
            began = time.process_time()
            while services.queue.slots:  # type: ignore[attr-defined]
                services.queue.close()
                slot.work_slot(services, job.id, worker)
            spent = time.process_time() - began
            assert get_job(services, who, job.id).state == "completed"
    return spent


def rows_alone(request: dict[str, Any]) -> float:
    """CPU seconds of making the same cells and encoding them, and nothing else."""
    _start_up()
    spent = 0.0
    for asked in ({**request, "rows": WARM_UP_ROWS}, request):
        generation = parse(asked)
        plan = make_plan(generation.recipe)
        encode = FORMATS.get(generation.output.format).encode
        began = time.process_time()
        for table in plan.tables:
            for block in range(table.blocks):
                cells = make_cells(plan, table.name, *table.block_range(block))
                encode(table, cells, generation.output.compression)
        spent = time.process_time() - began
    return spent


def _start_up() -> None:
    keep_freed()
    collect_seldom()
    # By themselves the kernels are loaded after a million rows: in the midst of what is measured.
    compile_all()


def overhead(request: dict[str, Any], rounds: int) -> None:
    spent: dict[str, list[float]] = {"job": [], "rows": []}
    for _ in range(rounds):
        for what, seen in spent.items():
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-m", "benchmarks.end_of_job", f"{what}-alone", folder]
                reported = subprocess.check_output([*command, json.dumps(request)], text=True)
            seen.append(float(reported.splitlines()[-1]))
    for what, seen in spent.items():
        print(f"{what:6} {min(seen):8.2f} CPU s  ({', '.join(f'{one:.2f}' for one in seen)})")
    print(f"ratio  {min(spent['job']) / min(spent['rows']):8.2f}")


def finish(template: str, formats: list[str], size: float, rounds: int) -> None:
    for format_name in formats:
        best = None
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                one = finished(template, format_name, size, Path(folder))
            best = one if best is None or one.seconds < best.seconds else best
        assert best is not None
        print(
            f"{template}, {format_name}: {best.size / 1e9:,.0f} GB, {best.parts:,} parts, "
            f"{best.blocks:,} blocks: {best.seconds:.2f} CPU s, and {best.profiles:.2f} for profiles"
        )


def workers(request: dict[str, Any], rounds: int) -> None:
    """Rows a second of two workers, divided by those of two processes in the same round.

    A job's rate counts its start and its end: its files are put together and flushed to the disk. Against
    that stand processes that flush nothing, and the same with their flush.
    """
    shares, flushed = [], []
    with (
        tempfile.TemporaryDirectory() as name,
        running_stack(Path(name) / "data", "folder+sqlite", workers=2) as stack,
        Client(data=stack.data) as client,
    ):
        client.submit(**{**request, "rows": WARM_UP_ROWS}).wait()
        for seed in range(rounds):
            job = client.submit(**request, seed=seed).wait()
            together = job.view["rate"]
            job.delete()
            rates = apart(Path(name), 2, request)
            shares.append(together / rates.made)
            flushed.append(together / rates.flushed)
    print(f"{request}:")
    for seen, what in ((shares, "two processes"), (flushed, "two processes that flush their files")):
        reported = ", ".join(f"{share:.2f}" for share in seen)
        print(f"two workers do {statistics.median(seen):.2f} of the rows of {what} ({reported})")


def main() -> None:
    if sys.argv[1:2] == ["job-alone"]:
        print(job_alone(json.loads(sys.argv[3]), Path(sys.argv[2])))
        return
    if sys.argv[1:2] == ["rows-alone"]:
        print(rows_alone(json.loads(sys.argv[3])))
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks.end_of_job", description=__doc__)
    parser.add_argument("what", choices=["overhead", "finish", "workers"])
    parser.add_argument("--template", default="retail")
    parser.add_argument("--rows", type=int, default=20_000_000, help="rows of the template's main table")
    parser.add_argument("--format", default="csv")
    parser.add_argument("--compression", default="none")
    parser.add_argument(
        "--size", type=float, default=100e9, help="bytes of the simulated files, for `finish`"
    )
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print("; ".join(facts().values()))
    request = {name: getattr(given, name) for name in ("template", "rows", "format", "compression")}
    if given.what == "overhead":
        overhead(request, given.rounds)
    elif given.what == "finish":
        finish(given.template, ["csv", "jsonl", "parquet", "arrow"], given.size, given.rounds)
    else:
        workers(request, given.rounds)


if __name__ == "__main__":
    main()
