"""Functions to be called later, in the order of their time."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable

_LONGEST_WAIT = 1.0


class Timer:
    """One function's turn, or all its turns; `cancel` takes them back."""

    def __init__(self, seconds: float, function: Callable[[], object], repeat: bool) -> None:
        self.seconds, self.function, self.repeat = seconds, function, repeat

    def cancel(self) -> None:
        """The function is not called any more."""
        self.function = _nothing
        self.repeat = False


def _nothing() -> None:
    pass


class Timers:
    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    def add(self, seconds: float, function: Callable[[], object], repeat: bool = False) -> Timer:
        timer = Timer(seconds, function, repeat)
        self._push(time.monotonic() + seconds, timer)
        return timer

    def wait(self) -> float:
        """Seconds until the next turn, at most one."""
        if not self._heap:
            return _LONGEST_WAIT
        return min(max(self._heap[0][0] - time.monotonic(), 0.0), _LONGEST_WAIT)

    def run(self, call: Callable[[Callable[[], object]], object]) -> None:
        """Give `call` every function whose time has come."""
        now = time.monotonic()
        while self._heap and self._heap[0][0] <= now:
            due, _, timer = heapq.heappop(self._heap)
            call(timer.function)
            if timer.repeat:
                self._push(max(due + timer.seconds, now), timer)

    def _push(self, due: float, timer: Timer) -> None:
        heapq.heappush(self._heap, (due, next(self._order), timer))
