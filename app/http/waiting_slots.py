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

_EXTENSION = "synthmill.long_requests"


class Places:
    """How many such requests there may be at once in this process, and how many uploads of one key."""

    def __init__(self, threads: int) -> None:
        self.uploads_of_a_key = max(1, threads // 8)
        self._free = threading.BoundedSemaphore(max(1, threads // 2))
        self._uploads: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether there was a place; `leave` gives it back."""
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        self._free.release()

    @contextmanager
    def upload(self, key_id: str) -> Iterator[bool]:
        """A place for an upload of this key while the block runs; or False, where there is none."""
        if not self._begin_upload(key_id):
            yield False
            return
        try:
            yield True
        finally:
            self.leave()
            with self._lock:
                self._uploads[key_id] -= 1
                if not self._uploads[key_id]:
                    del self._uploads[key_id]

    def _begin_upload(self, key_id: str) -> bool:
        with self._lock:
            if self._uploads[key_id] >= self.uploads_of_a_key or not self.take():
                return False
            self._uploads[key_id] += 1
            return True


def places() -> Places:
    found: Places = current_app.extensions[_EXTENSION]
    return found


def install(app: Flask, threads: int) -> None:
    app.extensions[_EXTENSION] = Places(threads)
