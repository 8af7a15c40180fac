"""Signals as things to wait for."""

from __future__ import annotations

import queue
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Counts the requests to stop, and wakes who waits when one comes or a child ends.

    To be used in the main thread, between entering and leaving `caught`.
    """

    def __init__(self) -> None:
        self.stops = 0
        # Its put() is the one way to wake a waiting thread that is safe inside a signal handler.
        self._woken: queue.SimpleQueue[None] = queue.SimpleQueue()

    @contextmanager
    def caught(self) -> Iterator[None]:
        # Under nohup, hanging up is to be survived.
        deaf = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        numbers = [n for n in (*STOPPING, signal.SIGCHLD) if not (deaf and n == signal.SIGHUP)]
        former = {number: signal.signal(number, self._handle) for number in numbers}
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def wait(self, seconds: float) -> None:
        """Return after so many seconds, or as soon as a signal comes."""
        try:
            self._woken.get(timeout=seconds)
            while True:
                self._woken.get_nowait()
        except queue.Empty:
            return

    def _handle(self, number: int, _frame: Any) -> None:
        if number in STOPPING:
            self.stops += 1
        self._woken.put(None)
