"""Taking a WebSocket out of the web server's hands, so that no thread of its has to stay with it.

flask-sock routes and simple-websocket's handshake stay. What simple-websocket would do afterwards doesn't: a
thread per socket that reads, writes by `send` that may take half a frame, and writes from two threads.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from simple_websocket import Server

_EXTENSIONS = "HTTP_SEC_WEBSOCKET_EXTENSIONS"


class Unstarted:
    """Stands where simple-websocket would have its reading thread."""

    name = "none"

    def __init__(self, target: Callable[[], None]) -> None:
        self.target = target

    def start(self) -> None:
        """The hub reads, not this."""


def take_over(server: Server) -> socket.socket:
    """The connection of a finished handshake, the caller's from now on.

    When a request is over, gunicorn shuts the connection down (not only its own descriptor) and reads what
    may still come. So its descriptor is made to mean another socket, whose other end is closed already: there
    it may say goodbye, at once. What it counts as its connections stays right.
    """
    theirs: socket.socket = server.sock
    # A plain one: the server's own kind has ways of its own to read and write.
    ours = socket.socket(theirs.family, theirs.type, theirs.proto, fileno=os.dup(theirs.fileno()))
    # Its bounds are the hub's from now on.
    with suppress(OSError):
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, 0)
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 0)
    stand_in, far_end = socket.socketpair()
    with stand_in, far_end:
        os.dup2(stand_in.fileno(), theirs.fileno(), inheritable=False)
    # flask-sock closes what is connected.
    server.connected = False
    return ours


def refuse_extensions(environ: dict[str, Any]) -> None:
    """Before a handshake: no compression is agreed on. It costs 180 KiB per socket and a frame each."""
    environ.pop(_EXTENSIONS, None)
