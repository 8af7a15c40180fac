"""What waits for a slow reader: whole frames, but for the first, of which a part may be out."""

from __future__ import annotations

import socket

MAX_FRAMES = 200
MAX_BYTES = 256 * 1024
"""What may wait, beyond what the kernel holds."""
_VECTOR = 64
"""Frames that go into one system call."""


class Outbox:
    __slots__ = ("_bytes", "_frames", "_partly")

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._bytes = 0
        self._partly = False

    def __bool__(self) -> bool:
        return bool(self._frames)

    def has_room(self, frame: bytes) -> bool:
        return len(self._frames) < MAX_FRAMES and self._bytes + len(frame) <= MAX_BYTES

    def put(self, frame: bytes, sent: int = 0) -> None:
        """Keep a frame, of which the first `sent` bytes are out already."""
        if sent:
            self._partly = True
            frame = frame[sent:]
        self._frames.append(frame)
        self._bytes += len(frame)

    def drop_whole(self) -> None:
        """Forget the frames of which nothing is out: the stream stays readable."""
        self._frames = self._frames[:1] if self._partly else []
        self._bytes = sum(map(len, self._frames))

    def write(self, sock: socket.socket) -> bool:
        """Send what there is room for; whether that was anything. Raises OSError for a broken connection."""
        wrote = False
        while self._frames:
            try:
                sent = sock.sendmsg(self._frames[:_VECTOR])
            except BlockingIOError:
                break
            wrote = True
            self._remove(sent)
        return wrote

    def _remove(self, sent: int) -> None:
        self._bytes -= sent
        whole = 0
        while whole < len(self._frames) and sent >= len(self._frames[whole]):
            sent -= len(self._frames[whole])
            whole += 1
        del self._frames[:whole]
        if sent:
            self._frames[0] = self._frames[0][sent:]
        if whole or sent:
            self._partly = sent > 0
