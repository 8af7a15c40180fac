"""What only a real server shows of the API: large bodies, chunks, and streams that are read as they come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.live.web import Web

JSON = {"Content-Type": "application/json"}


def test_a_name_of_ten_megabytes_is_413(web: Web) -> None:
    answer = web.http.post("/generate", json={"template": "x" * 10_000_000})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert "1,048,576" in answer.json()["errors"][0]["reason"]


def test_who_sends_much_without_a_key_sees_401(web: Web) -> None:
    body = {"template": "x" * 10_000_000}
    answer = httpx.post(f"{web.http.base_url}generate", json=body)
    assert answer.status_code == 401


def test_a_connection_goes_on_after_a_refusal(web: Web) -> None:
    for _ in range(5):
        assert web.http.post("/generate", json={"template": "x" * 5_000_000}).status_code == 413
        assert web.http.get("/jobs").status_code == 200


def test_a_body_in_chunks_is_read_up_to_the_same_limit(web: Web) -> None:
    body = json.dumps({"template": "retail", "rows": 400}).encode()
    small = web.http.post("/generate", content=iter([body[:10], body[10:]]), headers=JSON)
    assert small.status_code == 202

    def endless() -> Iterator[bytes]:
        yield b'{"template": "'
        for _ in range(40):
            yield b"x" * 65_536

    large = web.http.post("/generate", content=endless(), headers=JSON)
    assert large.status_code == 413


def test_a_hundred_thousand_brackets_are_422(web: Web) -> None:
    body = b'{"template": "retail", "parameters": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    answer = web.http.post("/generate", content=body, headers=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("path", ["/downloads/{}/..%2f..%2fsynthmill.db", "/downloads/..%2f{}/orders.csv"])
def test_no_path_leads_out_of_the_storage(web: Web, completed: str, path: str) -> None:
    assert web.http.get(path.format(completed)).status_code == 404


def test_a_download_resumes_where_it_stopped(web: Web, completed: str) -> None:
    path = f"/downloads/{completed}/orders.csv"
    whole = web.http.get(path)
    headers = {"Range": "bytes=100-", "If-Range": whole.headers["etag"]}
    rest = web.http.get(path, headers=headers)
    assert (rest.status_code, whole.content[:100] + rest.content) == (206, whole.content)


def test_a_stream_is_told_while_it_goes_on(web: Web, job: str, work: Callable[[str], None]) -> None:
    headers = {"Accept": "text/event-stream"}
    with web.http.stream("GET", f"/jobs/{job}/events", headers=headers) as answer:
        lines = answer.iter_lines()
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert next(line for line in lines if line.startswith("event:")) == "event: init"
        work(job)
        reported = [line for line in lines if line.startswith("event:")]
    assert reported[0] == "event: start"
    assert reported[-1] == "event: complete"


def test_readers_who_leave_a_stream_leave_the_server_well(web: Web, job: str) -> None:
    for _ in range(5):
        headers = {"Accept": "text/event-stream"}
        with web.http.stream("GET", f"/jobs/{job}/events", headers=headers) as answer:
            next(answer.iter_lines())
    assert web.http.get("/ready").status_code == 200


def test_head_has_no_body(web: Web, completed: str) -> None:
    url = f"{web.http.base_url}downloads/{completed}/orders.csv"
    answer = httpx.head(url, headers={"X-API-Key": web.token})
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0
