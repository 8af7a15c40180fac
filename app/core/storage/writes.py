"""Writes under way in this process: a store that takes nothing may need minutes to say so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_under_way: dict[int, tuple[float, str]] = {}
"""By thread: since when it has been waiting for the store, and to do what."""


@contextmanager
def writing(what: str) -> Iterator[None]:
    """A write of this thread, until it has succeeded or failed."""
    thread = threading.get_ident()
    _under_way[thread] = time.monotonic(), what
    try:
        yield
    finally:
        del _under_way[thread]


def unanswered(seconds: float) -> str | None:
    """What a thread has been waiting for so long already, in words; the one that has waited longest."""
    waiting = min(list(_under_way.values()), default=None)
    if waiting is None or time.monotonic() - waiting[0] < seconds:
        return None
    return f"the object store has given no answer to {waiting[1]} for {seconds:g} s"
