"""Clients that send a request too slowly get no thread for it."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from synthmill.app.core.settings import Settings
from tests.live.raw import connected, head, measured
from tests.live.web import Web, running_web
from tests.waiting import wait_until

SECONDS = 2
PATIENCE = 60


@pytest.fixture(scope="module")
def hasty(settings: Settings, token: str) -> Iterator[Web]:
    """A web process that waits two seconds for a request."""
    with running_web(replace(settings, request_seconds=SECONDS), token) as web:
        yield web


def drip(web: Web, begin: bytes) -> tuple[float, bytes]:
    """Send the beginning of a request, then a byte now and then; when it was given up, and the answer."""
    with socket.create_connection(("127.0.0.1", web.port), timeout=0.3) as client:
        began = time.monotonic()
        client.sendall(begin)
        answer = b""
        while time.monotonic() - began < PATIENCE:
            try:
                data = client.recv(4096)
            except TimeoutError:
                try:
                    client.sendall(b"x")
                except OSError:
                    break
                continue
            except OSError:
                break
            if not data:
                break
            answer += data
        return time.monotonic() - began, answer


def test_a_header_that_comes_byte_by_byte_is_given_up(hasty: Web) -> None:
    seconds, _ = drip(hasty, b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert SECONDS / 2 < seconds < PATIENCE


@pytest.mark.parametrize("length", [b"Content-Length: 100000", b"Transfer-Encoding: chunked"])
def test_a_body_that_comes_byte_by_byte_is_given_up(hasty: Web, length: bytes) -> None:
    head = b"POST /api/v1/generate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-API-Key: "
    seconds, answer = drip(hasty, head + hasty.token.encode() + b"\r\n" + length + b"\r\n\r\n")
    assert SECONDS / 2 < seconds < PATIENCE
    assert b" 500 " not in answer.partition(b"\r\n")[0]


def test_an_answer_may_take_longer_than_a_request(hasty: Web) -> None:
    body = {"template": "retail", "rows": 400, "seed": 7}
    answer = hasty.http.post("/generate", json=body, headers={"Prefer": f"wait={2 * SECONDS}"})
    assert answer.status_code == 202
    assert hasty.http.get("/jobs").status_code == 200


def test_an_answer_that_is_not_read_is_given_up(hasty: Web) -> None:
    # Between processes of one machine the kernel takes more than one of them.
    with connected(hasty, 3 * head("GET", "/api/v1/docs/assets/swagger-ui-bundle.js")) as client:
        wait_until(
            lambda: measured(hasty, "synthmill_connections_dropped_total", reason="unread answer") == 1,
            "the end of an answer that nobody reads",
        )
        assert b"200 OK" in client.recv(100)
