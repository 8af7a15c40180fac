"""Whose request gets a process next: that of the caller who has had the least CPU of them lately.

Without it, who sends what costs a second each, again and again, would have all processes all the time, and
everybody else's small requests would wait behind. So would they for the machine's cores: who has had much
lately works behind the others, at a lower priority.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from synthmill.app.core.confined.caller import caller, caller_gone
from synthmill.app.core.confined.exchange import LOOK_SECONDS
from synthmill.app.core.errors import BusyError, CallerGoneError

_HALF_LIFE = 5.0
"""After so many seconds, half of what a caller has had is forgotten."""
_FORGOTTEN = 60.0
"""After so many seconds without a request, a caller is no longer one that a process is kept free for."""
_MUCH, _LITTLE = 4.0, 1.5
"""Seconds of CPU that are counted: half of a core all the time, and a little more, are `_MUCH`. Who has had
them goes behind others until `_LITTLE` is left; ended at `_MUCH`, going behind would be what ends it."""


@dataclass
class _Account:
    """What a caller has had of the processes, in seconds of CPU, and until when that is counted."""

    seconds: float
    at: float
    is_behind: bool = False
    """He has had much, and goes behind others until little of it is left."""

    def at_time(self, now: float) -> float:
        return float(self.seconds * 0.5 ** ((now - self.at) / _HALF_LIFE))


@dataclass
class Turn:
    """One request's time with a process."""

    is_behind: bool
    """Its caller has had much lately, so that others go first where there aren't cores for all."""
    cpu_seconds: float = 0.0
    """What it has taken; who has the turn sets it before he gives it back."""


class Turns:
    """So many processes, and who waits for one.

    A caller has all of them only as long as nobody else asks: else one is kept free of him, or all but one
    where he has had much lately, so that who asks for little finds a process at once.
    """

    def __init__(
        self, processes: int, wait_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._processes, self._wait_seconds, self._clock = processes, wait_seconds, clock
        self._changed = threading.Condition()
        self._waiting: list[str] = []
        self._running: Counter[str] = Counter()
        self._accounts: dict[str, _Account] = {}

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """A process's time for this thread's caller. Raises BusyError where none is free within some time,
        and CallerGoneError where the caller has left."""
        who = caller.get()
        turn = Turn(self._acquire(who))
        try:
            yield turn
        finally:
            self._release(who, turn.cpu_seconds)

    def _acquire(self, who: str) -> bool:
        """Wait for a process; whether this caller goes behind others."""
        gone, deadline = caller_gone.get(), self._clock() + self._wait_seconds
        with self._changed:
            self._note(who, 0.0)
            self._waiting.append(who)
            try:
                while self._next() != who:
                    self._changed.wait(LOOK_SECONDS)
                    if gone():
                        raise CallerGoneError
                    if self._clock() > deadline:
                        waited = f"{self._wait_seconds:g} seconds"
                        raise BusyError(f"all processes for such requests have been busy for {waited}")
                self._running[who] += 1
                return self._is_behind(who, self._clock())
            finally:
                self._waiting.remove(who)
                self._changed.notify_all()

    def _release(self, who: str, cpu_seconds: float) -> None:
        with self._changed:
            self._running[who] -= 1
            self._note(who, cpu_seconds)
            self._running += Counter()  # Without those who have none.
            self._changed.notify_all()

    def _next(self) -> str | None:
        """Of those who wait, the caller who comes next; None where no process is free for any of them."""
        if self._running.total() >= self._processes:
            return None
        now = self._clock()
        free = [who for who in self._waiting if self._running[who] < self._most(who, now)]
        # Of equals the one who has waited longest: `min` takes the first.
        return min(free, key=lambda who: (self._running[who], self._accounts[who].at_time(now)), default=None)

    def _most(self, who: str, now: float) -> int:
        """How many processes a caller may have at once."""
        if len(self._accounts) == 1:
            return self._processes
        return 1 if self._is_behind(who, now) else max(1, self._processes - 1)

    def _is_behind(self, who: str, now: float) -> bool:
        """Whether this caller has had much lately, and more than all others together."""
        account = self._accounts[who]
        own = account.at_time(now)
        others = sum(one.at_time(now) for one in self._accounts.values()) - own
        if len(self._accounts) == 1 or own <= (_LITTLE if account.is_behind else _MUCH) or 2 * own < others:
            account.is_behind = False
        elif own > others:
            account.is_behind = True
        return account.is_behind

    def _note(self, who: str, seconds: float) -> None:
        now = self._clock()
        account = self._accounts.get(who, _Account(0.0, now))
        self._accounts[who] = _Account(account.at_time(now) + seconds, now, account.is_behind)
        for other, account in list(self._accounts.items()):
            if now - account.at > _FORGOTTEN and not self._running[other] and other not in self._waiting:
                del self._accounts[other]
