"""Processes run in turn, and the CPU seconds that each needed with all its threads and children."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ONE_THREAD = {
    f"{library}_THREADS": "1"
    for library in ("POLARS_MAX", "RAYON_NUM", "OMP_NUM", "OPENBLAS_NUM", "NUMBA_NUM", "TOKIO_WORKER")
}


class BenchmarkError(RuntimeError):
    """A contestant didn't do what it was asked for; its own words are in the message."""


@dataclass(frozen=True)
class Contestant:
    """A command that makes or writes rows. It may end with a line of JSON that has its own `cpu` seconds."""

    name: str
    command: Sequence[str]
    rows: int
    out: Path | None = None
    """The file that it writes, which is removed after every run."""
    empty: Sequence[str] | None = None
    """The command for next to no rows: what it costs is start-up, and is taken off."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    cpu: float
    """CPU seconds of the work alone: without start-up, imports and warming up."""
    whole: float
    """CPU seconds of the whole process with its children."""
    wall: float
    peak_mb: float
    size: int
    reported: Mapping[str, Any]


def run(contestant: Contestant, command: Sequence[str] | None = None) -> Run:
    """One run. Raises BenchmarkError with what the process said if it fails."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            list(command or contestant.command),
            stdout=out,
            stderr=err,
            env={**os.environ, **ONE_THREAD, **contestant.environment},
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        out.seek(0)
        err.seek(0)
        lines = out.read().decode().splitlines()
        if process.returncode:
            raise BenchmarkError(f"{contestant.name} ended with {process.returncode}:\n{err.read().decode()}")
    whole = usage.ru_utime + usage.ru_stime
    reported = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    size = 0
    if contestant.out is not None and contestant.out.exists():
        size = contestant.out.stat().st_size
        contestant.out.unlink()
    cpu, wall = reported.get("cpu", whole), reported.get("wall", wall)
    return Run(cpu, whole, wall, usage.ru_maxrss / 1024, size, reported)


def compete(contestants: Sequence[Contestant], rounds: int) -> list[dict[str, Any]]:
    """Every contestant once a round, in turn, so that a busy minute hits all alike; medians of all rounds.

    `ratio` compares with the first contestant: the median of what it cost per row in a round, divided by what
    this one cost per row in the same round.
    """
    runs: dict[str, list[Run]] = {one.name: [] for one in contestants}
    nets: dict[str, list[float]] = {one.name: [] for one in contestants}
    # Whoever comes first into an empty folder gets pages of memory that the system has yet to find.
    run(contestants[0])
    for _ in range(rounds):
        for one in contestants:
            done = run(one)
            start_up = run(one, one.empty).whole if one.empty else 0.0
            runs[one.name].append(done)
            nets[one.name].append((done.cpu - start_up) / one.rows)
    first = nets[contestants[0].name]
    return [_summary(one, runs[one.name], nets[one.name], first) for one in contestants]


def _summary(
    one: Contestant, runs: Sequence[Run], nets: Sequence[float], first: Sequence[float]
) -> dict[str, Any]:
    return {
        "name": one.name,
        "rows": one.rows,
        "ns_per_row": statistics.median(nets) * 1e9,
        "least_ns_per_row": min(nets) * 1e9,
        "most_ns_per_row": max(nets) * 1e9,
        "rows_per_cpu_second": 1 / statistics.median(nets),
        "start_up": statistics.median(
            done.whole - net * one.rows for done, net in zip(runs, nets, strict=True)
        ),
        "bytes_per_row": statistics.median(done.size for done in runs) / one.rows,
        "peak_mb": max(done.peak_mb for done in runs),
        "ratio": statistics.median(ours / net for ours, net in zip(first, nets, strict=True)),
    }
