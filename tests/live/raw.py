"""HTTP written by hand into a socket: cut anywhere, unfinished, never read."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

from tests.live.web import Web
from tests.waiting import PATIENCE


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *lines, "", ""]).encode()


@contextmanager
def connected(web: Web, data: bytes = b"", source: str = "127.0.0.1") -> Iterator[socket.socket]:
    """A connection on which these bytes are sent, from any address of this machine.

    It takes little at once, so whoever doesn't read soon keeps the server from sending.
    """
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(PATIENCE)
        client.bind((source, 0))
        client.connect(("127.0.0.1", web.port))
        client.sendall(data)
        yield client


def read_answer(source: socket.socket | BinaryIO) -> tuple[int, dict[str, str], bytes]:
    """The next answer: status, headers in small letters, body. It must have a Content-Length.

    Of several answers at once the first takes all; who wants the others reads a file of the socket.
    """
    reader = source.makefile("rb") if isinstance(source, socket.socket) else source
    status = int(reader.readline().split()[1])
    headers = {}
    while line := reader.readline().strip():
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    return status, headers, reader.read(int(headers.get("content-length", 0)))


def read_to_end(client: socket.socket) -> bytes:
    """Everything until the server closes."""
    parts = []
    with suppress(ConnectionError):
        while data := client.recv(65_536):
            parts.append(data)
    return b"".join(parts)


def problem(answer: bytes) -> dict[str, Any]:
    """The body of the last answer in these bytes."""
    found: dict[str, Any] = json.loads(answer.rpartition(b"\r\n\r\n")[2])
    return found


def measured(web: Web, name: str, **labels: str) -> float:
    """A metric of the process."""
    label = ",".join(f'{key}="{value}"' for key, value in labels.items())
    wanted = f"{name}{{{label}}}" if labels else name
    for line in web.http.get("/metrics").text.splitlines():
        if line.startswith(f"{wanted} "):
            return float(line.split()[-1])
    return 0.0
