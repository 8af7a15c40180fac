"""A gunicorn process with the application in it, and WebSocket clients that keep what they hear."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import websocket

from synthmill.app.core.jobs.events import Event, workspace_channel
from synthmill.app.core.services import Services
from synthmill.app.core.settings import PREFIX, Settings

_PASSED_ON = (
    "head_seconds",
    "request_seconds",
    "web_threads",
    "max_body_bytes",
    "proxies",
    "max_connections",
    "max_connections_per_address",
    "max_connections_per_key",
)
START_SECONDS = 90
HEAR_SECONDS = 60
END_SECONDS = 60
"""Longer than anything takes on the busiest machine: only what hangs comes to their end."""


class Web:
    def __init__(self, process: subprocess.Popen[bytes], port: int, token: str) -> None:
        self.process, self.port, self.token = process, port, token
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1", headers={"X-API-Key": token}, timeout=30
        )

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.http.post(path, json=body) if body is not None else self.http.post(path)
        assert answer.is_success, answer.text
        return answer.json()["data"]

    def submit(self, **changes: Any) -> str:
        """A job of a few parts; its id."""
        request = {"template": "retail", "rows": 400, "seed": 7, **changes}
        job_id: str = self.post("/generate", request)["id"]
        return job_id

    def events(self, job_id: str) -> list[dict[str, Any]]:
        stored: list[dict[str, Any]] = self.http.get(f"/jobs/{job_id}/events").json()["data"]
        return stored

    def connect(self, path: str, key: bool = True, **options: Any) -> websocket.WebSocket:
        headers = {**({"X-API-Key": self.token} if key else {}), **options.pop("header", {})}
        options.setdefault("suppress_origin", True)
        return websocket.create_connection(
            f"ws://127.0.0.1:{self.port}{path}", timeout=HEAR_SECONDS, header=headers, **options
        )

    def watch(self, path: str, *, on_message: int = 1, **options: Any) -> Watcher:
        """Someone who watches already: so many events of the past have come."""
        watcher = Watcher(self.connect(path, **options))
        watcher.wait_until_heard(on_message)
        return watcher

    def sockets(self) -> float:
        """How many WebSockets the process holds."""
        found = re.search(r"^synthmill_websockets_open (.*)$", self.http.get("/metrics").text, re.M)
        return 0.0 if found is None else float(found[1])

    def end(self) -> None:
        """Send SIGTERM and wait until the process is gone."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the web process runs {END_SECONDS} s after SIGTERM") from None
        assert code == 0

    def threads(self) -> int:
        """Threads of the process that serves."""
        children = subprocess.run(
            ["ps", "-o", "nlwp=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        return sum(map(int, children.stdout.split()))


@contextmanager
def running_web(settings: Settings, token: str, gunicorn: str = "") -> Iterator[Web]:
    """A web process that is ready; `gunicorn` is added to its command line."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = {
        **own,
        "SYNTHMILL_DATA": str(settings.data),
        "SYNTHMILL_REDIS_URL": settings.redis_url,
        "SYNTHMILL_ALLOWED_ORIGINS": settings.allowed_origins,
        **{f"{PREFIX}{name.upper()}": str(getattr(settings, name)) for name in _PASSED_ON},
        "SYNTHMILL_PORT": str(port),
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "python:synthmill.app.gunicorn_config",
        "--no-control-socket",
    ]
    process = subprocess.Popen(
        [*command, *gunicorn.split(), "synthmill.app.factory:create_app()"], env=environment
    )
    web = Web(process, port, token)
    try:
        _wait_until_ready(web)
        yield web
    finally:
        web.http.close()
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(web: Web) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert web.process.poll() is None, "the web process has ended"
        answer = "nothing"
        with suppress(httpx.TransportError):
            ready = web.http.get("/ready")
            if ready.status_code == 200:
                return
            answer = ready.text
        assert time.monotonic() < deadline, f"the web process isn't ready: {answer}"
        time.sleep(0.1)


def hear(
    client: websocket.WebSocket, each: Callable[[dict[str, Any]], None] = lambda event: None
) -> tuple[list[dict[str, Any]], int, str]:
    """Everything until the close frame: the events, the close code and its reason."""
    events = []
    while True:
        opcode, frame = client.recv_data_frame(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_TEXT:
            events.append(json.loads(frame.data))
            each(events[-1])
        elif opcode == websocket.ABNF.OPCODE_CLOSE:
            leave(client)
            return events, int.from_bytes(frame.data[:2], "big"), frame.data[2:].decode()


def leave(client: websocket.WebSocket) -> None:
    """Close the connection without a word."""
    client.shutdown()  # type: ignore[no-untyped-call]


class Watcher:
    """Hears a WebSocket in a thread of its own; `result()` waits for the close frame."""

    def __init__(self, client: websocket.WebSocket) -> None:
        self._outcome: Any = None
        self._events = 0
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._hear, args=(client,), daemon=True)
        self._thread.start()

    def _hear(self, client: websocket.WebSocket) -> None:
        try:
            self._outcome = hear(client, self._count)
        except Exception as error:
            self._outcome = error

    def _count(self, _event: dict[str, Any]) -> None:
        with self._changed:
            self._events += 1
            self._changed.notify_all()

    def wait_until_heard(self, count: int) -> None:
        """Return when so many events have come."""
        with self._changed:
            came = self._changed.wait_for(lambda: self._events >= count, HEAR_SECONDS)
        assert came, f"{self._events} of {count} events came in {HEAR_SECONDS} s"

    def result(self) -> tuple[list[dict[str, Any]], int, str]:
        self._thread.join(HEAR_SECONDS + 5)
        assert self._outcome is not None, f"no close frame came; {self._events} events did"
        if isinstance(self._outcome, Exception):
            raise self._outcome
        on_message: tuple[list[dict[str, Any]], int, str] = self._outcome
        return on_message


def listen_to_all(
    web: Web, services: Services, workspace_id: str, path: str = "/ws/jobs", **options: Any
) -> websocket.WebSocket:
    """A watcher of all of a workspace's jobs that listens: it gets nothing of the past, so notes are sent
    until it hears one, and then one more, the last."""
    client = web.connect(path, **options)
    end = time.monotonic() + HEAR_SECONDS
    client.settimeout(0.2)
    for number in itertools.count():
        assert time.monotonic() < end, f"{path} sent no event in {HEAR_SECONDS} s"
        _note(services, workspace_id, f"try {number}")
        with suppress(websocket.WebSocketTimeoutException):
            client.recv()
            break
    client.settimeout(HEAR_SECONDS)
    _note(services, workspace_id, "last try")
    while json.loads(client.recv())["id"] != "last try":
        pass
    return client


def _note(services: Services, workspace_id: str, job_id: str) -> None:
    note = Event(job_id, None, "progress", "", {})
    services.bus.publish([(workspace_channel(workspace_id), note.dumps())])
