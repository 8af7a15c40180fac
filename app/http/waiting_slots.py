"""Requests that wait for something to happen hold a thread, so only half of the threads are for them.

The other half is always there for requests that are answered at once: watchers can't shut anybody out.
"""

from __future__ import annotations

import threading

from flask import Flask, current_app

_EXTENSION = "synthmill.long_requests"


class Places:
    """How many such requests there may be at once in this process."""

    def __init__(self, count: int) -> None:
        self._free = threading.BoundedSemaphore(count)

    def take(self) -> bool:
        """Whether there was a place; `leave` gives it back."""
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        self._free.release()


def places() -> Places:
    found: Places = current_app.extensions[_EXTENSION]
    return found


def install(app: Flask, threads: int) -> None:
    app.extensions[_EXTENSION] = Places(max(1, threads // 2))
