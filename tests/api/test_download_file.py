from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from blake3 import blake3

from synthmill.app.core.services import Services
from tests.api.caller import Caller
from tests.api.world import shared_world as world
from tests.roots import root_of

__all__ = ["world"]


@pytest.fixture
def file(completed: dict[str, Any]) -> dict[str, Any]:
    return next(file for file in completed["files"] if file["name"] == "orders.csv")


@pytest.fixture
def path(completed: dict[str, Any]) -> str:
    return f"/downloads/{completed['id']}/orders.csv"


@pytest.fixture
def entries(api: Caller, completed: dict[str, Any]) -> dict[str, Any]:
    """What the manifest says of the files, by name."""
    manifest = api.get(f"/downloads/{completed['id']}/manifest.json").json
    return {entry["name"]: entry for entry in manifest["files"]}


@pytest.fixture
def content(api: Caller, path: str) -> bytes:
    content: bytes = api.get(path).data
    return content


def test_a_file_comes_whole_with_its_root(
    api: Caller, path: str, file: dict[str, Any], entries: dict[str, Any]
) -> None:
    entry = entries["orders.csv"]
    answer = api.get(path)
    assert answer.status_code == 200
    assert root_of(answer.data, entry) == file["root"]
    assert answer.content_length == len(answer.data) == file["size"]
    assert answer.headers["ETag"] == f'"{file["root"]}"'
    assert not {"X-Checksum-SHA256", "Repr-Digest"} & set(answer.headers.keys())
    assert answer.headers["Content-Disposition"] == 'attachment; filename="orders.csv"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.mimetype == "text/csv"
    assert "Content-Encoding" not in answer.headers


def test_the_manifest_is_a_file_too(api: Caller, completed: dict[str, Any], file: dict[str, Any]) -> None:
    answer = api.get(f"/downloads/{completed['id']}/manifest.json")
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{blake3(answer.data).hexdigest()}"'
    entries = {entry["name"]: entry for entry in json.loads(answer.data)["files"]}
    assert entries["orders.csv"]["root"] == file["root"]


def test_every_file_of_the_job_can_be_downloaded(
    api: Caller, completed: dict[str, Any], entries: dict[str, Any]
) -> None:
    for file in completed["files"]:
        answer = api.get(f"/downloads/{completed['id']}/{file['name']}")
        assert root_of(answer.data, entries[file["name"]]) == file["root"]


@pytest.mark.parametrize("part_rows", [None, 1])
def test_a_sha256_comes_along_where_it_was_asked_for(
    api: Caller, submit: Callable[..., dict[str, Any]], work: Callable[[], None], part_rows: int | None
) -> None:
    job = submit(sha256=True, part_rows=part_rows)
    work()
    for file in api.get(f"/jobs/{job['id']}").json["data"]["files"]:
        answer = api.get(f"/downloads/{job['id']}/{file['name']}")
        digest = hashlib.sha256(answer.data)
        assert answer.headers["ETag"] == f'"{file["root"]}"'
        assert answer.headers["X-Checksum-SHA256"] == file["sha256"] == digest.hexdigest()
        assert answer.headers["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-19", 10, 20),
        ("bytes=100-", 100, None),
        ("bytes=-7", -7, None),
        ("bytes=-99999999999999999999", 0, None),
        ("bytes=5-99999999999", 5, None),
        ("bytes=0-", 0, None),
    ],
)
def test_one_range_is_answered_with_206(
    api: Caller, path: str, content: bytes, wanted: str, start: int, stop: int | None
) -> None:
    answer = api.get(path, headers={"Range": wanted})
    expected = content[start:stop]
    first = start % len(content)
    assert answer.status_code == 206
    assert answer.data == expected
    assert answer.content_length == len(expected)
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(content)}"
    assert answer.headers["ETag"]


@pytest.mark.parametrize(
    "wanted", ["bytes=0-1,5-6", "lines=1-2", "bytes=x-y", "bytes=9-3", "bytes", "bytes=-"]
)
def test_a_range_that_is_not_served_gives_the_whole_file(
    api: Caller, path: str, content: bytes, wanted: str
) -> None:
    answer = api.get(path, headers={"Range": wanted})
    assert (answer.status_code, answer.data) == (200, content)


def test_a_range_beyond_the_end_is_416_with_the_size(api: Caller, path: str, content: bytes) -> None:
    answer = api.get(path, headers={"Range": f"bytes={len(content)}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(content)}"


def test_a_range_is_served_only_of_the_file_that_the_caller_has(
    api: Caller, path: str, content: bytes, file: dict[str, Any]
) -> None:
    same = {"Range": "bytes=0-9", "If-Range": f'"{file["root"]}"'}
    assert api.get(path, headers=same).status_code == 206
    for other in ('"other"', f'W/"{file["root"]}"', "Sun, 22 Nov 2026 00:00:00 GMT"):
        answer = api.get(path, headers={"Range": "bytes=0-9", "If-Range": other})
        assert (answer.status_code, answer.data) == (200, content)


@pytest.mark.parametrize("form", ['"{}"', 'W/"{}"', '"other", "{}"', "*"])
def test_what_the_caller_has_is_not_sent_again(
    api: Caller, path: str, file: dict[str, Any], form: str
) -> None:
    answer = api.get(path, headers={"If-None-Match": form.format(file["root"])})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == f'"{file["root"]}"'


def test_another_tag_sends_the_file(api: Caller, path: str, content: bytes) -> None:
    assert api.get(path, headers={"If-None-Match": '"other"'}).data == content


def test_head_tells_size_and_hash_without_the_bytes(api: Caller, path: str, file: dict[str, Any]) -> None:
    for headers in ({}, {"Range": "bytes=0-9"}):
        answer = api.call("HEAD", path, headers=headers)
        assert (answer.status_code, answer.data) == (200, b"")
        assert int(answer.headers["Content-Length"]) == file["size"]
        assert answer.headers["ETag"] == f'"{file["root"]}"'


@pytest.mark.parametrize(
    "name",
    ["nothing.csv", "ORDERS.csv", "orders", "..", "%2e%2e", "..%2forders.csv", "..%2f..%2fsynthmill.db",
     "%00", "orders.csv%00", "orders.csv/", "..%5corders.csv", "/orders.csv", "part-00000", ".uploads"],
)  # fmt: skip
def test_any_other_name_is_404(api: Caller, completed: dict[str, Any], name: str) -> None:
    api.refused(404, "GET", f"/downloads/{completed['id']}/{name}")


@pytest.mark.parametrize(
    "path", ["job_nothing/orders.csv", "../jobs/orders.csv", "%2e%2e/%2e%2e/synthmill.db"]
)
def test_files_of_a_job_that_is_not_there_are_404(api: Caller, completed: dict[str, Any], path: str) -> None:
    api.refused(404, "GET", f"/downloads/{path}")


def test_an_unfinished_job_has_no_files_yet(api: Caller, services: Services) -> None:
    job = api.post("/generate", json={"template": "retail", "rows": 400}).json["data"]["id"]
    problem = api.refused(409, "GET", f"/downloads/{job}/orders.csv")
    assert "completed" in problem["detail"]


def test_bytes_that_storage_has_lost_give_a_problem_and_not_half_a_file(
    api: Caller, services: Services, submit: Callable[..., dict[str, Any]], work: Callable[[], None]
) -> None:
    job = submit()["id"]
    work()
    services.storage.delete([f"jobs/{job}/files/orders.csv"])
    api.refused(404, "GET", f"/downloads/{job}/orders.csv")
