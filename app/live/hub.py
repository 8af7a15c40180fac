"""The hub: one thread that holds all WebSockets of this process, however many.

A route's thread does the handshake, finds out who asks, and hands the socket over with `take`; no thread
stays with it. From then on everything about it happens on the hub's thread, so nothing there needs a lock.

    what a protocol is made of
    Peer         one object per connection, with `opened`, `on_message` and `on_close` (connection.py)
    Connection   `send_text(text)`, `send(frame)`, `close(code, reason)`, `drained`, `on_drained`, `principal`
    Channel      connections that get the same frames: `join`, `leave`, `send(text)` (channel.py)
    Latest       of notes that come faster than anybody can look, the latest every 200 ms (channel.py)

    what may be called
    from the hub's thread only     Connection, Channel, Latest, `later`, `every`
    from any thread                `take`, `call`, `work`, `stop`, `len(hub)`

- A producer in another thread says `hub.call(channel.send, text)`; calls of one thread stay in order.
  One on the hub's own clock is a function given to `every`: quick, or it does its work in `work`.
- Whatever may wait (the database, above all) goes through `work(function, then)`: `function` runs in a small
  pool, `then(result)` on the hub's thread; if it raises, the log has it and `failed()` is called instead.
- A frame is encoded once (`frames.text_frame`) and the same bytes go to everybody, each by one `send` that
  never blocks. What a slow reader doesn't take waits in a bounded outbox; over the bound: closed with 1013.
- Every connection is pinged each 25 s, and closed if it doesn't answer. 1012 at the process's end, 1008 when
  its key is revoked (revocation.py), 1009 for a message beyond 4,096 bytes, 1011 for an error of ours.
- An exception of a Peer costs that connection, one of a timer or a call is logged; the hub goes on.
"""

from __future__ import annotations

import logging
import selectors
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from synthmill.app.core.access.keys import Principal
from synthmill.app.live.connection import Connection, Peer
from synthmill.app.live.frames import INTERNAL, RESTARTING, TRY_LATER
from synthmill.app.live.timers import Timer, Timers

log = logging.getLogger(__name__)

Result = TypeVar("Result")

RESTART_REASON = "the server restarts; connect again with after= the last seq"
STOP_SECONDS = 3
"""How long `stop` waits for the others to take and answer their closes."""
_WORKERS = 4


