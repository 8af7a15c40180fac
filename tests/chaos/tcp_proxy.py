"""A TCP proxy that can go silent: connections stay open and carry nothing any more, for ever."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class TcpProxy:
    """Forwards to a port of this machine; `go_silent` mutes all connections, there and to come."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._silent = threading.Event()
        self._sockets: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def go_silent(self) -> None:
        self._silent.set()

    def speak(self) -> None:
        """New connections work again; those that were muted never do."""
        self._silent.clear()

    def close(self) -> None:
        self._listener.close()
        for connection in list(self._sockets):
            _end(connection)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target), timeout=2)
            except OSError:
                _end(client)
                continue
            server.settimeout(None)
            muted = threading.Event()
            self._sockets |= {client, server}
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, sink, muted), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, muted: threading.Event) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if self._silent.is_set():
                    muted.set()
                if not muted.is_set():
                    sink.sendall(data)
        if self._silent.is_set() or muted.is_set():
            self._sockets.discard(source)
            return  # The other side gets no word of it.
        for connection in (source, sink):
            self._sockets.discard(connection)
            _end(connection)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        connection.close()
