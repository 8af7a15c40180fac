"""Events as they happen: each numbered one exactly once, whatever becomes of the connection.

The WebSocket is the way; where a proxy or the server doesn't allow it, the same events are polled.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Generic, Protocol, TypeVar

import websocket

from synthmill.client.http import Http, backoff
from synthmill.errors import ServerFailedError, UnreachableError

IDLE = 45.0
"""Seconds of silence after which a connection counts as dead; a server that lives sends pings more often."""
PATIENCE = 60.0
"""Seconds that a server may be away (a restart, a deploy) before a watcher gives up."""
TRIES = 3
"""WebSockets that bring nothing, in a row, before we poll."""
POLL_FIRST, POLL_LATER = 0.25, 2.0


class _NoWebSocketError(Exception):
    """The way to the server doesn't carry WebSockets."""


class Numbered(Protocol):
    @property
    def seq(self) -> int | None: ...

    @property
    def terminal(self) -> bool: ...


Item = TypeVar("Item", bound=Numbered)


class Follower(ABC, Generic[Item]):
    """Follows one thing's events from the one after `after` to its last; iterate over it once.

    Raises TimeoutError after `timeout` seconds, NotFoundError for what isn't there, UnreachableError when the
    server stays away for more than a minute.
    """

    def __init__(self, http: Http, place: str, after: int, timeout: float | None) -> None:
        """`place` is where the thing is below the API's prefix, and its socket below /ws: `/jobs/ID`."""
        self._http = http
        self._place = place
        self._seen = after
        self._timeout = timeout
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._heard = time.monotonic()
        self._barren = 0
        self._polling = False
        self._saw_end = False

    @abstractmethod
    def _parse(self, stored: dict[str, Any]) -> Item:
        """An event as the server sends it."""

    @abstractmethod
    def _is_over(self) -> bool:
        """Whether there is nothing after the event seen last, by asking. Raises as requests do."""

    @abstractmethod
    def _poll(self) -> Iterator[Item]:
        """The events after the one seen last, asked for again and again until there are no more."""

    def __iter__(self) -> Iterator[Item]:
        while True:
            try:
                yield from self._new(self._poll() if self._polling else self._listen())
            except _NoWebSocketError:
                self._polling = True
            except (UnreachableError, ServerFailedError) as error:
                self._be_patient(error)
            if self._has_ended():
                return
            self._barren += 1
            if self._barren >= TRIES:
                self._polling = True
            self._sleep(backoff(self._barren))

    def _new(self, events: Iterator[Item]) -> Iterator[Item]:
        for event in events:
            self._heard, self._barren = time.monotonic(), 0
            if event.seq is not None:
                if event.seq <= self._seen:
                    continue
                self._seen = event.seq
            self._saw_end = event.terminal
            yield event
            if event.terminal:
                return

    def _has_ended(self) -> bool:
        try:
            over = self._is_over()
        except (UnreachableError, ServerFailedError) as error:
            self._be_patient(error)
            return False
        self._heard = time.monotonic()
        return over

    def _listen(self) -> Iterator[Item]:
        """Events from one WebSocket until it ends, for whatever reason."""
        socket = self._connect()
        if socket is None:
            return
        try:
            while True:
                socket.settimeout(self._patience(IDLE))
                opcode, frame = socket.recv_data_frame(control_frame=True)
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    return
                if opcode == websocket.ABNF.OPCODE_TEXT:
                    yield self._parse(json.loads(frame.data))
        except websocket.WebSocketTimeoutException:
            self._patience(IDLE)
        except (websocket.WebSocketException, OSError, ValueError, KeyError):
            return  # torn, garbled or gone: the next connection goes on after the last number seen
        finally:
            _leave(socket)

    def _connect(self) -> Any:
        scheme, _, rest = self._http.connection.url.partition("://")
        url = f"{'wss' if scheme == 'https' else 'ws'}://{rest}/ws{self._place}"
        try:
            return websocket.create_connection(
                f"{url}?after={self._seen}",
                timeout=self._patience(10.0),
                header=self._http.headers(),
                suppress_origin=True,
            )
        except websocket.WebSocketBadStatusException as error:
            if error.status_code not in (401, 403, 404, 429) and error.status_code < 500:
                raise _NoWebSocketError from error
            return None
        except (websocket.WebSocketException, OSError):
            return None

    def _be_patient(self, error: Exception) -> None:
        if time.monotonic() - self._heard > PATIENCE:
            raise error

    def _patience(self, seconds: float) -> float:
        """At most these seconds, and no more than the deadline allows; TimeoutError when that is past."""
        if self._deadline is None:
            return seconds
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"{self._place[1:]} had not ended after {self._timeout:g} s")
        return min(seconds, left)

    def _sleep(self, seconds: float) -> None:
        time.sleep(self._patience(seconds))


def _leave(socket: websocket.WebSocket) -> None:
    """Say goodbye if the other side still listens; `close` alone keeps a socket that the server closed."""
    if socket.connected:
        with suppress(websocket.WebSocketException, OSError):
            socket.send_close()
    socket.shutdown()  # type: ignore[no-untyped-call]
