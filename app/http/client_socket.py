"""A client's connection, that waits for nobody longer than was agreed.

What the client doesn't take of an answer at once is kept here, up to KEPT_BYTES, and sent when the thread
that made it is free again (app/http/gunicorn_worker.py). So only a longer answer waits for its reader.
"""

from __future__ import annotations

import errno
import select
import socket
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

KEPT_BYTES = 2 * 2**20
"""Any answer to a stranger is smaller: the largest is Swagger UI, of 1.7 MB."""
UPLOAD_PACE_BYTES = 2**20
"""So much of a body must come, each time, within the patience."""
DOWNLOAD_PACE_BYTES = 2**16
"""So much of an answer must be taken, each time, within the patience, where a thread waits for it."""
UNSENT_BYTES = 2**17
"""The kernel takes no more beyond what the reader has room for; by itself it would take megabytes."""
_SEND_BYTES = 2**18
_GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR


class ClientSocket(socket.socket):
    """Whether gunicorn has set it to block or not makes no difference."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.patience = 30.0
        """Seconds within which a pace has to be kept, and anything at all of an answer taken."""
        self.keeps = True
        """Whether what isn't taken may wait here; not so of an endless answer."""
        self.unsent: deque[memoryview] = deque()
        """Parts of answers as they were given, not copied: many clients may wait for the same bytes."""
        self.unsent_bytes = 0
        self.end_of_pace = 0.0
        self._came = 0

    def set_up(self, patience: float) -> None:
        """Once, when it is accepted over TCP: bounds to what the kernel keeps of answers, and how long."""
        self.patience = patience
        if self.family in (socket.AF_INET, socket.AF_INET6):
            self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
            self.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * patience))

    # Of a thread that serves the client

    def recv(self, size: int, flags: int = 0) -> bytes:
        """The next bytes of a body. Raises TimeoutError for a client that doesn't keep the pace."""
        while True:
            try:
                data = super().recv(size, flags | socket.MSG_DONTWAIT)
            except BlockingIOError:
                if not self._wait(select.POLLIN, self.end_of_pace):
                    raise TimeoutError(errno.ETIMEDOUT, "the body came too slowly") from None
                continue
            self._came += len(data)
            if self._came >= UPLOAD_PACE_BYTES:
                self.begin_pace()
            return data

    def begin_pace(self) -> None:
        self._came, self.end_of_pace = 0, time.monotonic() + self.patience

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send, or keep. Raises ConnectionResetError, as if it had left, where it takes too little."""
        self.unsent.append(memoryview(data))
        self.unsent_bytes += len(data)
        # Behind what waits already nothing can be sent, except by those who wait for room.
        if self.unsent_bytes == len(data):
            self.flush()
        if self.unsent_bytes > (KEPT_BYTES if self.keeps else 0):
            self._wait_until_taken()

    def _wait_until_taken(self) -> None:
        taken, deadline = 0, time.monotonic() + self.patience
        while self.unsent_bytes > (KEPT_BYTES if self.keeps else 0):
            if not self._wait(select.POLLOUT, deadline):
                self.forget_unsent()
                raise ConnectionResetError(errno.ECONNRESET, "the answer was not taken")
            taken += self.flush()
            if taken >= DOWNLOAD_PACE_BYTES:
                taken, deadline = 0, time.monotonic() + self.patience

    def _wait(self, event: int, deadline: float) -> bool:
        poll = select.poll()
        poll.register(self, event)
        return bool(poll.poll(max(0.0, 1000 * (deadline - time.monotonic()))))

    def has_left(self) -> bool:
        """Whether the client has closed its side; nobody who still waits for an answer does."""
        poll = select.poll()
        poll.register(self, select.POLLRDHUP)
        return any(events & _GONE for _, events in poll.poll(0))

    # Of the thread that holds all connections that no other thread serves

    def receive_now(self, size: int) -> bytes | None:
        """What has come; None where nothing has, no bytes where the client has closed its side."""
        try:
            return super().recv(size, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return None

    def flush(self) -> int:
        """Send of what is kept as much as the client takes now; how much that was."""
        taken = 0
        while self.unsent:
            part = self.unsent[0]
            try:
                sent = self.send(part[:_SEND_BYTES], socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            taken += sent
            self.unsent_bytes -= sent
            if sent < len(part):
                self.unsent[0] = part[sent:]
            else:
                self.unsent.popleft()
        return taken

    def forget_unsent(self) -> None:
        self.unsent.clear()
        self.unsent_bytes = 0


def client_of(environ: Mapping[str, Any]) -> ClientSocket | None:
    """The connection of a WSGI request; None under another server than ours."""
    found = environ.get("gunicorn.socket")
    return found if isinstance(found, ClientSocket) else None


def client_has_left(environ: Mapping[str, Any]) -> bool:
    """Whether nobody waits for the answer to this request any more."""
    client = client_of(environ)
    return client is not None and client.has_left()
