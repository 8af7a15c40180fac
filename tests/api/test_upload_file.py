from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from synthmill.app.core.errors import StorageError
from synthmill.app.core.services import Services
from synthmill.app.factory import create_app
from synthmill.app.http.waiting_slots import WaitingSlots
from tests.api.caller import Caller, fields

CONTENT = b"id,name\n1,a\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def stored(services: Services) -> list[str]:
    """Everything that storage has: objects, and multipart uploads that haven't ended."""
    return [*services.storage.list(""), *(key for key, _ in services.storage.uploads(""))]


@pytest.fixture
def small(services: Services, token: str) -> Callable[..., Caller]:
    """The API with other limits."""

    def small(**limits: int) -> Caller:
        settings = replace(services.settings, **limits)
        return Caller(create_app(services=replace(services, settings=settings)), token)

    return small


def test_an_upload_is_named_by_its_sha256(api: Caller) -> None:
    answer = api.post("/uploads?name=people.csv", data=CONTENT, content_type="text/csv; charset=utf-8")
    assert answer.status_code == 201
    upload = answer.json["data"]
    assert (upload["sha256"], upload["size"]) == (SHA256, len(CONTENT))
    assert (upload["name"], upload["media_type"]) == ("people.csv", "text/csv; charset=utf-8")
    assert upload["expires_at"] is None
    assert answer.headers["Location"] == f"/api/v1/uploads/{upload['id']}"
    assert api.get(f"/uploads/{upload['id']}").json["data"] == upload


def test_a_file_larger_than_any_other_body_is_taken(api: Caller, services: Services) -> None:
    content = bytes(range(256)) * 100_000
    assert len(content) > 3 * 2**23 > services.settings.max_body_bytes
    upload = api.post("/uploads", data=content).json["data"]
    assert upload["sha256"] == hashlib.sha256(content).hexdigest()
    assert api.get(f"/uploads/{upload['id']}/content").data == content


def test_without_a_type_the_bytes_are_just_bytes(api: Caller) -> None:
    upload = api.post("/uploads", data=CONTENT).json["data"]
    assert (upload["media_type"], upload["name"]) == ("application/octet-stream", None)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("attachment; filename=people.csv", "people.csv"),
        ('attachment; filename="my people.csv"', "my people.csv"),
        ("attachment; filename=\"x\"; filename*=UTF-8''M%C3%BCller.csv", "Müller.csv"),
        ("inline", None),
    ],
)
def test_a_name_may_come_in_content_disposition(api: Caller, header: str, name: str | None) -> None:
    answer = api.post("/uploads", data=CONTENT, headers={"Content-Disposition": header})
    assert answer.json["data"]["name"] == name


def test_the_name_in_the_query_wins(api: Caller) -> None:
    headers = {"Content-Disposition": "attachment; filename=other.csv"}
    assert api.post("/uploads?name=a.csv", data=CONTENT, headers=headers).json["data"]["name"] == "a.csv"


@pytest.mark.parametrize("name", ["", "a%2fb", "..%5ca", "a%0ab", "x" * 256])
def test_what_is_no_file_name_is_refused(api: Caller, services: Services, name: str) -> None:
    assert fields(api.refused(422, "POST", f"/uploads?name={name}", data=CONTENT)) == ["name"]
    assert stored(services) == []


def test_a_body_in_chunks_has_no_length_before_its_end(api: Caller) -> None:
    answer = api.post(
        "/uploads",
        input_stream=io.BytesIO(CONTENT),
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert (answer.status_code, answer.json["data"]["sha256"]) == (201, SHA256)


def test_equal_bytes_are_one_upload_and_one_object(api: Caller, services: Services) -> None:
    first = api.post("/uploads?name=a.csv", data=CONTENT)
    again = api.post("/uploads?name=b.csv", data=CONTENT)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["data"] == first.json["data"]
    assert again.headers["Location"] == first.headers["Location"]
    assert len(stored(services)) == 1


def test_another_workspace_has_an_upload_of_its_own(api: Caller, other: Caller, services: Services) -> None:
    ours, theirs = (one.post("/uploads", data=CONTENT) for one in (api, other))
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.json["data"]["id"] != theirs.json["data"]["id"]
    assert len(stored(services)) == 2


@pytest.mark.parametrize("header", ["Repr-Digest", "Content-Digest"])
def test_the_digest_that_a_client_sends_is_checked(api: Caller, services: Services, header: str) -> None:
    problem = api.refused(422, "POST", "/uploads", data=CONTENT, headers={header: digest(b"other")})
    assert fields(problem) == [header]
    assert SHA256 in problem["errors"][0]["reason"]
    assert stored(services) == []
    assert api.get("/uploads").json["data"] == []
    right = {header: f"sha-512=:AAAA:, {digest(CONTENT)}"}
    assert api.post("/uploads", data=CONTENT, headers=right).status_code == 201


@pytest.mark.parametrize("given", ["sha-256=:AAAA:", "sha-256=AAAA", "sha-256=:====:", "sha-256"])
def test_a_digest_that_cannot_be_read_is_refused(api: Caller, given: str) -> None:
    problem = api.refused(422, "POST", "/uploads", data=CONTENT, headers={"Repr-Digest": given})
    assert fields(problem) == ["Repr-Digest"]


@pytest.mark.parametrize("header", ["md5=:AAAA:", "", "unixsum=30637"])
def test_digests_that_we_do_not_know_are_passed_over(api: Caller, header: str) -> None:
    assert api.post("/uploads", data=CONTENT, headers={"Repr-Digest": header}).status_code == 201


def test_no_bytes_are_no_upload(api: Caller) -> None:
    assert fields(api.refused(422, "POST", "/uploads", data=b"")) == ["body"]


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "multipart/form-data; boundary=x"}, {"Content-Encoding": "gzip"}],
)
def test_a_file_inside_something_else_is_refused(api: Caller, headers: dict[str, str]) -> None:
    assert "own bytes" in api.refused(415, "POST", "/uploads", data=CONTENT, headers=headers)["detail"]


