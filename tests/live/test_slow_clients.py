"""Clients that are slow, many, or gone: what they hold is bounded, counted, and given back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from synthmill.app.core.settings import Settings
from tests.live.raw import connected, head, measured, problem, read_answer, read_to_end
from tests.live.web import Web, running_web
from tests.waiting import wait_until
from tests.work import Work

THREADS = 16
ADDRESS_LIMIT, KEY_LIMIT, TOTAL = 20, 8, 50
SOON = 30
"""Seconds; nothing that is waited for so long here would end by itself."""
UNFINISHED = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "
ASSET = head("GET", "/api/v1/docs/assets/swagger-ui-bundle.js")
"""A stranger's largest answer. Between processes of one machine the kernel takes more than one of them."""


@pytest.fixture(scope="module")
def narrow(settings: Settings, token: str) -> Iterator[Web]:
    """A web process with few threads and low limits, that gives up nobody for being slow."""
    changed = replace(
        settings,
        web_threads=THREADS,
        # Of unfinished requests and unread answers, as much as of bodies of all threads is kept.
        max_body_bytes=4 * 2**20,
        head_seconds=600,
        request_seconds=600,
        max_connections=TOTAL,
        max_connections_per_address=ADDRESS_LIMIT,
        max_connections_per_key=KEY_LIMIT,
    )
    with running_web(changed, token) as web:
        yield web


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    """Connections of this test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(autouse=True)
def nothing_is_left(narrow: Web, opened: ExitStack) -> Iterator[None]:
    """Whatever a test did, nothing is held for it a moment after its clients have gone."""
    yield
    opened.close()
    for state in ("reading", "writing", "closing"):
        wait_until(lambda: not measured(narrow, "synthmill_connections", state=state), state, SOON)  # noqa: B023
    wait_until(lambda: not held(narrow, "wait") and not held(narrow, "download"), "slots", SOON)
    assert measured(narrow, "synthmill_connections_kept_bytes") < 10_000


def held(web: Web, kind: str) -> float:
    return measured(web, "synthmill_long_requests", kind=kind)


def dropped(web: Web, reason: str) -> float:
    return measured(web, "synthmill_connections_dropped_total", reason=reason)


def test_of_too_many_from_one_address_the_oldest_are_answered_with_429(
    narrow: Web, opened: ExitStack
) -> None:
    before = dropped(narrow, "address limit")
    slow = [
        opened.enter_context(connected(narrow, UNFINISHED, "127.0.0.2")) for _ in range(ADDRESS_LIMIT + 10)
    ]
    for client in slow[:10]:
        answer = read_to_end(client)
        assert answer.startswith(b"HTTP/1.1 429 ")
        assert "this address" in problem(answer)["detail"]
    assert dropped(narrow, "address limit") - before == 10
    with connected(narrow, head("GET", "/health"), "127.0.0.2") as same:
        assert read_answer(same)[0] == 200


def test_of_too_many_from_everywhere_the_oldest_are_answered_with_503(narrow: Web, opened: ExitStack) -> None:
    crowd = [
        opened.enter_context(connected(narrow, UNFINISHED, f"127.0.1.{number}"))
        for number in range(1, 2 * TOTAL)
    ]
    answer = read_to_end(crowd[0])
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert problem(answer)["errors"][0]["fix"]
    assert narrow.http.get("/health").status_code == 200
    assert dropped(narrow, "total limit") >= TOTAL - 10


def test_a_key_has_so_many_requests_under_way_and_others_are_not_touched(
    narrow: Web, opened: ExitStack
) -> None:
    request = head("POST", "/api/v1/preview", "X-API-Key: somebody's", "Content-Length: 100") + b"{"
    for number in range(KEY_LIMIT):
        opened.enter_context(connected(narrow, request, f"127.0.2.{number + 1}"))
    wait_until(lambda: measured(narrow, "synthmill_connections", state="reading") == KEY_LIMIT, "bodies")
    with connected(narrow, request) as client:
        answer = read_to_end(client)
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert "SYNTHMILL_MAX_CONNECTIONS_PER_KEY" in problem(answer)["errors"][0]["fix"]
    assert narrow.http.get("/jobs").status_code == 200
    opened.close()
    wait_until(lambda: not measured(narrow, "synthmill_connections", state="reading"), "bodies gone", SOON)
    with connected(narrow, request + b"x" * 99) as client:
        assert read_answer(client)[0] == 401


def test_who_does_not_read_an_answer_holds_no_thread(narrow: Web, opened: ExitStack) -> None:
    many = [
        opened.enter_context(connected(narrow, 3 * ASSET, f"127.0.3.{number % 3 + 1}"))
        for number in range(2 * THREADS)
    ]
    wait_until(
        lambda: measured(narrow, "synthmill_connections", state="writing") == len(many), "unread answers"
    )
    assert narrow.http.get("/health").status_code == 200
    with many[0].makefile("rb") as reader:
        for _ in range(3):
            status, headers, body = read_answer(reader)
            assert (status, len(body)) == (200, int(headers["content-length"]))


def upload(web: Web, size: int) -> str:
    upload_id: str = web.http.post("/uploads", content=b"x" * size).json()["data"]["id"]
    return upload_id


def test_a_key_has_an_eighth_of_the_threads_for_downloads_and_gets_them_back(
    narrow: Web, opened: ExitStack
) -> None:
    upload_id = upload(narrow, 16 * 2**20)
    request = head("GET", f"/api/v1/uploads/{upload_id}/content", f"X-API-Key: {narrow.token}")
    for _ in range(THREADS // 8):
        opened.enter_context(connected(narrow, request))
    wait_until(lambda: held(narrow, "download") == THREADS // 8, "downloads")
    refused = narrow.http.get(f"/uploads/{upload_id}/content")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
    assert (
        narrow.http.get(f"/uploads/{upload_id}/content", headers={"Range": "bytes=-100"}).status_code == 206
    )
    opened.close()
    wait_until(lambda: held(narrow, "download") == 0, "slots of downloads that were left", SOON)
    assert len(narrow.http.get(f"/uploads/{upload_id}/content").content) == 16 * 2**20
    narrow.http.delete(f"/uploads/{upload_id}")


def test_who_leaves_gives_back_what_waits_for_it(narrow: Web, opened: ExitStack) -> None:
    job = narrow.submit()
    key = f"X-API-Key: {narrow.token}"
    body = b'{"template": "retail", "rows": 400}'
    waiting = (key, "Content-Type: application/json", "Prefer: wait=60", f"Content-Length: {len(body)}")
    opened.enter_context(
        connected(narrow, head("GET", f"/api/v1/jobs/{job}/events", key, "Accept: text/event-stream"))
    )
    opened.enter_context(connected(narrow, head("POST", "/api/v1/generate", *waiting) + body))
    part = head("POST", "/api/v1/uploads", key, "Content-Length: 99999999") + b"x" * 6_000_000
    opened.enter_context(connected(narrow, part))
    wait_until(lambda: held(narrow, "wait") == 3, "a stream, a wait and an upload")
    opened.close()
    wait_until(lambda: held(narrow, "wait") == 0, "slots of those who left", SOON)


@pytest.mark.slow
def test_a_crowd_of_slow_clients_keeps_nobody_from_the_server(
    settings: Settings, token: str, work: Work, opened: ExitStack
) -> None:
    body = head("POST", "/api/v1/preview", "X-API-Key: x", "Content-Length: 9000") + b"{"
    with running_web(replace(settings, web_threads=8), token) as web:
        job = web.submit()
        watcher = web.watch(f"/ws/jobs/{job}")
        for number in range(300):
            for data in (UNFINISHED, body, 3 * ASSET, b""):
                opened.enter_context(connected(web, data, f"127.0.4.{number % 4 + 1}"))
        assert web.http.get("/health").status_code == 200
        work(job)
        events, code, _ = watcher.result()
        assert (events[-1]["type"], code) == ("complete", 1000)
        assert web.http.get(f"/jobs/{job}").json()["data"]["state"] == "completed"


@pytest.mark.slow
def test_behind_a_proxy_connections_count_for_the_address_that_it_names(
    settings: Settings, token: str
) -> None:
    limits = {"proxies": 1, "max_connections_per_address": 5, "head_seconds": 600, "request_seconds": 600}
    with running_web(replace(settings, **limits), token) as web, ExitStack() as opened:

        def unfinished(forwarded: str) -> socket.socket:
            lines = (f"X-Forwarded-For: 9.9.9.9, {forwarded}", "Content-Length: 10")
            return opened.enter_context(connected(web, head("POST", "/api/v1/preview", *lines)))

        theirs = [unfinished("1.2.3.4") for _ in range(6)]
        others = [unfinished(f"1.2.3.{number}") for number in range(5, 15)]
        assert read_to_end(theirs[0]).startswith(b"HTTP/1.1 429 ")
        for client in (theirs[-1], others[0]):
            client.sendall(b"x" * 10)
            assert read_answer(client)[0] == 401
