"""Starting a part, and starting it elsewhere if its ports were taken meanwhile."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from synthmill.servers.errors import StackError
from synthmill.servers.process import Process, last_lines, start, stop

READY_SECONDS = 30.0
TRIES = 5


class Part(Protocol):
    """A server that is started by a command and can be asked whether it answers."""

    @property
    def name(self) -> str: ...
    @property
    def ports(self) -> tuple[int, ...]: ...
    def command(self) -> list[str]: ...
    def environment(self) -> dict[str, str]: ...
    def is_ready(self) -> bool: ...
    def clear(self) -> None: ...


P = TypeVar("P", bound=Part)


class Launch(Generic[P]):
    """A part that is being started. `make` gets the ports it had last time (or none) and chooses."""

    def __init__(self, make: Callable[[tuple[int, ...]], P], log: Path, ports: tuple[int, ...] = ()) -> None:
        self._make, self._log = make, log
        self.part = make(ports)
        self.process = self._start()

    def wait(self, meanwhile: Callable[[], None] = lambda: None) -> P:
        """The part, as soon as it answers. Raises StackError if it never does.

        `meanwhile` is called again and again; what it raises ends the waiting, not the part.
        """
        for _ in range(TRIES):
            if self._answers(meanwhile):
                return self.part
            self.part = self._make(())
            self.process = self._start()
        self.stop()
        raise StackError(f"{self.part.name} did not start: {last_lines(self._log)}")

    def stop(self) -> None:
        stop([self.process], 5.0)
        self.part.clear()

    def _start(self) -> Process:
        return start(self.part.command(), {**os.environ, **self.part.environment()}, self._log)

    def _answers(self, meanwhile: Callable[[], None]) -> bool:
        """Whether it answers, or has ended instead."""
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            if self.process.poll() is not None:
                return False
            # Ask again whether it runs: what answered could be a stranger on the port it failed to get.
            if self.part.is_ready() and self.process.poll() is None:
                return True
            meanwhile()
            time.sleep(0.01)
        self.stop()
        raise StackError(f"{self.part.name} did not answer within {READY_SECONDS:.0f} s; see {self._log}")
