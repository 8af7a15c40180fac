"""Gunicorn's threaded worker, whose threads never wait for a client.

The one thread that accepts also reads: a request goes to a thread of the pool when its head and body are here
(a body longer than MAX_BODY_BYTES comes to the view that wants it, at a pace), and what a client doesn't take
of its answer is sent from here when the thread is free again. Each of these waits has an end, and so has the
number of those who wait (app/http/held_connections.py); app/http/connection_closer.py is about the ends.

Gunicorn calls `enqueue_req` and `finish_request` in that one thread whenever a connection has come or is
given back: there this comes in. Its own lists of waiting connections stay empty.
"""

from __future__ import annotations

import errno
import selectors
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gunicorn.http.body import Body
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker
from werkzeug.exceptions import BadRequest

from synthmill.app.core.resources import trim_memory
from synthmill.app.http.client_socket import ClientSocket
from synthmill.app.http.connection_closer import DROP_SECONDS, READ_BYTES, ConnectionCloser
from synthmill.app.http.connection_poller import ConnectionPoller
from synthmill.app.http.held_connections import (
    Connection,
    ConnectionCounts,
    ConnectionLimits,
    HeldConnections,
    State,
    address_group,
)
from synthmill.app.http.raw_refusal import CONTINUE
from synthmill.app.http.request_framing import Progress, RequestFraming

MIN_BYTES_A_SECOND = 1_000
"""So fast a body must come, on average, once HEAD_SECONDS are over."""
LINGER_SECONDS = 2
STOP_SECONDS = 2
"""A process that ends reads no request on for longer."""
_LARGE_BYTES = 2**16
_ACCEPTED_AT_ONCE = 64
_OUT_OF_FILES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


@dataclass(frozen=True)
class Limits:
    connections: ConnectionLimits
    head_seconds: float
    request_seconds: float
    max_body: int
    """Of a request that is read as a whole before a thread has it."""
    proxies: int


