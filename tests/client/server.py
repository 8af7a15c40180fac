"""The real application on a real port, over SQLite and a folder; its worker works when a test says so.

What a network does to a client is done here on purpose: answers refused, cut off, garbled, WebSockets torn.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from werkzeug.serving import make_server

from synthmill.app.core.access import keys
from synthmill.app.core.db import Database
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.app.factory import create_app
from synthmill.app.live.handover import take_over
from tests.fakes import MemoryBus, RecordingQueue
from tests.work import Work

Wsgi = Callable[..., Iterable[bytes]]

SHOP: dict[str, Any] = {
    "strategy": "tabular",
    "parameters": {
        "tables": [
            {"name": "customers", "rows": 50, "columns": [{"name": "id", "kind": "sequence"}]},
            {
                "name": "orders",
                "rows": 70_000,
                "columns": [
                    {"name": "id", "kind": "sequence"},
                    {"name": "amount", "kind": "integer", "min": 1, "max": 500},
                ],
            },
        ]
    },
    "seed": 7,
}
"""A request of two small tables, one of them of two blocks."""


@dataclass
class Fault:
    """Does `act` to the next `times` requests whose path contains `path`; `act` may answer or pass on."""

    path: str
    act: Callable[[Wsgi, dict[str, Any], Any], Iterable[bytes]]
    times: int = 1


@dataclass
class Network:
    """WSGI middleware that keeps what was asked and lets faults happen."""

    app: Wsgi
    faults: list[Fault] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.seen.append(environ)
        for fault in self.faults:
            if fault.times and fault.path in environ["PATH_INFO"]:
                fault.times -= 1
                return fault.act(self.app, environ, start_response)
        return self.app(environ, start_response)

    def asked(self, method: str, path: str) -> list[dict[str, Any]]:
        return [e for e in self.seen if e["REQUEST_METHOD"] == method and path in e["PATH_INFO"]]

    def refuse(self, path: str, status: int, times: int = 1, **headers: str) -> None:
        def act(app: Wsgi, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            body = json.dumps({"title": "Refused", "status": status, "detail": "on purpose"}).encode()
            given = [(name.replace("_", "-"), value) for name, value in headers.items()]
            start_response(f"{status} Refused", [("Content-Length", str(len(body))), *given])
            return [body]

        self.faults.append(Fault(path, act, times))

    def lose_answer(self, path: str, times: int = 1) -> None:
        """The request is carried out, and the connection breaks before the answer."""

        def act(app: Wsgi, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            list(app(environ, lambda *_: None))
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError

        self.faults.append(Fault(path, act, times))

    def cut_body(self, path: str, after: int, times: int = 1) -> None:
        def act(app: Wsgi, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            def cut() -> Iterator[bytes]:
                yield b"".join(body)[:after]
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
                raise ConnectionResetError

            body = app(environ, start_response)
            return cut()

        self.faults.append(Fault(path, act, times))

    def garble_body(self, path: str, times: int = 1) -> None:
        def act(app: Wsgi, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            whole = b"".join(app(environ, start_response))
            return [b"#" + whole[1:]]

        self.faults.append(Fault(path, act, times))

    def answer(self, path: str, body: bytes, times: int = 1) -> None:
        def act(app: Wsgi, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            start_response("200 OK", [("Content-Length", str(len(body)))])
            return [body]

        self.faults.append(Fault(path, act, times))

    def tear_sockets(self, frames: int, times: int) -> None:
        """The next WebSockets break without a close after so many writes, the handshake's included."""

        def act(app: Wsgi, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            with _torn(environ["werkzeug.socket"], frames) as near:
                environ["werkzeug.socket"] = near
                return app(environ, start_response)

        self.faults.append(Fault("/ws/", act, times))


def _torn(inner: Any, writes: int) -> socket.socket:
    """A socket that passes so many writes on, the handshake's and then frames, and breaks."""
    near, far = socket.socketpair()
    sock = take_over(SimpleNamespace(sock=inner, connected=True))  # type: ignore[arg-type]

    def pass_on() -> None:
        with far, sock, far.makefile("rb") as answer, suppress(OSError):
            while (line := answer.readline()) not in (b"", b"\r\n"):
                sock.sendall(line)
            sock.sendall(line)
            for _ in range(writes - 1):
                head = answer.read(2)
                more = answer.read({126: 2, 127: 8}.get(head[1], 0)) if head else b""
                size = int.from_bytes(more, "big") if more else head[1] if head else 0
                sock.sendall(head + more + answer.read(size))
            sock.shutdown(socket.SHUT_RDWR)

    threading.Thread(target=pass_on, daemon=True).start()
    return near


class RunningServer:
    def __init__(self, services: Services, url: str, key: str, network: Network) -> None:
        self.services, self.url, self.key, self.network = services, url, key, network
        self.work = Work(services)

    @contextmanager
    def working(self) -> Iterator[None]:
        """A worker works meanwhile."""
        done = threading.Event()

        def run() -> None:
            while not done.wait(0.02):
                self.work()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()


@contextmanager
def serving(app: Wsgi) -> Iterator[str]:
    """The application on a free port; its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    http = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


@contextmanager
def running_server(folder: Path, database: Database) -> Iterator[RunningServer]:
    """A server in an empty folder with an empty database, which stays open."""
    settings = Settings(data=folder, database_url=database.url, storage_url=f"file://{folder / 'objects'}")
    services = Services(settings, database, open_storage(settings), MemoryBus(), RecordingQueue())
    services.storage.ensure()
    key = keys.first_key(services)
    assert key is not None
    network = Network(create_app(services=services))
    with serving(network) as url:
        yield RunningServer(services, url, key, network)
    for door in (services.rate_limit, services.bus, services.storage, services.queue):
        door.close()
