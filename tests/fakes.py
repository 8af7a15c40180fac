"""Real fakes: they do what the real parts do, in memory, and remember what was asked."""

from __future__ import annotations

import queue
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager


class RecordingQueue:
    """Keeps the slots asked for, for a test to work off."""

    def __init__(self) -> None:
        self.slots: list[str] = []
        self.days: list[tuple[str, str, int, int]] = []

    def wake(self, job_id: str, queue: str, slots: int = 1) -> None:
        self.slots += [job_id] * slots

    def ask_days(self, workspace_id: str, symbol: str, first: int, last: int) -> None:
        self.days.append((workspace_id, symbol, first, last))

    def waiting(self, queue: str) -> int | None:
        return 0

    def close(self) -> None:
        self.slots.clear()


class _Mailbox:
    def __init__(self) -> None:
        self.messages: queue.Queue[str] = queue.Queue()

    def get(self, timeout: float) -> str | None:
        try:
            return self.messages.get(timeout=timeout)
        except queue.Empty:
            return None


class MemoryBus:
    """Delivers within the process; with `deaf` set it loses everything, as Redis may."""

    def __init__(self) -> None:
        self.deaf = False
        self._receivers: dict[str, list[Callable[[str], None]]] = defaultdict(list)

    def publish(self, messages: Iterable[tuple[str, str]]) -> None:
        for channel, message in messages:
            for receive in [] if self.deaf else list(self._receivers[channel]):
                receive(message)

    def subscribe(self, channel: str, receive: Callable[[str], None]) -> None:
        self._receivers[channel].append(receive)

    def unsubscribe(self, channel: str, receive: Callable[[str], None]) -> None:
        self._receivers[channel].remove(receive)

    @contextmanager
    def listen(self, channel: str) -> Iterator[_Mailbox]:
        mailbox = _Mailbox()
        self.subscribe(channel, mailbox.messages.put)
        try:
            yield mailbox
        finally:
            self.unsubscribe(channel, mailbox.messages.put)

    def close(self) -> None:
        self._receivers.clear()
