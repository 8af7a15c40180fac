"""Requests to a server: retried where that is safe, answers unwrapped, refusals raised as `ApiError`."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from json import dumps
from typing import Any

import httpx

from synthmill.client.connection import Connection
from synthmill.errors import ApiError, ServerAnswerError, UnreachableError, error_class
from synthmill.generators.errors import FieldError
from synthmill.generators.version import VERSION

PREFIX = "/api/v1"
TIMEOUT = httpx.Timeout(60.0, connect=5.0)
ATTEMPTS = 4
RETRIED_STATUSES = frozenset({429, 502, 503, 504})
SAFE_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_JSON = {"Content-Type": "application/json"}
LONGEST_PAUSE = 10.0
"""Seconds. A server that asks for more patience than this gets its refusal passed on."""


@dataclass(frozen=True)
class Answer:
    data: Any
    metadata: Mapping[str, Any]
    headers: Mapping[str, str]


class Http:
    """One server, one key. Safe to use from one thread at a time."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._client = httpx.Client(timeout=TIMEOUT, headers=self.headers(), follow_redirects=True)

    def headers(self) -> dict[str, str]:
        """Bearer, not X-API-Key: httpx drops it when a download is redirected to the object store."""
        headers = {"User-Agent": f"synthmill/{VERSION}"}
        if self.connection.key:
            headers["Authorization"] = f"Bearer {self.connection.key}"
        return headers

    def close(self) -> None:
        self._client.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        content: Callable[[], Iterator[bytes]] | None = None,
        timeout: httpx.Timeout = TIMEOUT,
        repeatable: bool = False,
    ) -> Answer:
        """Asks, and gives back what is in the envelope. Raises ApiError and UnreachableError.

        `content` is called for a body's bytes once for each time that it is sent; it goes before `json`.
        Sent again after a broken connection or a passing refusal if the method allows it, an Idempotency-Key
        makes a repetition harmless, or the caller says that it is `repeatable`. A refused connection is
        always tried again: nothing was sent.
        """
        repeatable = repeatable or method in SAFE_METHODS or "Idempotency-Key" in (headers or {})
        body = None if json is None else dumps(json).encode()
        sent = {**({} if body is None else _JSON), **(headers or {})}
        given = {name: value for name, value in (params or {}).items() if value is not None}
        attempt = 0
        while True:
            attempt += 1
            try:
                response = self._client.request(
                    method,
                    self.connection.url + PREFIX + path,
                    content=body if content is None else content(),
                    params=given,
                    headers=sent,
                    timeout=timeout,
                )
            except httpx.ConnectError as error:
                self._give_up_or_pause(attempt, error)
                continue
            except httpx.TransportError as error:
                self._give_up_or_pause(attempt if repeatable else ATTEMPTS, error)
                continue
            pause = _pause(response, attempt)
            if (
                repeatable
                and response.status_code in RETRIED_STATUSES
                and attempt < ATTEMPTS
                and pause is not None
            ):
                time.sleep(pause)
                continue
            return _unwrap(response)

    def pages(self, path: str, filters: Mapping[str, str | None] | None = None) -> Iterator[dict[str, Any]]:
        """Everything in a list; further pages are asked for as they are needed."""
        after: str | None = None
        while True:
            answer = self.request("GET", path, params={**(filters or {}), "after": after})
            yield from answer.data
            after = answer.metadata.get("next")
            if after is None:
                return

    @contextmanager
    def stream(self, path: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """One answer, its body to be read piece by piece, as sent. Raises ApiError, httpx.TransportError."""
        url = self.connection.url + PREFIX + path
        asked = {"Accept-Encoding": "identity", **headers}
        with self._client.stream("GET", url, headers=asked) as response:
            if response.status_code >= 400:
                response.read()
                raise problem(response)
            yield response

    def unreachable(self, error: Exception) -> UnreachableError:
        reason = str(error) or type(error).__name__
        return UnreachableError(
            f"no answer from {self.connection.url} (from {self.connection.origin}): {reason}; is it running?"
        )

    def _give_up_or_pause(self, attempt: int, error: httpx.TransportError) -> None:
        if attempt >= ATTEMPTS:
            raise self.unreachable(error) from None
        time.sleep(backoff(attempt))


def backoff(attempt: int) -> float:
    """Seconds before the next attempt: doubling, at most 5, spread so that clients don't march in step."""
    return min(5.0, 0.25 * 2.0 ** min(attempt - 1, 10)) * random.uniform(0.5, 1.0)  # noqa: S311


def _pause(response: httpx.Response, attempt: int) -> float | None:
    """Seconds to wait as the server wishes, or None if that is longer than a caller should be kept."""
    asked = _seconds(response.headers.get("Retry-After"))
    if asked is None:
        return backoff(attempt)
    return asked if asked <= LONGEST_PAUSE else None


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None


def _unwrap(response: httpx.Response) -> Answer:
    if response.status_code >= 400:
        raise problem(response)
    if response.status_code == 204:
        return Answer(None, {}, response.headers)
    body = _json(response)
    if not isinstance(body, dict) or body.get("status") != "success":
        raise ServerAnswerError(
            f"{response.url.copy_with(query=None)} isn't answered by Synthmill; is the address right?"
        )
    return Answer(body.get("data"), body.get("metadata") or {}, response.headers)


def problem(response: httpx.Response) -> ApiError:
    """The error that a refusing answer describes, whether or not it comes from Synthmill itself."""
    body = _json(response)
    if not isinstance(body, dict):
        body = {}
    fields = [
        FieldError(str(e.get("field", "")), str(e.get("reason", "")), str(e.get("fix") or ""))
        for e in body.get("errors") or ()
        if isinstance(e, dict)
    ]
    return error_class(response.status_code)(
        response.status_code,
        str(body.get("title") or response.reason_phrase or "refused"),
        str(body.get("detail") or ""),
        fields,
        body.get("request_id") or response.headers.get("X-Request-Id"),
        _seconds(response.headers.get("Retry-After")),
    )


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
