"""Connections that are sent the same messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from synthmill.app.live.connection import Connection
from synthmill.app.live.frames import text_frame

if TYPE_CHECKING:
    from synthmill.app.live.hub import Hub


class Channel:
    """A set of connections. Who closes leaves by its Peer's `on_close`."""

    def __init__(self) -> None:
        self._members: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._members)

    def join(self, connection: Connection) -> None:
        self._members.add(connection)

    def leave(self, connection: Connection) -> None:
        """Send this one nothing more; one that isn't in is passed over."""
        self._members.discard(connection)

    def members(self) -> list[Connection]:
        return list(self._members)

    def send(self, text: str) -> None:
        """One text message to all, encoded once."""
        self.send_frame(text_frame(text))

    def send_frame(self, frame: bytes) -> None:
        # A copy, because a connection that is found gone or too slow leaves meanwhile.
        for connection in tuple(self._members):
            connection.send(frame)


class Latest:
    """Notes of which only the latest counts, by key: each key's latest goes out at most every `seconds`."""

    def __init__(self, hub: Hub, send: Callable[[bytes], None], seconds: float = 0.2) -> None:
        self._hub, self._send, self._seconds = hub, send, seconds
        self._held: dict[Hashable, bytes] = {}
        self._free_at = 0.0
        self._due = False

    def put(self, key: Hashable, frame: bytes) -> None:
        """Send it now if the last one is long enough ago, else keep it as the key's latest."""
        now = time.monotonic()
        if self._due:
            self._held[key] = frame
        elif now >= self._free_at:
            self._free_at = now + self._seconds
            self._send(frame)
        else:
            self._held[key] = frame
            self._due = True
            self._hub.later(self._free_at - now, self._flush)

    def forget(self, key: Hashable) -> None:
        """What is kept for the key has become old."""
        self._held.pop(key, None)

    def _flush(self) -> None:
        self._due = False
        self._free_at = time.monotonic() + self._seconds
        held, self._held = self._held, {}
        for frame in held.values():
            self._send(frame)
