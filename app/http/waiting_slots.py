"""Requests that wait for something to happen hold a thread, so only half of the threads are for them.

The other half is always there for requests that are answered at once: watchers can't shut anybody out. Of
uploads, which may take hours, one key may have an eighth of the threads.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app

_EXTENSION = "synthmill.waiting_slots"


class WaitingSlots:
    """How many such requests there may be at once in this process, and how many uploads of one key."""

    def __init__(self, threads: int) -> None:
        self.uploads_of_a_key = max(1, threads // 8)
        self._free = threading.BoundedSemaphore(max(1, threads // 2))
        self._uploads: Counter[str] = Counter()
        self._lock = threading.Lock()

    def acquire(self) -> bool:
        """Take a slot; whether there was one. `release` gives it back."""
        return self._free.acquire(blocking=False)

    def release(self) -> None:
        self._free.release()

    @contextmanager
    def upload(self, key_id: str) -> Iterator[bool]:
        """Whether there is a slot for an upload of this key, which it has while the block runs."""
        if not self._begin_upload(key_id):
            yield False
            return
        try:
            yield True
        finally:
            self.release()
            with self._lock:
                self._uploads[key_id] -= 1
                if not self._uploads[key_id]:
                    del self._uploads[key_id]

    def _begin_upload(self, key_id: str) -> bool:
        with self._lock:
            if self._uploads[key_id] >= self.uploads_of_a_key or not self.acquire():
                return False
            self._uploads[key_id] += 1
            return True


def slots() -> WaitingSlots:
    found: WaitingSlots = current_app.extensions[_EXTENSION]
    return found


def install(app: Flask, threads: int) -> None:
    app.extensions[_EXTENSION] = WaitingSlots(threads)
