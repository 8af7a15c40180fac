"""An HTTP proxy in front of an S3 server that can fail as such servers do."""

from __future__ import annotations

import http.client
import random
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Mode = Literal["pass", "500", "slowdown", "timeout", "drop", "late"]
SHARE = 0.7
"""Of the requests that a mode hits, so that retries are seen too."""
LATE_SECONDS = 1.5
_ERRORS = {"500": (500, "InternalError"), "slowdown": (503, "SlowDown")}


class S3Proxy:
    """Passes requests on, headers untouched (they are signed), or fails them as `mode` says."""

    def __init__(self, target: int, seed: int) -> None:
        self.target, self.mode = target, "pass"
        self.hits = 0
        self._random = random.Random(seed)
        self._released = threading.Event()
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def fail(self, mode: Mode) -> None:
        self._released.clear()
        self.mode = mode

    def heal(self) -> None:
        self.mode = "pass"
        self._released.set()

    def close(self) -> None:
        self.heal()
        self._server.shutdown()
        self._server.server_close()

    def choose(self) -> str:
        mode = self.mode
        if mode != "pass" and self._random.random() < SHARE:
            self.hits += 1
            return mode
        return "pass"

    def wait_for_healing(self) -> None:
        self._released.wait(60)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: S3Proxy

    def _any(self) -> None:
        mode = self.owner.choose()
        length = int(self.headers.get("Content-Length") or 0)
        if mode == "drop" and length:
            self.rfile.read(length // 2)
            self._cut()
            return
        body = self.rfile.read(length)
        if mode in _ERRORS:
            self._answer_error(*_ERRORS[mode])
        elif mode == "timeout":
            self.owner.wait_for_healing()
            self._cut()
        elif mode == "late":
            threading.Thread(target=self._deliver_late, args=(body,), daemon=True).start()
            self._cut()
        else:
            self._answer(body, half=mode == "drop")

    def _answer(self, body: bytes, half: bool) -> None:
        try:
            status, headers, answer = self._forward(body)
        except OSError:
            self._cut()
        else:
            self._pass_back(status, headers, answer, half)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any  # noqa: N815

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.owner.target, timeout=30)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("connection", "expect"):
                    connection.putheader(name, value)
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def _deliver_late(self, body: bytes) -> None:
        time.sleep(LATE_SECONDS)
        with suppress(OSError):
            self._forward(body)

    def _pass_back(self, status: int, headers: list[tuple[str, str]], body: bytes, half: bool) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        known = {name.lower(): value for name, value in headers}
        length = known.get("content-length", "0") if self.command == "HEAD" else str(len(body))
        if status != 204:
            self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if half else body)
        if half:
            self._cut()

    def _answer_error(self, status: int, code: str) -> None:
        body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>chaos</Message></Error>".encode()
        body = b"" if self.command == "HEAD" else body
        self._pass_back(status, [("Content-Type", "application/xml")], body, half=False)

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(2)

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()

    def log_message(self, *_: Any) -> None:
        """The faults are in the run's own log."""
