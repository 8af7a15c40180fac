"""What goes over a socket between us and a confined process: frames of a kind, a length and so many bytes."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

MESSAGE, DATA, END = b"m", b"d", b"e"
"""A JSON object; bytes of the answer; the end of the answer."""
CHUNK_BYTES = 1 << 16
_HEAD = struct.Struct("!cI")
_MOST_BYTES = 64 * 2**20
"""Of one frame: a request with all that it may hold."""
_RECEIVED_AT_ONCE = 1 << 18


class BrokenFrameError(Exception):
    """The other side has closed the socket, or sent what is no frame."""


class Frames:
    """A socket that frames are sent and received over."""

    def __init__(self, sock: socket.socket, send_seconds: float | None = None) -> None:
        """`send_seconds`: how long the other side may take nothing of what is sent; None: any time."""
        self.sock, self._send_seconds = sock, send_seconds
        self._received = bytearray()

    def send(self, kind: bytes, content: bytes = b"") -> None:
        """Raises OSError where the other side is gone, or takes too long."""
        self.sock.settimeout(self._send_seconds)
        self.sock.sendall(_HEAD.pack(kind, len(content)) + content)

    def send_message(self, message: Mapping[str, Any]) -> None:
        self.send(MESSAGE, json.dumps(message).encode())

    def receive(self, seconds: float | None = None) -> tuple[bytes, bytes] | None:
        """The next frame's kind and content; None where no more of it came for so many seconds.

        Raises BrokenFrameError.
        """
        self.sock.settimeout(seconds)
        while (found := self._whole()) is None:
            try:
                came = self.sock.recv(_RECEIVED_AT_ONCE)
            except TimeoutError:
                return None
            except OSError as error:
                raise BrokenFrameError(str(error)) from error
            if not came:
                raise BrokenFrameError("the other side has ended")
            self._received += came
        return found

    def _whole(self) -> tuple[bytes, bytes] | None:
        if len(self._received) < _HEAD.size:
            return None
        kind, length = _HEAD.unpack_from(self._received)
        if kind not in (MESSAGE, DATA, END) or length > _MOST_BYTES:
            raise BrokenFrameError(f"a frame of kind {kind!r} with {length:,} bytes")
        end = _HEAD.size + length
        if len(self._received) < end:
            return None
        content = bytes(self._received[_HEAD.size : end])
        del self._received[:end]
        return kind, content
