"""Streams of a server: start them, order them about, and follow them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from synthmill.client.follow import POLL_FIRST, POLL_LATER, Follower
from synthmill.client.http import Http
from synthmill.errors import NotFoundError

_AT_ONCE = 1_000


@dataclass(frozen=True)
class StreamEvent:
    id: str
    """The stream's."""
    seq: int
    """1, 2, 3 ... without a gap."""
    type: str
    """The table of which it is a row."""
    timestamp: str
    """ISO 8601, UTC, to the microsecond."""
    pattern: str | None
    """What was triggered then."""
    data: Mapping[str, Any]
    """The row."""

    @property
    def terminal(self) -> bool:
        return False


class StreamFollower(Follower[StreamEvent]):
    """Follows one stream; see Follower."""

    def __init__(self, http: Http, stream_id: str, after: int = 0, timeout: float | None = None) -> None:
        super().__init__(http, f"/streams/{quote(stream_id, safe='')}", after, timeout)
        self._had_event = False

    def _parse(self, stored: dict[str, Any]) -> StreamEvent:
        self._had_event = True
        names = ("id", "seq", "type", "timestamp", "pattern", "data")
        return StreamEvent(*(stored[name] for name in names))

    def _is_over(self) -> bool:
        try:
            stream = self._http.request("GET", self._place).data
        except NotFoundError:
            if self._had_event:
                return True  # It was deleted meanwhile.
            raise
        if stream["state"] == "stopped":
            return bool(self._seen >= stream["effective_seq"] - 1)
        return stream["state"] == "completed" and bool(self._seen >= stream["position"])

    def _poll(self) -> Iterator[StreamEvent]:
        pause = POLL_FIRST
        while True:
            params = {"after": self._seen, "limit": _AT_ONCE}
            found = self._http.request("GET", f"{self._place}/events", params=params).data
            for event in found:
                yield self._parse(event)
            if not found and self._is_over():
                return
            pause = POLL_FIRST if found else min(POLL_LATER, 1.5 * pause)
            if len(found) < _AT_ONCE:
                self._sleep(pause)


class Streams:
    """What a client can do with streams: `client.streams`. A stream is a dict, as the API gives it.

    Every method raises ApiError when the server refuses and UnreachableError when it doesn't answer.
    """

    def __init__(self, http: Http) -> None:
        self._http = http

    def create(
        self,
        *,
        template: str | None = None,
        strategy: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        table: str | None = None,
        seed: int | None = None,
        events_per_second: int | None = None,
        max_events: int | None = None,
    ) -> dict[str, Any]:
        """Start a stream of a table's rows. What is None is left to the server."""
        fields = {
            "template": template,
            "strategy": strategy,
            "parameters": parameters,
            "table": table,
            "seed": seed,
            "events_per_second": events_per_second,
            "max_events": max_events,
        }
        given = {name: value for name, value in fields.items() if value is not None}
        return self._stream("POST", "/streams", given)

    def list(self) -> Iterator[dict[str, Any]]:
        """The workspace's streams, the newest first; further pages are asked for as they are needed."""
        return self._http.pages("/streams")

    def get(self, stream_id: str) -> dict[str, Any]:
        return self._stream("GET", _path(stream_id))

    def default(self) -> dict[str, Any]:
        """The workspace's default stream: the one that was started last without an id."""
        return self._stream("GET", "/stream")

    def pause(self, stream_id: str) -> dict[str, Any]:
        """No event comes after the one before `effective_seq`, two seconds from now."""
        return self._stream("POST", _path(stream_id, "pause"), repeatable=True)

    def resume(self, stream_id: str) -> dict[str, Any]:
        """Go on with the next number."""
        return self._stream("POST", _path(stream_id, "resume"), repeatable=True)

    def stop(self, stream_id: str) -> dict[str, Any]:
        """End the stream for good; its events can still be read."""
        return self._stream("POST", _path(stream_id, "stop"), repeatable=True)

    def trigger(
        self, stream_id: str, pattern: str, *, factor: float | None = None, seconds: int | None = None
    ) -> dict[str, Any]:
        """Let more happen for some seconds, from `effective_seq` on."""
        given = {"factor": factor, "seconds": seconds}
        body = {name: value for name, value in given.items() if value is not None}
        return self._stream("POST", _path(stream_id, "trigger", pattern), body)

    def delete(self, stream_id: str) -> None:
        """Remove the stream; it ends at once for those who watch it."""
        self._http.request("DELETE", _path(stream_id))

    def events(self, stream_id: str, after: int = 0, timeout: float | None = None) -> Iterator[StreamEvent]:
        """Events after number `after`, each as its moment comes, until the stream has ended.

        Each comes exactly once and in order, however often the connection breaks. Raises TimeoutError if the
        stream hasn't ended in `timeout` seconds.
        """
        return iter(StreamFollower(self._http, stream_id, after, timeout))

    def _stream(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, repeatable: bool = False
    ) -> dict[str, Any]:
        stream: dict[str, Any] = self._http.request(method, path, json=body, repeatable=repeatable).data
        return stream


def _path(*parts: str) -> str:
    return "/".join(["/streams", *(quote(part, safe="") for part in parts)])
