"""How CPU and memory grow with the rows, in one process and in two."""

from __future__ import annotations

import statistics
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.measuring import Run, run
from benchmarks.settings import Group, Settings

TITLE = "Scale"
ABOUT = """The customers table in files of growing length, in one process and in two that make every
other block each. Peak memory is the largest of the processes' own peaks (VmHWM); rows per second count
from the processes' warm start to the end of the slower one."""

ROWS = (100_000, 1_000_000, 10_000_000)
FULL = 100_000_000
FORMATS = (("csv", "none"), ("parquet", "none"), ("parquet", "zstd"))


def measure(settings: Settings) -> list[Group]:
    groups = []
    for kind, compression in FORMATS:
        entries = []
        for rows in (*ROWS, FULL) if settings.full else ROWS:
            # Long runs are steady: once is enough, and their files are large.
            rounds = settings.rounds if rows <= 1_000_000 else 1
            for processes in (1, 2):
                several = [_together(settings, kind, compression, rows, processes) for _ in range(rounds)]
                entries.append(_entry(rows, processes, several))
        groups.append({"title": f"{kind}, {compression}", "entries": entries})
    return groups


def _together(settings: Settings, kind: str, compression: str, rows: int, processes: int) -> list[Run]:
    def one(share: int) -> Run:
        out = settings.folder / f"out-{share}.{kind}"
        options = ("--format", kind, "--compression", compression, "--share", f"{share}/{processes}")
        return run(settings.synthmill(f"share {share}", "customers", rows, out, *options))

    with ThreadPoolExecutor(processes) as pool:
        return list(pool.map(one, range(processes)))


def _entry(rows: int, processes: int, several: list[list[Run]]) -> dict[str, Any]:
    cpu = statistics.median(sum(one.cpu for one in runs) for runs in several)
    wall = statistics.median(max(one.wall for one in runs) for runs in several)
    return {
        "name": f"{processes} process{'es' if processes > 1 else ''}",
        "processes": processes,
        "rows": rows,
        "ns_per_row": cpu / rows * 1e9,
        "rows_per_cpu_second": rows / cpu,
        "rows_per_second": rows / wall,
        "peak_mb": max(one.peak_mb for runs in several for one in runs),
        "bytes_per_row": sum(one.size for one in several[0]) / rows,
    }