class Worker(ThreadWorker):  # type: ignore[misc]
    def hold(self, limits: Limits, counts: ConnectionCounts) -> None:
        """Called once, in the process that serves, before it accepts anybody."""
        if self.cfg.is_ssl:
            raise RuntimeError("TLS is the proxy's business: start gunicorn without a certificate")
        self._limits = limits
        self._connections = HeldConnections(limits.connections, counts)
        self._connection_poller = ConnectionPoller(self.poller, self._connections, self._count_dropped)
        self._closer = ConnectionCloser(self._connection_poller, self._connections)
        self._stop_at: float | None = None

    # What gunicorn calls

    def accept(self, listener: Any) -> None:
        """Take connections that wait at this address."""
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                client, peer = listener.accept()
            except OSError as error:
                if error.errno in _OUT_OF_FILES:
                    self._closer.make_room()
                return
            self.nr_conns += 1
            sock = ClientSocket(client.family, client.type, client.proto, fileno=client.detach())
            sock.set_up(self._limits.request_seconds)
            connection = Connection(self.cfg, sock, peer, listener.getsockname())
            self._connection_poller.guard(
                self._admit, connection, "" if self._limits.proxies else address_group(peer)
            )

    def enqueue_req(self, conn: Connection) -> None:
        """Read a request, and give it to a thread when all of it is here."""
        conn.framing = RequestFraming(self._limits.max_body)
        is_new = conn.parser is None
        conn.deadline = time.monotonic() + (self._limits.head_seconds if is_new else self.cfg.keepalive)
        self._connections.enter(conn, State.IDLE)
        ahead = b"" if is_new else conn.parser.unreader.take_buffered()
        if ahead:
            self._take(conn, ahead)
        else:
            self._read(conn)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Answer a request, in a thread of the pool."""
        req.body = _CheckedBody(req.body.reader)
        if conn.framing.progress is Progress.LONG:
            # Where the next request begins is known only when all has been read.
            req.force_close()
            conn.sock.begin_pace()
        result = super().handle_request(req, conn)
        if conn.framing.progress is Progress.WHOLE:
            with suppress(BadRequest):
                while req.body.read(READ_BYTES):
                    pass
        if conn.framing.body_bytes > _LARGE_BYTES:
            # What was made of it is many times as large, and would stay with this thread's heap.
            trim_memory()
        return result

    def finish_request(self, conn: Connection, fs: Future[bool]) -> None:
        """A thread is done with it."""
        conn.keep_alive = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        conn.sock.keeps = True
        conn.framing.buffer.clear()
        self._connections.forget_key(conn)
        self._connection_poller.resume(self._write, conn)

    def murder_pending(self) -> None:
        """Called at least once a second: connections that have used up their time are closed."""
        now = time.monotonic()
        if not self.alive and self._stop_at is None:
            self._stop_at = now + STOP_SECONDS
        for connection in self._connections.held():
            if now >= connection.deadline:
                self._connection_poller.resume(self._expire, connection)
            elif self._stop_at is not None and connection.state in (State.IDLE, State.READING):
                connection.deadline = min(connection.deadline, self._stop_at)

    # Reading

    def _admit(self, conn: Connection, address: str) -> None:
        # The one that goes may be itself, so it is counted before it is looked at.
        crowded = self._connections.set_address(conn, address)
        full = len(self._connections) >= self._limits.connections.total
        self._connections.enter(conn, State.IDLE)
        if crowded is not None:
            self._closer.give_up_for_address(crowded)
        if full:
            oldest = self._connections.oldest() or conn
            self._closer.give_up(oldest, 503, "total", "this process", "connections")
        if conn.state is not None:
            self.enqueue_req(conn)

    def _read(self, conn: Connection, _: Any = None) -> None:
        try:
            data = conn.sock.receive_now(READ_BYTES)
        except OSError:
            data = b""
        if data is None:
            self._connection_poller.watch(conn, selectors.EVENT_READ, self._read)
        elif not data:
            self._connection_poller.drop(conn)
        else:
            self._take(conn, data)

    def _take(self, conn: Connection, data: bytes) -> None:
        framing = conn.framing
        if conn.state is State.IDLE:
            self._connections.enter(conn, State.READING)
            self._begin(conn, self._limits.head_seconds)
        was = framing.progress
        framing.feed(data)
        if framing.refusal is not None:
            refusal = framing.refusal
            self._closer.refuse(
                conn,
                refusal.status,
                "malformed",
                f"the request {refusal.reason}",
                refusal.reason,
                refusal.fix,
            )
            return
        if was is Progress.HEAD and framing.progress is not Progress.HEAD and not self._judge_head(conn):
            return
        crowded = self._connections.charge(conn, len(framing.buffer))
        if crowded is not None:
            self._closer.give_up_for_memory(crowded)
            if crowded is conn:
                return
        if framing.progress in (Progress.WHOLE, Progress.LONG):
            self._hand_over(conn)
            return
        if framing.progress is Progress.BODY:
            pace = conn.began + self._limits.head_seconds + framing.body_bytes / MIN_BYTES_A_SECOND
            conn.deadline = min(conn.began + self._limits.request_seconds, pace)
        self._connection_poller.watch(conn, selectors.EVENT_READ, self._read)

    def _begin(self, conn: Connection, seconds: float) -> None:
        conn.began = time.monotonic()
        conn.deadline = conn.began + seconds

    def _judge_head(self, conn: Connection) -> bool:
        """Whether this client may go on: its head is here, so it is known who it is."""
        framing = conn.framing
        if self._limits.proxies:
            named = address_group(framing.forwarded_for(self._limits.proxies))
            crowded = self._connections.set_address(conn, named)
            if crowded is not None:
                self._closer.give_up_for_address(crowded)
                if crowded is conn:
                    return False
        if framing.key is not None and not self._connections.set_key(conn, framing.key):
            limit = self._limits.connections.per_key
            self._closer.refuse(
                conn,
                429,
                "key",
                f"this key has {limit:,} requests under way at this process, which is all it may have",
                "are too many",
                "wait for answers; SYNTHMILL_MAX_CONNECTIONS_PER_KEY",
            )
            return False
        self._begin(conn, self._limits.head_seconds)
        if framing.awaits_continue and framing.progress is Progress.BODY:
            conn.sock.sendall(CONTINUE)
        return True

    def _hand_over(self, conn: Connection) -> None:
        self._connection_poller.unwatch(conn)
        self._connections.enter(conn, State.SERVING)
        conn.init()
        conn.parser.unreader.unread(conn.framing.without_expectation())
        conn.data_ready = True
        super().enqueue_req(conn)

    # After the answer

    def _write(self, conn: Connection, _: Any = None) -> None:
        """Send what the client hasn't taken, then go on."""
        try:
            took = conn.sock.flush()
        except OSError:
            self._connection_poller.drop(conn)
            return
        if not conn.sock.unsent:
            self._connections.charge(conn, 0)
            self._connection_poller.unwatch(conn)
            if conn.keep_alive:
                self.enqueue_req(conn)
            else:
                was_read = conn.framing.progress is Progress.WHOLE
                self._closer.close(conn, LINGER_SECONDS if was_read else DROP_SECONDS)
            return
        if took or conn.state is not State.WRITING:
            conn.deadline = time.monotonic() + self._limits.request_seconds
        self._connections.enter(conn, State.WRITING)
        self._connection_poller.watch(conn, selectors.EVENT_WRITE, self._write)
        crowded = self._connections.charge(conn, conn.sock.unsent_bytes)
        if crowded is not None:
            self._closer.give_up_for_memory(crowded)

    def _expire(self, conn: Connection) -> None:
        if conn.state in (State.IDLE, State.READING) and self._stop_at is None:
            # It may have come in time, and we were late.
            data = conn.sock.receive_now(READ_BYTES)
            if data:
                self._take(conn, data)
                if conn.state is not State.READING or conn.deadline > time.monotonic():
                    return
        if conn.state is not State.READING:
            if conn.state is State.WRITING:
                self._closer.dropped["unread answer"] += 1
            self._connection_poller.drop(conn)
            return
        which = "head" if conn.framing.progress is Progress.HEAD else "body"
        self._closer.refuse(
            conn,
            408,
            f"slow {which}",
            f"the {which} of the request came too slowly or not at all",
            "came too slowly",
            f"send the head within {self._limits.head_seconds:g} s and the body within "
            f"{self._limits.request_seconds:g} s, {MIN_BYTES_A_SECOND:,} bytes a second at least",
        )

    def _count_dropped(self) -> None:
        self.nr_conns -= 1


class _CheckedBody(Body):  # type: ignore[misc]
    """A body whose framing, where it is wrong, is the client's mistake and not ours."""

    def _read_reader(self, size: int) -> bytes:
        try:
            data: bytes = super()._read_reader(size)
        except ParseException as error:
            raise BadRequest(f"the body can't be read: {error}") from error
        return data
