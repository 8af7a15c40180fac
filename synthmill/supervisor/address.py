"""The address that the web process serves. The supervisor holds its socket, so no restart loses the port."""

from __future__ import annotations

import errno
import json
import socket
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from synthmill.servers.errors import StackError

READY_PATH = "/ready"
GRPC_PORT = 50051


def listen(host: str, port: int, preferred: int | None = None, option: str = "--port") -> socket.socket:
    """A socket that listens there; port 0 takes the preferred one if it is free, else any other. Raises
    StackError, which names the option that would give another."""
    for candidate in [preferred, 0] if port == 0 and preferred else [port]:
        try:
            return _listen(host, candidate or 0)
        except OSError as error:
            failure = error
    if failure.errno == errno.EADDRINUSE:
        raise StackError(
            f"port {port} of {host} is in use; choose another with {option}"
            f"{' (make run PORT=...)' if option == '--port' else ''}, or 0 for any free one"
        )
    raise StackError(f"can't listen on {host}, port {port}: {failure.strerror or failure}")


def free_port(host: str, port: int | None, last: int | None) -> int:
    """A port for gRPC that is free now. None: the last one, or gRPC's own, if it is free, else any."""
    preferred = (last or GRPC_PORT) if port is None else last
    with listen(host, port or 0, preferred, "--grpc-port") as listener:
        found: int = listener.getsockname()[1]
    return found


def url_of(listener: socket.socket) -> str:
    """The address a client on this machine uses."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def ask_ready(url: str, seconds: float = 0.5) -> tuple[bool, str]:
    """Whether the server at this address says that it is ready, and if not, what it says instead."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=seconds)
    try:
        connection.request("GET", READY_PATH)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == 200:
            return True, ""
        return False, str(json.loads(body)["detail"])
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return False, "it does not answer yet"
    finally:
        connection.close()


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener
