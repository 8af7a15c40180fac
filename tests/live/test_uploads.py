"""Uploads through a web process as it runs in production: slow, broken off, large."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat

import psutil
import pytest

from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from tests.live.web import Web, running_web

SECONDS = 2
PATIENCE = 20
MEBIBYTE = b"x" * 2**20


@pytest.fixture(scope="module")
def hasty(settings: Settings, token: str) -> Iterator[Web]:
    """A web process that waits two seconds for a request."""
    with running_web(replace(settings, request_seconds=SECONDS), token) as web:
        yield web


def head(web: Web, *lines: str) -> bytes:
    given = ["POST /api/v1/uploads HTTP/1.1", "Host: x", f"X-API-Key: {web.token}", *lines, "", ""]
    return "\r\n".join(given).encode()


def left_behind(services: Services) -> list[str]:
    """What storage has of uploads that aren't listed."""
    return [*services.storage.list("uploads/"), *(key for key, _ in services.storage.uploads("uploads/"))]


def wait_until_nothing_is_left(services: Services) -> None:
    deadline = time.monotonic() + PATIENCE
    while left := left_behind(services):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


@pytest.fixture(autouse=True)
def clean(services: Services, web: Web) -> Iterator[None]:
    yield
    for upload in web.http.get("/uploads").json()["data"]:
        assert web.http.delete(f"/uploads/{upload['id']}").status_code == 204


@pytest.mark.parametrize(
    ("coding", "status"),
    [("Content-Length: 100000", b" 408 "), ("Transfer-Encoding: chunked", b" 408 "),
     ("Content-Length: 9999999", b" 400 ")],
)  # fmt: skip
def test_an_upload_that_comes_byte_by_byte_is_given_up(
    hasty: Web, services: Services, coding: str, status: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", hasty.port), timeout=0.3) as client:
        began, answer = time.monotonic(), b""
        client.sendall(head(hasty, coding))
        while time.monotonic() - began < PATIENCE:
            try:
                data = client.recv(4096)
            except TimeoutError:
                client.sendall(b"1\r\nx\r\n")
                continue
            if not data:
                break
            answer += data
    assert SECONDS / 2 < time.monotonic() - began < PATIENCE
    assert status in answer.partition(b"\r\n")[0]
    wait_until_nothing_is_left(services)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_upload_may_take_longer_than_a_request(hasty: Web, chunked: bool) -> None:
    def content() -> Iterator[bytes]:
        for _ in range(6):
            time.sleep(SECONDS / 3)
            yield MEBIBYTE + b"x" * 100_000

    whole = 6 * (2**20 + 100_000)
    headers = {} if chunked else {"Content-Length": str(whole)}
    answer = hasty.http.post("/uploads", content=content(), headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["data"]["size"] == whole
    assert answer.json()["data"]["sha256"] == hashlib.sha256(b"x" * whole).hexdigest()


@pytest.mark.parametrize("coding", ["Content-Length: 99999999", "Transfer-Encoding: chunked"])
def test_a_client_that_goes_away_leaves_nothing(web: Web, services: Services, coding: str) -> None:
    with socket.create_connection(("127.0.0.1", web.port)) as client:
        client.sendall(head(web, coding))
        for _ in range(10):
            client.sendall(MEBIBYTE if "Length" in coding else b"100000\r\n" + MEBIBYTE + b"\r\n")
        deadline = time.monotonic() + PATIENCE
        while not left_behind(services):
            assert time.monotonic() < deadline, "nothing has come into storage"
            time.sleep(0.05)
    wait_until_nothing_is_left(services)
    assert web.http.get("/uploads").json()["data"] == []


def test_a_refused_upload_gets_its_answer(web: Web) -> None:
    headers = {"Content-Length": str(6_000 * 2**20)}
    answer = web.http.post("/uploads", content=repeat(MEBIBYTE, 6_000), headers=headers)
    assert answer.status_code == 413
    assert "SYNTHMILL_MAX_UPLOAD_BYTES" in answer.text


def test_the_size_of_an_upload_costs_no_memory(web: Web) -> None:
    (serving,) = psutil.Process(web.process.pid).children()
    web.http.post("/uploads", content=iter([MEBIBYTE] * 20))
    before, most = serving.memory_info().rss, 0

    def content() -> Iterator[bytes]:
        nonlocal most
        for number in range(200):
            most = max(most, serving.memory_info().rss)
            yield bytes([number]) * 2**20

    assert web.http.post("/uploads", content=content()).status_code == 201
    assert most - before < 60 * 2**20
