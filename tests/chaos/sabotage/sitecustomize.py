"""Loaded by every Python process of a stack under chaos, before anything else; no part of the product.

CHAOS_FOLDER    where the harness leaves orders; `next-worker.json` is for whichever worker starts next
CHAOS_TWICE     every message to a worker is sent twice
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def _serves() -> bool:
    return any("gunicorn" in word for word in sys.orig_argv)


def _works() -> bool:
    return "synthmill.workers" in sys.orig_argv


def _orders(folder: Path) -> dict[str, object]:
    taken = folder / f"worker-{os.getpid()}.json"
    try:
        (folder / "next-worker.json").rename(taken)
    except FileNotFoundError:
        return {}
    return dict(json.loads(taken.read_text()))


def _shift_clock(seconds: float) -> None:
    real, real_ns = time.time, time.time_ns
    time.time = lambda: real() + seconds
    time.time_ns = lambda: real_ns() + int(seconds * 1e9)


def _be_of_version(engine: str) -> None:
    import synthmill.generators.version

    synthmill.generators.version.ENGINE_VERSION = engine


def _send_twice() -> None:
    from kombu.transport.redis import Channel

    put = Channel._put

    def twice(self: object, *arguments: object, **named: object) -> None:
        put(self, *arguments, **named)
        put(self, *arguments, **named)

    Channel._put = twice


if "CHAOS_FOLDER" in os.environ and (_serves() or _works()):
    if _works():
        given = _orders(Path(os.environ["CHAOS_FOLDER"]))
        if "clock" in given:
            _shift_clock(float(str(given["clock"])))
        if "engine" in given:
            _be_of_version(str(given["engine"]))
    if os.environ.get("CHAOS_TWICE"):
        _send_twice()