class Hub:
    """Nothing is opened and no thread runs until the first connection or call."""

    def __init__(self, max_per_key: int) -> None:
        self.max_per_key = max_per_key
        self.opened = 0
        """Connections taken so far."""
        self.closed: Counter[int] = Counter()
        """Connections closed so far by code; 1006 for those that vanished."""
        self._timers = Timers()
        self._connections: set[Connection] = set()
        self._per_key: dict[str, int] = {}
        self._calls: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = self._ended = False
        self._woken = False

    def __len__(self) -> int:
        """Connections open now."""
        return self.opened - sum(tuple(self.closed.values()))

    def when_started(self, function: Callable[[], object]) -> None:
        """Call a function on the hub's thread as soon as that runs: the place for `every`."""
        self._calls.append((function, ()))

    # From any thread

    def take(self, sock: socket.socket, principal: Principal | None, peer: Peer) -> None:
        """Hold this socket, its handshake done, until it is closed. The hub owns it from now on."""
        if self._ended:
            sock.close()
        else:
            self.call(self._admit, sock, principal, peer)

    def call(self, function: Callable[..., object], *arguments: Any) -> None:
        """Call a function on the hub's thread, soon."""
        self._calls.append((function, arguments))
        if self._thread is None:
            self._start()
        if not self._woken:
            self._woken = True
            with suppress(OSError):
                self._waker.send(b"\0")

    def work(
        self,
        function: Callable[[], Result],
        then: Callable[[Result], object],
        failed: Callable[[], object] | None = None,
    ) -> None:
        """Call a function that may wait in a pool, and `then` with its result on the hub's thread."""

        def run() -> None:
            try:
                result = function()
            except Exception:
                log.exception("work for WebSockets failed")
                if failed is not None:
                    self.call(failed)
            else:
                self.call(then, result)

        if self._thread is None:
            self._start()
        with suppress(RuntimeError):  # The pool is shut at the process's end.
            self._pool.submit(run)

    def stop(self, patience: float = STOP_SECONDS) -> None:
        """Close all with 1012, wait until they are gone, at most `patience` seconds, and end the thread."""
        with self._lock:
            self._stopping = True
            thread = self._thread
        if thread is not None:
            self.call(self._say_goodbye, time.monotonic() + patience)
            thread.join(patience + 1)

    # From the hub's thread

    def later(self, seconds: float, function: Callable[[], object]) -> Timer:
        """Call a function once after so many seconds, unless the timer is cancelled."""
        return self._timers.add(seconds, function)

    def every(self, seconds: float, function: Callable[[], object]) -> Timer:
        """Call a function each so many seconds until the timer is cancelled; missed turns stay missed."""
        return self._timers.add(seconds, function, repeat=True)

    def connections(self) -> list[Connection]:
        """Those open now."""
        return [connection for connection in self._connections if connection.open]

    # What connections call

    def watch_writes(self, connection: Connection, wanted: bool) -> None:
        """Whether the connection is to be notified when there is room for more."""
        mask = selectors.EVENT_READ | (selectors.EVENT_WRITE if wanted else 0)
        if self._selector.get_key(connection).events != mask:
            self._selector.modify(connection, mask, connection)

    def retire(self, connection: Connection, code: int | None) -> None:
        """The connection takes nothing more; it may still be saying goodbye."""
        self.closed[code or 1006] += 1
        if connection.principal is not None:
            self._count(connection.principal.key_id, -1)
        self._guard(connection.peer.on_close, connection)

    def unregister(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self._selector.unregister(connection)

    # Inside

    def _start(self) -> None:
        with self._lock:
            if self._thread is not None:
                return
            self._selector = selectors.DefaultSelector()
            self._wakened, self._waker = socket.socketpair()
            self._wakened.setblocking(False)
            self._waker.setblocking(False)
            self._selector.register(self._wakened, selectors.EVENT_READ, None)
            self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="hub work")
            self._deadline: float | None = None
            self._timers.add(1.0, self._look_after, repeat=True)
            self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while self._deadline is None or (self._connections and time.monotonic() < self._deadline):
            for key, mask in self._selector.select(self._timers.wait()):
                if key.data is None:
                    self._answer_calls()
                else:
                    self._serve(key.data, mask)
            self._timers.run(self._guard)
        for connection in tuple(self._connections):
            connection.drop()
        self._ended = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        for opened in (self._selector, self._wakened, self._waker):
            opened.close()

    def _answer_calls(self) -> None:
        with suppress(BlockingIOError):
            self._wakened.recv(64)
        # Set before the calls are looked at, so that one that comes now wakes us again.
        self._woken = False
        for _ in range(len(self._calls)):
            function, arguments = self._calls.popleft()
            self._guard(function, *arguments)

    def _serve(self, connection: Connection, mask: int) -> None:
        try:
            if mask & selectors.EVENT_WRITE and connection.fileno() >= 0:
                connection.writable()
            if mask & selectors.EVENT_READ and connection.fileno() >= 0:
                connection.readable()
        except Exception:
            log.exception("a WebSocket could not be served")
            connection.close(INTERNAL, "an unexpected error; the server's log has it")

    def _guard(self, function: Callable[..., object], *arguments: Any) -> None:
        try:
            function(*arguments)
        except Exception:
            log.exception("a call to the hub failed")

    def _admit(self, sock: socket.socket, principal: Principal | None, peer: Peer) -> None:
        try:
            connection = Connection(self, sock, principal, peer)
            self._selector.register(connection, selectors.EVENT_READ, connection)
        except OSError:
            sock.close()
            return
        self._connections.add(connection)
        self.opened += 1
        taken = 0
        if principal is not None:
            taken = self._count(principal.key_id, 1) - 1
        if self._stopping:
            connection.close(RESTARTING, RESTART_REASON)
        elif taken >= self.max_per_key:
            connection.close(TRY_LATER, f"this key has {taken} WebSockets open, which is all it may have")
        else:
            self._open(connection)

    def _count(self, key_id: str, change: int) -> int:
        """How many the key has now; those that have none are not remembered."""
        count = self._per_key.pop(key_id, 0) + change
        if count:
            self._per_key[key_id] = count
        return count

    def _open(self, connection: Connection) -> None:
        try:
            connection.peer.opened(connection)
        except Exception:
            log.exception("a WebSocket could not be opened")
            connection.close(INTERNAL, "an unexpected error; the server's log has it")

    def _look_after(self) -> None:
        now = time.monotonic()
        for connection in tuple(self._connections):
            connection.look_after(now)

    def _say_goodbye(self, deadline: float) -> None:
        self._deadline = deadline
        for connection in self.connections():
            connection.close(RESTARTING, RESTART_REASON)
