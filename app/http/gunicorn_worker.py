"""Gunicorn's threaded worker, with an end to requests that are sent too slowly.

A thread reads a request, header and body, for as long as its client likes: a byte a minute from each of 64
clients would keep all of them. So what isn't read within some seconds isn't read at all. Answers may take
their time, but a client that takes no byte of one for as long is given up too.

A view that reads a long body calls `environ["wsgi.input"].more_time()` as it comes: the seconds begin anew.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

_LOOK_SECONDS = 0.5


class Worker(ThreadWorker):  # type: ignore[misc]
    def give_up_after(self, seconds: float) -> None:
        """Begin to watch; called once, in the process that serves."""
        self._seconds = seconds
        self._reading: dict[TConn, float] = {}
        self._requests: dict[TConn, Any] = {}
        for listener in self.sockets:
            # Connections inherit it from the socket that accepts them.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(seconds), 0))
        threading.Thread(target=self._watch, name="slow requests", daemon=True).start()

    def handle(self, conn: TConn) -> Any:
        """Serve one request of a connection, in a thread of the pool."""
        self._reading[conn] = time.monotonic() + self._seconds
        try:
            return super().handle(conn)
        finally:
            self._reading.pop(conn, None)
            self._requests.pop(conn, None)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Answer a request whose header is read."""
        self._requests[conn] = req
        req.body.more_time = partial(self._give_more_time, conn)
        return super().handle_request(req, conn)

    def _give_more_time(self, conn: TConn) -> None:
        if conn in self._reading:
            self._reading[conn] = time.monotonic() + self._seconds

    def _watch(self) -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            now = time.monotonic()
            for conn, deadline in list(self._reading.items()):
                if deadline <= now and self._reading.pop(conn, None) is not None:
                    request = self._requests.get(conn)
                    if request is None or not _is_read(request):
                        # Whoever reads it now sees its end.
                        with suppress(OSError):
                            conn.sock.shutdown(socket.SHUT_RD)


def _is_read(request: Any) -> bool:
    """Whether the body is in: of a known length nothing is missing, of chunks the last one came."""
    reader = request.body.reader
    return not getattr(reader, "length", 0) and not getattr(reader, "parser", None)
