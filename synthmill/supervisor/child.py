"""One process that is to run as long as the stack does."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from synthmill.servers.process import Process, start, sweep

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
STEADY_SECONDS = 2.0


class Child:
    """A command that is started again whenever it ends.

    The first time after 0.1 s, then after twice the pause before, 2 s at most; a process that ran for more
    than 2 s begins anew.
    """

    def __init__(
        self,
        kind: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        keep_open: Sequence[int] = (),
        process: Process | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.kind, self.log = kind, log
        self._command, self._environment, self._keep_open = command, environment, keep_open
        self._clock = clock
        self._pause = FIRST_PAUSE
        self._due = 0.0
        self._started = self._clock()
        self.process = process
        self.quick_ends = 0
        """How often in a row it ended within 2 s of its start."""

    @property
    def pid(self) -> int | None:
        """Of the running process; None between two."""
        return None if self.process is None else self.process.pid

    def start(self) -> None:
        self._started = self._clock()
        self.process = start(self._command, self._environment, self.log, self._keep_open)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def reap(self) -> int | None:
        """The process id, once, of a process that has ended; what it left behind is killed."""
        if self.process is None or self.process.poll() is None:
            return None
        sweep(self.process)
        pid, self.process = self.process.pid, None
        if self._clock() - self._started > STEADY_SECONDS:
            self._pause, self.quick_ends = FIRST_PAUSE, 0
        self._pause_before_next()
        return pid

    def _pause_before_next(self) -> None:
        self.quick_ends += 1
        self._due = self._clock() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def start_if_due(self) -> bool:
        if self.process is not None or self._clock() < self._due:
            return False
        try:
            self.start()
        except OSError:
            # No room for its log, or for another process: as if it had ended at once.
            self._pause_before_next()
            return False
        return True

    def seconds_to_start(self) -> float | None:
        """How long until it is due again; None while it runs."""
        return None if self.process is not None else max(0.0, self._due - self._clock())
