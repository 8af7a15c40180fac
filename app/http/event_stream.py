"""Events as server-sent events, for browsers and curl."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, Protocol

from flask import Request, Response, request

from synthmill.app.core.errors import TooManyRequestsError
from synthmill.app.http.client_socket import client_of
from synthmill.app.http.context import principal, stopping
from synthmill.app.http.waiting_slots import slots
from synthmill.generators.errors import InvalidRequestError

MEDIA_TYPE = "text/event-stream"
LAST_EVENT_ID: dict[str, Any] = {
    "name": "Last-Event-ID",
    "schema": {"type": "string"},
    "description": "of server-sent events: number of the last one seen, stronger than `after`",
}
_RECONNECT = "retry: 2000\n\n"
_KEEP_ALIVE = ": keep-alive\n\n"
_COME_BACK_SECONDS = 5
KEEP_ALIVE_SECONDS = 9
"""After so long without an event a comment is sent, so that proxies keep the connection."""


def wants_stream(req: Request) -> bool:
    """Whether the caller would rather have a stream than a list."""
    return req.accept_mimetypes.best_match(["application/json", MEDIA_TYPE]) == MEDIA_TYPE


def last_seen(req: Request, after: int) -> int:
    """The number to go on after: a reconnecting EventSource says it in Last-Event-ID."""
    given = req.headers.get("Last-Event-ID", "")
    if given and not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise InvalidRequestError.one(
            "Last-Event-ID", "is not the number of an event", "a whole number from 0"
        )
    return int(given or after)


class Tellable(Protocol):
    """An event of a job or a stream."""

    @property
    def seq(self) -> int | None: ...

    @property
    def type(self) -> str: ...

    def dumps(self) -> str: ...


def event_stream(events: Iterator[Any]) -> Response:
    """An answer that goes on as long as the events do; None among them stands for a second without any.

    Raises TooManyRequestsError where the key has as many streams and waits as it may have, or half of the
    process's threads wait already.
    """
    stop, release = stopping(), slots().wait(principal().key_id)
    if release is None:
        raise TooManyRequestsError(
            "this key has as many event streams and waiting requests as it may have "
            f"({slots().of_a_key['wait']}), or the process as many long requests; "
            "a WebSocket or a list of events needs none",
            _COME_BACK_SECONDS,
        )
    client = client_of(request.environ)
    if client is not None:
        client.keeps = False
    frames = _frames(events, lambda: stop.is_set() or (client is not None and client.has_left()))
    response = Response(frames, content_type=MEDIA_TYPE, headers={"X-Accel-Buffering": "no"})
    response.call_on_close(release)
    return response


def nothing_more() -> Response:
    """204, on which an EventSource knows not to come back."""
    return Response(status=204)


def _frames(events: Any, is_over: Callable[[], bool]) -> Iterator[str]:
    yield _RECONNECT
    spoke = time.monotonic()
    with closing(events):
        for event in events:
            if is_over():
                return
            if event is not None or time.monotonic() - spoke >= KEEP_ALIVE_SECONDS:
                yield _KEEP_ALIVE if event is None else _frame(event)
                spoke = time.monotonic()


def _frame(event: Tellable) -> str:
    number = "" if event.seq is None else f"id: {event.seq}\n"
    return f"{number}event: {event.type}\ndata: {event.dumps()}\n\n"
