"""One open WebSocket, as the hub holds it. Every method is for the hub's own thread."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from wsproto.connection import Connection as WebSocketProtocol
from wsproto.connection import ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage

from synthmill.app.core.access.keys import Principal
from synthmill.app.live.frames import INTERNAL, PING, TOO_BIG, TRY_LATER, text_frame
from synthmill.app.live.outbox import Outbox

if TYPE_CHECKING:
    from synthmill.app.live.hub import Hub

MAX_MESSAGE_BYTES = 4096
"""Whoever says more than this at once is cut off."""
PING_SECONDS = 25
STALL_SECONDS = 10
"""A reader that takes no byte for so long, with something waiting, is cut off."""
GOODBYE_SECONDS = 2
"""How long the other side may take nothing, or answer nothing, after a close."""
_KERNEL_BYTES = 64 * 1024
"""Asked of the kernel as its send buffer; else that grows to megabytes for who never reads."""
_RECEIVE_BYTES = 4096


class Peer(Protocol):
    """What the application does with one connection. Its methods run on the hub's thread and must be quick:
    no database, no waiting; `Hub.work` is for those. An exception closes the connection with 1011."""

    def opened(self, connection: Connection) -> None:
        """The connection may be written to from now on."""

    def on_message(self, connection: Connection, message: str | bytes) -> None:
        """A whole message of at most MAX_MESSAGE_BYTES has come: str of text frames, bytes of binary ones."""

    def on_close(self, connection: Connection) -> None:
        """Nothing more can be sent: the connection is closed, or closing. Called once, even where `opened`
        was not, or failed."""


class Connection:
    """`principal` and `peer` are its own for life; `on_drained` is called whenever nothing waits any more."""

    __slots__ = (
        "_deadline",
        "_hub",
        "_message",
        "_message_bytes",
        "_outbox",
        "_pinged_at",
        "_protocol",
        "_socket",
        "_took_at",
        "_unanswered",
        "on_drained",
        "open",
        "peer",
        "principal",
    )

    def __init__(self, hub: Hub, sock: socket.socket, principal: Principal | None, peer: Peer) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._hub, self._socket = hub, sock
        self.principal, self.peer = principal, peer
        self.open = True
        self.on_drained: Callable[[], None] | None = None
        self._protocol = WebSocketProtocol(ConnectionType.SERVER)
        self._message: list[str] | list[bytes] = []
        self._message_bytes = 0
        self._outbox = Outbox()
        self._took_at = self._pinged_at = time.monotonic()
        self._unanswered = False
        self._deadline: float | None = None

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def drained(self) -> bool:
        """Whether the kernel has taken everything sent so far."""
        return not self._outbox

    def send_text(self, text: str) -> None:
        """Send one text message to this connection alone."""
        self.send(text_frame(text))

    def send(self, frame: bytes) -> None:
        """Send a whole frame, or keep it until there is room; who lags too far behind is closed with 1013.

        Never raises and never waits; after a close it does nothing.
        """
        if not self.open:
            return
        if not self._outbox:
            try:
                sent = self._socket.send(frame)
            except BlockingIOError:
                sent = 0
            except OSError:
                self.drop()
                return
            if sent < len(frame):
                self._outbox.put(frame, sent)
                self._took_at = time.monotonic()
                self._hub.watch_writes(self, True)
        elif self._outbox.has_room(frame):
            self._outbox.put(frame)
        else:
            self.close(TRY_LATER, "this reader is too slow; connect again with after= the last seq")

    def close(self, code: int, reason: str) -> None:
        """Say goodbye with this code, after what waits; only who is cut off as too slow loses that."""
        if self.open:
            if code == TRY_LATER:
                self._outbox.drop_whole()
            self._outbox.put(self._protocol.send(CloseConnection(code, reason)))
            self._finish(code)

    def _finish(self, code: int) -> None:
        """Only what waits goes out now; then the other side has a moment to answer."""
        self.open = False
        self._deadline = time.monotonic() + GOODBYE_SECONDS
        self._hub.retire(self, code)
        self.writable()

    def readable(self) -> None:
        """Take what the other side says."""
        try:
            data = self._socket.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.drop()
            return
        self._unanswered = False
        if self._protocol.state in (ConnectionState.OPEN, ConnectionState.LOCAL_CLOSING):
            self._protocol.receive_data(data)
            for event in self._protocol.events():
                self._take(event)

    def _take(self, event: object) -> None:
        if isinstance(event, CloseConnection):
            if not self.open:
                self.drop()
                return
            # A close of theirs is answered in kind; one that wsproto made says what broke the protocol.
            self._outbox.drop_whole()
            self._outbox.put(self._protocol.send(event.response()))
            self._finish(int(event.code))
        elif not self.open:
            return
        elif isinstance(event, Ping):
            self.send(self._protocol.send(event.response()))
        elif isinstance(event, TextMessage | BytesMessage):
            self._gather(event)

    def _gather(self, event: TextMessage | BytesMessage) -> None:
        self._message_bytes += len(event.data)
        if self._message_bytes > MAX_MESSAGE_BYTES:
            self.close(TOO_BIG, f"a message may have {MAX_MESSAGE_BYTES} bytes")
            return
        self._message.append(event.data)  # type: ignore[arg-type]
        if event.message_finished:
            whole = ("" if isinstance(event, TextMessage) else b"").join(self._message)  # type: ignore[arg-type]
            self._message, self._message_bytes = [], 0
            self.peer.on_message(self, whole)

    def writable(self) -> None:
        """Write what waits, as far as there is room."""
        try:
            if self._outbox.write(self._socket):
                self._took_at = time.monotonic()
                if self._deadline is not None:
                    self._deadline = self._took_at + GOODBYE_SECONDS
        except OSError:
            self.drop()
            return
        self._hub.watch_writes(self, bool(self._outbox))
        if self._outbox:
            return
        if not self.open and self._protocol.state is ConnectionState.CLOSED:
            self.drop()
        elif self.open and self.on_drained is not None:
            self.on_drained()

    def look_after(self, now: float) -> None:
        """Called every second: pings, and gives up who takes nothing, answers nothing or doesn't leave."""
        if self._deadline is not None:
            if now >= self._deadline:
                self.drop()
        elif self._outbox and now - self._took_at >= STALL_SECONDS:
            self.close(TRY_LATER, "this reader takes nothing; connect again with after= the last seq")
        elif now - self._pinged_at >= PING_SECONDS:
            if self._unanswered:
                self.close(INTERNAL, "a ping was not answered")
            else:
                self._pinged_at, self._unanswered = now, True
                self.send(PING)

    def drop(self) -> None:
        """End the connection at once, in both directions, without a word."""
        if self._socket.fileno() < 0:
            return
        if self.open:
            self.open = False
            self._hub.retire(self, None)
        self._hub.unregister(self)
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
