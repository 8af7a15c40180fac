"""A gunicorn process with the application in it, and WebSocket clients that keep what they hear."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import websocket

from synthmill.app.core.settings import PREFIX, Settings

START_SECONDS = 90
HEAR_SECONDS = 20


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

    def threads(self) -> int:
        """Threads of the process that serves."""
        children = subprocess.run(
            ["ps", "-o", "nlwp=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        return sum(map(int, children.stdout.split()))


@contextmanager
def running_web(settings: Settings, token: str) -> Iterator[Web]:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    environment = {
        **own,
        "SYNTHMILL_DATA": str(settings.data),
        "SYNTHMILL_REDIS_URL": settings.redis_url,
        "SYNTHMILL_ALLOWED_ORIGINS": settings.allowed_origins,
        "SYNTHMILL_REQUEST_SECONDS": str(settings.request_seconds),
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
    process = subprocess.Popen([*command, "synthmill.app.factory:create_app()"], env=environment)
    web = Web(process, port, token)
    try:
        _wait_until_ready(web)
        yield web
    finally:
        web.http.close()
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(web: Web) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert web.process.poll() is None, "the web process has ended"
        try:
            if web.http.get("/ready").status_code == 200:
                return
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the web process doesn't answer"
        time.sleep(0.1)


def hear(client: websocket.WebSocket) -> tuple[list[dict[str, Any]], int, str]:
    """Everything until the close frame: the events, the close code and its reason."""
    events = []
    while True:
        opcode, frame = client.recv_data_frame(control_frame=True)
        if opcode == websocket.ABNF.OPCODE_TEXT:
            events.append(json.loads(frame.data))
        elif opcode == websocket.ABNF.OPCODE_CLOSE:
            leave(client)
            return events, int.from_bytes(frame.data[:2], "big"), frame.data[2:].decode()


def leave(client: websocket.WebSocket) -> None:
    """Close the connection without a word."""
    client.shutdown()  # type: ignore[no-untyped-call]


class Watcher:
    """Hears a WebSocket in a thread of its own; `result()` waits for the close frame."""

    def __init__(self, client: websocket.WebSocket) -> None:
        self._heard: Any = None
        self._thread = threading.Thread(target=self._hear, args=(client,))
        self._thread.start()

    def _hear(self, client: websocket.WebSocket) -> None:
        try:
            self._heard = hear(client)
        except Exception as error:
            self._heard = error

    def result(self) -> tuple[list[dict[str, Any]], int, str]:
        self._thread.join(HEAR_SECONDS + 5)
        if isinstance(self._heard, Exception):
            raise self._heard
        on_message: tuple[list[dict[str, Any]], int, str] = self._heard
        return on_message
