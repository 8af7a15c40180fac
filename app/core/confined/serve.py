"""One confined process: it takes requests one after the other, and its limits hold for each."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from synthmill.app.core.confined.frames import CHUNK_BYTES, DATA, END, BrokenFrameError, Frames
from synthmill.app.core.confined.refusals import raise_refusal, refusals
from synthmill.app.core.confined.works import WORKS
from synthmill.app.core.errors import LimitExceededError

KEPT = b"kept"
"""What the end of an answer says where the process takes another request."""

_PDEATHSIG = 1
_CPU_GRACE_SECONDS = 0.5
"""The caller watches the CPU; should it be kept from that, the kernel ends us so much later."""
_MOST_GROWTH = 64 * 2**20
"""What a process may have kept of its requests; then another one takes its place."""
_MOST_REQUESTS = 500


def serve(frames: Frames, parent: int) -> None:
    """Answer requests until the other side ends, or this process has kept too much of them."""
    _end_with(parent)
    first = _data_bytes()
    for number in range(1, _MOST_REQUESTS + 1):
        try:
            received = frames.receive()
        except BrokenFrameError:
            return
        assert received is not None
        said = _answered(frames, json.loads(received[1]))
        if said:
            frames.send_message(said[0])
        kept = number < _MOST_REQUESTS and _data_bytes() - first <= _MOST_GROWTH
        frames.send(END, KEPT if kept else b"")
        if not kept:
            return


class _World:
    """What works are given of the world: see `works.World`."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames

    def ask(self, question: str, about: Any) -> Any:
        self._frames.send_message({"ask": question, "about": about})
        received = self._frames.receive()
        assert received is not None
        message = json.loads(received[1])
        raise_refusal(message)
        return message["answer"]

    def note(self, costliest: str) -> None:
        self._frames.send_message({"costliest": costliest})


def _answered(frames: Frames, request: dict[str, Any]) -> list[dict[str, Any]]:
    """Do the work and send what it gives; what there is to say where it gave up."""
    said: list[dict[str, Any]] = []
    try:
        with _limited(request), refusals(said):
            _send(frames, WORKS[request["work"]](request["arguments"], _World(frames)), request)
    except MemoryError:
        said.append({"exceeded": "memory"})
    except (BrokenFrameError, ConnectionError):
        os._exit(0)  # Nobody is left to answer.
    except Exception:
        said.append({"broken": traceback.format_exc()})
    return said


def _send(frames: Frames, pieces: Iterator[bytes], request: dict[str, Any]) -> None:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > request["answer_bytes"]:
            raise LimitExceededError(
                "request",
                f"the answer has more than {request['answer_bytes']:,} bytes",
                "ask for less at once (SYNTHMILL_ANSWER_BYTES)",
            )
        for start in range(0, len(piece), CHUNK_BYTES):
            frames.send(DATA, piece[start : start + CHUNK_BYTES])


@contextmanager
def _limited(request: dict[str, Any]) -> Iterator[None]:
    """Memory and CPU as the request allows them, for as long as the block runs."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (_data_bytes() + request["memory_bytes"], hard))
    signal.setitimer(signal.ITIMER_PROF, request["cpu_seconds"] + _CPU_GRACE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _data_bytes() -> int:
    """What this process has of private memory that can be written to, used or not."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no VmData")


def _end_with(parent: int) -> None:
    """Let the kernel kill this process as soon as its parent is no more."""
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
