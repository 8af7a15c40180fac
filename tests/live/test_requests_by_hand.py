"""Requests in every legal shape, and some others, through the worker that reads them before a thread does."""

from __future__ import annotations

import json
import socket

import pytest

from synthmill.app.core.services import Services
from tests.live.raw import connected, head, problem, read_answer, read_to_end
from tests.live.web import Web

BODY = json.dumps({"template": "retail", "rows": 400, "seed": 7, "limit": 1}).encode()


def preview(web: Web, *lines: str) -> bytes:
    return head(
        "POST", "/api/v1/preview", f"X-API-Key: {web.token}", "Content-Type: application/json", *lines
    )


def chunks(body: bytes, size: int) -> bytes:
    pieces = [body[begin : begin + size] for begin in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize("coding", ["length", "chunks"])
def test_a_request_that_comes_byte_by_byte_is_answered(web: Web, coding: str) -> None:
    whole = preview(web, f"Content-Length: {len(BODY)}") + BODY
    if coding == "chunks":
        whole = preview(web, "Transfer-Encoding: chunked") + chunks(BODY, 7)
    with connected(web) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for place in range(len(whole)):
            client.sendall(whole[place : place + 1])
        status, _, answer = read_answer(client)
        assert (status, json.loads(answer)["status"]) == (200, "success")
        client.sendall(head("GET", "/health"))
        assert read_answer(client)[0] == 200


def test_requests_that_are_sent_without_waiting_are_answered_in_their_order(web: Web) -> None:
    body = preview(web, f"Content-Length: {len(BODY)}") + BODY
    several = [head("GET", "/health"), body, head("GET", "/nothing"), body, head("GET", "/health")]
    with connected(web, b"".join(several)) as client, client.makefile("rb") as reader:
        assert [read_answer(reader)[0] for _ in several] == [200, 200, 404, 200, 200]


def test_who_closes_his_side_before_the_answer_is_taken_to_have_left(web: Web) -> None:
    body = preview(web, f"Content-Length: {len(BODY)}") + BODY
    with connected(web, body) as client:
        client.shutdown(socket.SHUT_WR)
        answer = read_to_end(client)
    assert problem(answer)["type"] == "urn:synthmill:problem:client-gone"


@pytest.mark.parametrize("coding", ["length", "chunks"])
def test_who_waits_for_100_continue_gets_it_once(web: Web, coding: str) -> None:
    framing = "Transfer-Encoding: chunked" if coding == "chunks" else f"Content-Length: {len(BODY)}"
    with connected(web, preview(web, "Expect: 100-continue", framing)) as client:
        assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(chunks(BODY, 50) if coding == "chunks" else BODY)
        assert read_answer(client)[0] == 200


def test_a_long_upload_that_waits_for_100_continue_gets_it(web: Web) -> None:
    size = 3_000_000
    lines = (f"X-API-Key: {web.token}", f"Content-Length: {size}", "Expect: 100-continue")
    with connected(web, head("POST", "/api/v1/uploads", *lines)) as client:
        assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"x" * size)
        status, _, answer = read_answer(client)
    assert (status, json.loads(answer)["data"]["size"]) == (201, size)
    assert web.http.delete(f"/uploads/{json.loads(answer)['data']['id']}").status_code == 204


@pytest.mark.parametrize("size", [b"-1", b"x", b"", b"11111111111111111"])
def test_a_chunk_without_a_size_is_400_in_our_words(web: Web, size: bytes) -> None:
    with connected(web, preview(web, "Transfer-Encoding: chunked") + size + b"\r\n") as client:
        answer = read_to_end(client)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert "hexadecimal" in problem(answer)["errors"][0]["fix"]


@pytest.mark.parametrize("size", [b"-1", b"x"])
def test_a_long_upload_with_such_a_chunk_is_400_too_and_leaves_nothing(
    web: Web, services: Services, size: bytes
) -> None:
    lines = (f"X-API-Key: {web.token}", "Transfer-Encoding: chunked")
    body = b"200000\r\n" + b"x" * 0x200000 + b"\r\n" + size + b"\r\n"
    with connected(web, head("POST", "/api/v1/uploads", *lines)) as client:
        client.sendall(body)
        answer = read_to_end(client)
    assert answer.startswith(b"HTTP/1.1 400 "), answer[:200]
    assert problem(answer)["status"] == 400
    assert not [*services.storage.list("uploads/"), *services.storage.uploads("uploads/")]


def test_a_head_that_is_too_large_is_431(web: Web) -> None:
    with connected(web, b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000) as client:
        answer = read_to_end(client)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert problem(answer)["type"] == "urn:synthmill:problem:request-header-fields-too-large"


def test_a_refused_request_with_a_body_leaves_the_connection_as_it_was(web: Web) -> None:
    body = head("POST", "/api/v1/preview", "Content-Length: 500000") + b"x" * 500_000
    with connected(web, body + head("GET", "/health")) as client, client.makefile("rb") as reader:
        assert read_answer(reader)[0] == 401
        assert read_answer(reader)[0] == 200


def test_a_websocket_opens_on_a_connection_that_has_served_a_request(web: Web) -> None:
    upgrade = (
        f"X-API-Key: {web.token}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )  # fmt: skip
    with connected(web, head("GET", "/health")) as client:
        assert read_answer(client)[0] == 200
        client.sendall(head("GET", "/ws/jobs/nothing", *upgrade))
        answer = read_to_end(client)
    assert answer.startswith(b"HTTP/1.1 101 ")
    assert b"no job" in answer
