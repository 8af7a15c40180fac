"""The ends of connections that no thread has: refused, given up for others, or just over."""

from __future__ import annotations

import selectors
import socket
import time
from contextlib import suppress
from typing import Any

from synthmill.app.http.connection_poller import ConnectionPoller
from synthmill.app.http.held_connections import Connection, HeldConnections, State
from synthmill.app.http.raw_refusal import raw_refusal

READ_BYTES = 2**18
DROP_SECONDS = 5
DROP_BYTES = 32 * 2**20
"""So much, for so long, is read and dropped of what a refused client still sends: else it sees no answer."""
_COME_BACK_SECONDS = 5


class ConnectionCloser:
    """Closes connections, with an answer where there is one to give. For the thread that looks after them."""

    def __init__(self, poller: ConnectionPoller, connections: HeldConnections) -> None:
        self._poller, self._connections = poller, connections
        self.dropped = connections.counts.dropped

    def give_up(self, conn: Connection, status: int, reason: str, whose: str, what: str) -> None:
        """Close one because there are too many: with an answer, where it hasn't had one."""
        # What a client that was served before reads between two requests, it might take for the next answer.
        if conn.state is State.READING or (conn.state is State.IDLE and conn.parser is None):
            self._answer(
                conn,
                status,
                f"{whose} has as many {what} as it may have, and this one was the oldest of them",
                "was given up for newer ones",
                "send requests whole and read answers at once, over fewer connections",
            )
        self.dropped[f"{reason} limit"] += 1
        with suppress(OSError):
            conn.sock.receive_now(READ_BYTES)
        self._poller.drop(conn)

    def give_up_for_address(self, conn: Connection) -> None:
        self.give_up(conn, 429, "address", "this address", "connections")

    def give_up_for_memory(self, conn: Connection) -> None:
        self.give_up(conn, 503, "memory", "this process", "unfinished requests and answers not taken")

    def make_room(self) -> None:
        oldest = self._connections.oldest()
        if oldest is None:
            # All descriptors are WebSockets, files, requests in hand: nothing to do but to look less often.
            time.sleep(0.05)
        else:
            self.give_up(oldest, 503, "total", "this process", "open files")

    def refuse(self, conn: Connection, status: int, counted: str, detail: str, reason: str, fix: str) -> None:
        self.dropped[counted] += 1
        self._answer(conn, status, detail, reason, fix)
        self._connections.forget_key(conn)
        self.close(conn, DROP_SECONDS)

    def _answer(self, conn: Connection, status: int, detail: str, reason: str, fix: str) -> None:
        # It is far smaller than a send buffer; a client that has filled that up misses it.
        with suppress(OSError):
            conn.sock.sendall(raw_refusal(status, detail, reason, fix, _COME_BACK_SECONDS))
            conn.sock.forget_unsent()

    def close(self, conn: Connection, seconds: float) -> None:
        """Say that no more comes, and close when the client has: so it gets to see the last answer."""
        self._poller.unwatch(conn)
        self._connections.charge(conn, 0)
        self._connections.enter(conn, State.CLOSING)
        conn.deadline, conn.to_drop = time.monotonic() + seconds, DROP_BYTES
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._poller.drop(conn)
            return
        self._drain(conn)

    def _drain(self, conn: Connection, _: Any = None) -> None:
        try:
            data = conn.sock.receive_now(READ_BYTES)
        except OSError:
            data = b""
        if data is None or (data and conn.to_drop > 0):
            conn.to_drop -= len(data or b"")
            self._poller.watch(conn, selectors.EVENT_READ, self._drain)
        else:
            self._poller.drop(conn)
