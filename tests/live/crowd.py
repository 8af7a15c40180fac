"""Very many watchers of one job in one thread, for tests and benchmarks of the hub."""

from __future__ import annotations

import base64
import json
import os
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from synthmill.app.core.jobs import events
from synthmill.app.core.services import Services
from tests.live.web import Web

_RECEIVE = 65_536


@dataclass
class Watcher:
    sock: socket.socket
    seen: int = 0
    """The last number."""
    out_of_turn: int = 0
    notes: int = 0
    last_note: float = 0.0
    code: int | None = None
    """Of the close frame; 1006 where the connection ended without one."""
    buffer: bytes = b""


@dataclass
class Heard:
    """What a crowd has heard since it began to listen."""

    frames: int = 0
    latencies: list[float] = field(default_factory=list)
    """Seconds from `data.sent` (of the monotonic clock) until it was read, of every frame that has it."""


class Crowd:
    def __init__(self, port: int, path: str, token: str, seen: int = 0) -> None:
        self.watchers: list[Watcher] = []
        self.silent: list[socket.socket] = []
        """Those who never read."""
        self.on_message = Heard()
        self._port, self._path, self._token, self._seen = port, path, token, seen
        self._epoll = select.epoll()
        self._by_descriptor: dict[int, Watcher] = {}
        self._parsed: dict[bytes, tuple[int | None, float | None]] = {}

    def come(self, count: int) -> None:
        """So many more watchers, who listen."""
        for _ in range(count):
            sock, rest = self._connect()
            watcher = Watcher(sock, self._seen)
            sock.setblocking(False)
            self.watchers.append(watcher)
            self._by_descriptor[sock.fileno()] = watcher
            self._epoll.register(sock, select.EPOLLIN)
            self._take(watcher, rest)

    def come_silent(self, count: int) -> None:
        """So many more who never read."""
        self.silent += [self._connect(receive_buffer=4096)[0] for _ in range(count)]

    def listen(self, seconds: float, until_closed: bool = False) -> None:
        """Read what comes for so long, or until all are closed."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self._by_descriptor:
            for descriptor, _ in self._epoll.poll(min(left, 0.2)):
                self._read(self._by_descriptor[descriptor])
        assert not until_closed or not self._by_descriptor, f"{len(self._by_descriptor)} are still open"

    def listen_until(self, seq: int, seconds: float) -> None:
        """Read until all have seen a number."""
        deadline = time.monotonic() + seconds
        while any(watcher.seen < seq for watcher in self.watchers):
            assert time.monotonic() < deadline, "not everybody has seen it"
            self.listen(0.2)

    def listen_until_noted(self, note: float, seconds: float) -> None:
        """Read until the latest note of all is this one."""
        deadline = time.monotonic() + seconds
        while any(watcher.last_note != note for watcher in self.watchers):
            assert time.monotonic() < deadline, "not everybody got the latest note"
            self.listen(0.2)

    def codes(self) -> Counter[int | None]:
        return Counter(watcher.code for watcher in self.watchers)

    def leave(self) -> None:
        for sock in [*(watcher.sock for watcher in self.watchers), *self.silent]:
            sock.close()
        self._epoll.close()

    def _connect(self, receive_buffer: int | None = None) -> tuple[socket.socket, bytes]:
        sock = socket.socket()
        if receive_buffer is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(30)
        sock.connect(("127.0.0.1", self._port))
        key = base64.b64encode(os.urandom(16)).decode()
        sock.sendall(
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"X-API-Key: {self._token}\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += sock.recv(4096 if receive_buffer is None else 1)
        head, _, rest = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101"), head
        return sock, rest

    def _read(self, watcher: Watcher) -> None:
        try:
            data = watcher.sock.recv(_RECEIVE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take(watcher, data)
        else:
            self._end(watcher, 1006)

    def _take(self, watcher: Watcher, data: bytes) -> None:
        if watcher.buffer:
            data = watcher.buffer + data
        at, now = 0, time.monotonic()
        while len(data) - at >= 2:
            size, begin = data[at + 1], at + 2
            if size == 126:
                size, begin = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, begin = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if len(data) < begin + size:
                break
            opcode, payload = data[at] & 15, data[begin : begin + size]
            at = begin + size
            if opcode == 1:
                self._event(watcher, payload, now)
            elif opcode == 8:
                self._end(watcher, int.from_bytes(payload[:2], "big"))
                return
        watcher.buffer = data[at:]

    def _event(self, watcher: Watcher, payload: bytes, now: float) -> None:
        if payload not in self._parsed:
            event = json.loads(payload)
            self._parsed[payload] = (event["seq"], event["data"].get("sent"))
        seq, sent = self._parsed[payload]
        if seq is None:
            watcher.notes += 1
            watcher.last_note = sent or 0.0
        else:
            watcher.out_of_turn += seq != watcher.seen + 1
            watcher.seen = seq
        self.on_message.frames += 1
        if sent is not None:
            self.on_message.latencies.append(now - sent)

    def _end(self, watcher: Watcher, code: int) -> None:
        watcher.code = watcher.code or code
        if self._by_descriptor.pop(watcher.sock.fileno(), None) is not None:
            self._epoll.unregister(watcher.sock)
            watcher.sock.close()


@contextmanager
def crowd_of(web: Web, job: str, after: int = 0) -> Iterator[Crowd]:
    """A crowd that watches one job; nobody has come yet."""
    crowd = Crowd(web.port, f"/ws/jobs/{job}?after={after}", web.token, after)
    try:
        yield crowd
    finally:
        crowd.leave()


def add_event(services: Services, job: str, **data: Any) -> int:
    """One more stored event of a job, as a worker would add it; its number."""
    with services.db.write() as session:
        event = events.append(session, job, "progress", data)
    assert event.seq is not None
    return event.seq
