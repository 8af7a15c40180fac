"""What every contestant in Python shares: a warm-up, a clock around the work, one line of JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable


def measure(work: Callable[[], object], warm: Callable[[], object] | None = None, **told: object) -> None:
    """Warm up, work once, and print how long that took: CPU seconds of all threads, and wall seconds."""
    if warm is not None:
        warm()
    cpu, wall = time.process_time(), time.monotonic()
    work()
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall, **told}))
