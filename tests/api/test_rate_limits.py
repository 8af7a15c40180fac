"""What a client sees of the limits on requests and on unfinished jobs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from synthmill.app.core.services import Services
from synthmill.app.factory import create_app
from synthmill.app.http.waiting_slots import WaitingSlots
from tests.api.caller import REQUEST, Caller

Limited = Callable[..., Caller]


@pytest.fixture
def limited(services: Services, token: str) -> Iterator[Limited]:
    """The API with other limits."""

    def limited(**settings: Any) -> Caller:
        changed = replace(services, settings=replace(services.settings, **settings))
        return Caller(create_app(services=changed), token)

    yield limited


def test_an_answer_says_how_many_requests_are_left(api: Caller) -> None:
    answer = api.get("/jobs")
    assert answer.headers["RateLimit-Policy"] == '"key";q=12000;w=60'
    assert re.fullmatch(r'"key";r=\d+;t=\d+', answer.headers["RateLimit"])


def test_beyond_its_limit_a_key_gets_429_with_the_time_to_come_back(limited: Limited) -> None:
    api = limited(rate_limit=3)
    answers = [api.get("/jobs") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refusal = answers[-1]
    assert refusal.content_type == "application/problem+json"
    assert refusal.json["type"] == "urn:synthmill:problem:too-many-requests"
    assert "3 requests" in refusal.json["detail"]
    assert 1 <= int(refusal.headers["Retry-After"]) <= 120
    assert refusal.headers["RateLimit"] == f'"key";r=0;t={refusal.headers["Retry-After"]}'


def test_one_keys_limit_is_not_anothers(limited: Limited, other_token: str) -> None:
    api = limited(rate_limit=1)
    assert [api.get("/jobs").status_code for _ in range(2)] == [200, 429]
    assert api.get("/jobs", headers={"X-API-Key": other_token}).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/nowhere"])
def test_strangers_are_counted_by_their_address(limited: Limited, path: str) -> None:
    client = limited(anonymous_rate_limit=2).app.test_client()
    statuses = [client.get(path, headers={"X-API-Key": "wrong"}).status_code for _ in range(3)]
    assert statuses[:2] != [429, 429]
    assert statuses[2] == 429
    assert client.get("/health").status_code == 200


def test_behind_a_proxy_the_address_is_the_one_that_it_tells(limited: Limited) -> None:
    client = limited(anonymous_rate_limit=1, proxies=1).app.test_client()
    for address, statuses in (("198.51.100.1", [401, 429]), ("198.51.100.2", [401, 429])):
        headers = {"X-Forwarded-For": f"203.0.113.9, {address}"}
        assert [client.get("/api/v1/jobs", headers=headers).status_code for _ in range(2)] == statuses


def test_what_an_address_says_of_itself_is_not_believed_without_a_proxy(limited: Limited) -> None:
    client = limited(anonymous_rate_limit=1).app.test_client()
    for address, status in (("198.51.100.1", 401), ("198.51.100.2", 429)):
        answer = client.get("/api/v1/jobs", headers={"X-Forwarded-For": address})
        assert answer.status_code == status


def test_a_limit_of_nought_is_none(limited: Limited) -> None:
    answer = limited(rate_limit=0).get("/jobs")
    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers


@pytest.mark.parametrize(
    ("limits", "reported"),
    [
        ({"max_queued_jobs": 1}, "1 jobs of this workspace are unfinished, and at most 1 may be"),
        ({"max_queued_rows": 3_000}, "rows of this workspace would be unfinished, and at most 3,000 may be"),
        ({"max_queued_bytes": 150_000}, "of this workspace would be unfinished"),
    ],
)
def test_unfinished_jobs_are_limited_in_number_rows_and_bytes(
    limited: Limited, work: Callable[[], None], limits: dict[str, int], reported: str
) -> None:
    api = limited(**limits)
    request = {**REQUEST, "rows": 1_000}
    assert api.post("/generate", json=request).status_code == 202
    refusal = api.post("/generate", json=request)
    assert refusal.status_code == 429
    assert reported in refusal.json["errors"][0]["reason"]
    assert refusal.json["errors"][0]["field"] == "workspace"
    assert int(refusal.headers["Retry-After"]) > 0
    work()
    assert api.post("/generate", json=request).status_code == 202


def _watched(api: Caller, job_id: str) -> TestResponse:
    headers = {"Accept": "text/event-stream", "X-API-Key": api.token}
    return api.app.test_client().get(f"/api/v1/jobs/{job_id}/events", headers=headers)


def _all_watched(api: Caller, job_id: str) -> tuple[list[TestResponse], TestResponse]:
    """Two streams, and the refusal of one more; a request to wait is answered at once meanwhile."""
    streams = [_watched(api, job_id) for _ in range(2)]
    assert [stream.status_code for stream in streams] == [200, 200]
    refusal = _watched(api, job_id)
    assert (refusal.status_code, refusal.headers["Retry-After"]) == (429, "5")
    passed_over = api.post("/generate", json=REQUEST, headers={"Prefer": "wait=30"})
    assert passed_over.status_code == 202
    assert "Preference-Applied" not in passed_over.headers
    return streams, refusal


def _watched_again(api: Caller, job_id: str, streams: Sequence[TestResponse]) -> None:
    """Once some have ended there is room for another."""
    for stream in streams:
        stream.close()
    again = _watched(api, job_id)
    assert again.status_code == 200
    again.close()


def test_one_key_has_so_many_streams_and_waits_and_leaves_the_others_to_others(
    limited: Limited, submit: Callable[..., dict[str, Any]]
) -> None:
    api, job_id = limited(max_waits_per_key=2), submit()["id"]
    streams, refusal = _all_watched(api, job_id)
    assert "(2)" in refusal.json["detail"]
    # Its uploads, and whatever another key does, have slots of their own.
    assert api.post("/uploads", data=b"a\n1\n").status_code == 201
    others: WaitingSlots = api.app.extensions["synthmill.waiting_slots"]
    release = others.wait("another key")
    assert release is not None
    release()
    _watched_again(api, job_id, streams)


def test_streams_and_waits_leave_half_of_the_threads_to_others(
    limited: Limited, submit: Callable[..., dict[str, Any]]
) -> None:
    api, job_id = limited(web_threads=4), submit()["id"]
    streams, _ = _all_watched(api, job_id)
    _watched_again(api, job_id, streams[:1])
    streams[1].close()
