"""Connections that the one thread looks after: what wakes each of them, and how it is let go."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from selectors import BaseSelector
from typing import Any

from synthmill.app.http.held_connections import Connection, HeldConnections

log = logging.getLogger(__name__)


class ConnectionPoller:
    """Calls what waits for a connection. `on_drop` is called for each one that is closed."""

    def __init__(
        self, poller: BaseSelector, connections: HeldConnections, on_drop: Callable[[], None]
    ) -> None:
        self._poller, self._connections, self._on_drop = poller, connections, on_drop

    def watch(self, conn: Connection, events: int, then: Callable[[Connection, Any], None]) -> None:
        if conn.watched == events:
            return
        self.unwatch(conn)
        self._poller.register(conn.sock, events, partial(self.resume, then, conn))
        conn.watched = events

    def unwatch(self, conn: Connection) -> None:
        if conn.watched:
            conn.watched = 0
            self._poller.unregister(conn.sock)

    def resume(self, call: Callable[..., None], conn: Connection, *arguments: Any) -> None:
        """Go on with a connection, unless it was given up for another one meanwhile."""
        if conn.state is not None:
            self.guard(call, conn, *arguments)

    def guard(self, call: Callable[..., None], conn: Connection, *arguments: Any) -> None:
        """An error of ours costs this connection, not the process."""
        try:
            call(conn, *arguments)
        except Exception:
            log.exception("a connection could not be served")
            self.drop(conn)

    def drop(self, conn: Connection) -> None:
        if conn.state is None:
            return
        self.unwatch(conn)
        self._connections.leave(conn)
        self._on_drop()
        conn.close()
