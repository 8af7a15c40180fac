"""Requests that wait for something to happen hold a thread, so only some of the threads are for them.

Half are for event streams, waits and uploads, a quarter for downloads: the rest is always there for requests
that are answered at once, so nobody can shut anybody out. One key may have an eighth of the threads for
uploads, which may take hours, and as many for downloads, which their reader may keep waiting; of event
streams and waits it may have what the setting `max_waits_per_key` says.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from flask import Flask, current_app

_EXTENSION = "synthmill.waiting_slots"
KINDS = ("wait", "download")
"""What slots are for; an upload has one of the first kind."""
_Purpose = Literal["wait", "upload", "download"]


class WaitingSlots:
    """How many such requests there may be at once in this process, and how many of one key."""

    def __init__(self, threads: int, waits_of_a_key: int) -> None:
        eighth = max(1, threads // 8)
        self.of_a_key: dict[_Purpose, int] = {"wait": waits_of_a_key, "upload": eighth, "download": eighth}
        self.taken: Counter[str] = Counter()
        """By what they are for."""
        self._most = {"wait": max(1, threads // 2), "download": max(1, threads // 4)}
        self._of_keys: Counter[tuple[_Purpose, str]] = Counter()
        self._lock = threading.Lock()

    def wait(self, key_id: str) -> Callable[[], None] | None:
        """A slot for an event stream or a wait of this key: what gives it back; None where there is none."""
        return self._of_key("wait", "wait", key_id)

    @contextmanager
    def upload(self, key_id: str) -> Iterator[bool]:
        """Whether there is a slot for an upload of this key, which it has while the block runs."""
        release = self._of_key("wait", "upload", key_id)
        try:
            yield release is not None
        finally:
            if release is not None:
                release()

    def download(self, key_id: str) -> Callable[[], None] | None:
        """A slot for a download of this key: what gives it back, or None where there is none."""
        return self._of_key("download", "download", key_id)

    def _of_key(self, kind: str, purpose: _Purpose, key_id: str) -> Callable[[], None] | None:
        with self._lock:
            held = self._of_keys.get((purpose, key_id), 0)
            if held >= self.of_a_key[purpose] or self.taken[kind] >= self._most[kind]:
                return None
            self.taken[kind] += 1
            self._of_keys[purpose, key_id] = held + 1

        def release() -> None:
            with self._lock:
                self.taken[kind] -= 1
                self._of_keys[purpose, key_id] -= 1
                if not self._of_keys[purpose, key_id]:
                    del self._of_keys[purpose, key_id]

        return release


def slots() -> WaitingSlots:
    found: WaitingSlots = current_app.extensions[_EXTENSION]
    return found


def install(app: Flask, threads: int, waits_of_a_key: int) -> WaitingSlots:
    app.extensions[_EXTENSION] = made = WaitingSlots(threads, waits_of_a_key)
    return made
