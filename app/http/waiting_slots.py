"""Requests that wait for something to happen hold a thread, so only some of the threads are for them.

Half are for event streams, waits and uploads, a quarter for downloads: the rest is always there for requests
that are answered at once, so nobody can shut anybody out. Of uploads, which may take hours, and of downloads
that their reader may keep waiting, one key may have an eighth of the threads each.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, current_app

_EXTENSION = "synthmill.waiting_slots"
KINDS = ("wait", "download")
"""What slots are for; an upload has one of the first kind."""


class WaitingSlots:
    """How many such requests there may be at once in this process, and how many of one key."""

    def __init__(self, threads: int) -> None:
        self.of_a_key = max(1, threads // 8)
        """Uploads, and as many downloads."""
        self.taken: Counter[str] = Counter()
        """By what they are for."""
        self._most = {"wait": max(1, threads // 2), "download": max(1, threads // 4)}
        self._of_keys: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def acquire(self) -> bool:
        """Take a slot to wait in; whether there was one. `release` gives it back."""
        with self._lock:
            return self._take("wait")

    def release(self) -> None:
        with self._lock:
            self.taken["wait"] -= 1

    @contextmanager
    def upload(self, key_id: str) -> Iterator[bool]:
        """Whether there is a slot for an upload of this key, which it has while the block runs."""
        release = self._of_key("wait", key_id)
        try:
            yield release is not None
        finally:
            if release is not None:
                release()

    def download(self, key_id: str) -> Callable[[], None] | None:
        """A slot for a download of this key: what gives it back, or None where there is none."""
        return self._of_key("download", key_id)

    def _take(self, kind: str) -> bool:
        if self.taken[kind] >= self._most[kind]:
            return False
        self.taken[kind] += 1
        return True

    def _of_key(self, kind: str, key_id: str) -> Callable[[], None] | None:
        with self._lock:
            if self._of_keys[kind, key_id] >= self.of_a_key or not self._take(kind):
                return None
            self._of_keys[kind, key_id] += 1

        def release() -> None:
            with self._lock:
                self.taken[kind] -= 1
                self._of_keys[kind, key_id] -= 1
                if not self._of_keys[kind, key_id]:
                    del self._of_keys[kind, key_id]

        return release


def slots() -> WaitingSlots:
    found: WaitingSlots = current_app.extensions[_EXTENSION]
    return found


def install(app: Flask, threads: int) -> WaitingSlots:
    app.extensions[_EXTENSION] = made = WaitingSlots(threads)
    return made
