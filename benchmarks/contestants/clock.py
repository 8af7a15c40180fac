"""What every contestant in Python shares: a warm-up, a clock around the work, one line of JSON."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

TIMES = 3
"""The work is done so often, and its median counts. The first pass also pays for memory that the system has
yet to find, for the process and for the page cache: on a virtual machine more than writing the file costs."""


def measure(work: Callable[[], object], warm: Callable[[], object], out: Path | str, **more: object) -> None:
    """Warm up, work, and print how long that took: CPU seconds of all threads, and wall seconds.

    `out` is the file that is written; it is removed before each pass.
    """
    warm()
    passes = []
    for _ in range(TIMES):
        Path(out).unlink(missing_ok=True)
        cpu, wall = time.process_time(), time.monotonic()
        work()
        passes.append((time.process_time() - cpu, time.monotonic() - wall))
    cpu, wall = (statistics.median(seconds) for seconds in zip(*passes, strict=True))
    print(json.dumps({"cpu": cpu, "wall": wall, **more}))