def test_what_is_no_media_type_is_refused(api: Caller) -> None:
    for given in ("text", "text/", "te xt/csv", "text/csv; " + "x" * 255):
        problem = api.refused(422, "POST", "/uploads", data=CONTENT, headers={"Content-Type": given})
        assert fields(problem) == ["Content-Type"]


def test_an_unknown_parameter_is_refused_by_name(api: Caller) -> None:
    assert fields(api.refused(422, "POST", "/uploads?filename=x", data=CONTENT)) == ["filename"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_beyond_the_limit_is_413_and_names_the_setting(
    small: Callable[..., Caller], services: Services, chunked: bool
) -> None:
    api = small(max_upload_bytes=1_000)
    options: dict[str, Any] = {"data": b"x" * 1_001}
    if chunked:
        options = {
            "input_stream": io.BytesIO(b"x" * 1_001),
            "headers": {"Transfer-Encoding": "chunked"},
            "environ_overrides": {"wsgi.input_terminated": True},
        }
    problem = api.refused(413, "POST", "/uploads", **options)
    assert problem["errors"] == [
        {
            "field": "body",
            "reason": "is larger than 1,000 bytes",
            "fix": "at most 1,000 bytes (SYNTHMILL_MAX_UPLOAD_BYTES)",
        }
    ]
    assert stored(services) == []
    assert api.post("/uploads", data=b"x" * 1_000).status_code == 201


def test_a_length_beyond_the_limit_is_refused_before_a_byte_is_stored(
    small: Callable[..., Caller], services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(services.storage, "begin", begun.append)
    small(max_upload_bytes=10 * 2**20).refused(413, "POST", "/uploads", data=bytes(10 * 2**20 + 1))
    assert begun == []


def test_a_workspace_that_is_full_is_told_its_number_and_its_limit(
    small: Callable[..., Caller], services: Services
) -> None:
    api = small(max_uploads_bytes=1_500)
    first = api.post("/uploads", data=b"x" * 1_000).json["data"]
    problem = api.refused(422, "POST", "/uploads", data=b"y" * 501)
    assert fields(problem) == ["workspace"]
    assert "1,501 bytes" in problem["errors"][0]["reason"]
    assert "1,500 bytes (SYNTHMILL_MAX_UPLOADS_BYTES)" in problem["errors"][0]["fix"]
    assert len(stored(services)) == 1
    assert api.delete(f"/uploads/{first['id']}").status_code == 204
    assert api.post("/uploads", data=b"y" * 501).status_code == 201


def test_a_client_that_goes_away_leaves_nothing(api: Caller, services: Services) -> None:
    for came in (100, 9 * 2**20):
        answer = api.post(
            "/uploads",
            input_stream=io.BytesIO(b"x" * came),
            environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": str(came + 1)},
        )
        assert answer.status_code == 400
        assert answer.json["type"] == "urn:synthmill:problem:incomplete-body"
        assert f"{came:,} bytes" in answer.json["detail"]
    assert stored(services) == []
    assert api.get("/uploads").json["data"] == []


def test_storage_that_fails_half_way_leaves_nothing(
    api: Caller, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = services.storage.put_piece

    def fail(key: str, upload_id: str, number: int, *data: bytes) -> str:
        if number == 2:
            raise StorageError("the store is away")
        return put(key, upload_id, number, *data)

    monkeypatch.setattr(services.storage, "put_piece", fail)
    api.refused(503, "POST", "/uploads", data=b"x" * (9 * 2**20))
    assert stored(services) == []


def test_uploads_of_one_key_take_an_eighth_of_the_threads_at_most() -> None:
    waiting = WaitingSlots(16, 8)
    with waiting.upload("a") as first, waiting.upload("a") as second, waiting.upload("a") as third:
        assert (first, second, third) == (True, True, False)
        with waiting.upload("b") as theirs:
            assert theirs
    with waiting.upload("a") as again:
        assert again


def test_an_upload_that_finds_no_slot_is_to_come_back(app: Flask, api: Caller) -> None:
    waiting: WaitingSlots = app.extensions["synthmill.waiting_slots"]
    held = []
    while (release := waiting.wait(f"key {len(held)}")) is not None:
        held.append(release)
    answer = api.post("/uploads", data=CONTENT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    held.pop()()
    assert api.post("/uploads", data=CONTENT).status_code == 201
