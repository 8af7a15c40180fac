from __future__ import annotations

import hashlib

from tests.api.caller import Caller, fields


def upload(api: Caller, content: bytes) -> str:
    made: str = api.post("/uploads", data=content).json["data"]["id"]
    return made


def test_the_newest_comes_first_page_by_page(api: Caller) -> None:
    ids = [upload(api, str(number).encode()) for number in range(5)]
    first = api.get("/uploads?limit=2")
    assert [one["id"] for one in first.json["data"]] == sorted(ids, reverse=True)[:2]
    second = api.get(f"/uploads?limit=3&after={first.json['metadata']['next']}")
    assert [one["id"] for one in second.json["data"]] == sorted(ids, reverse=True)[2:]
    assert "next" not in second.json["metadata"]


def test_an_upload_can_be_found_by_its_sha256(api: Caller) -> None:
    wanted = upload(api, b"a")
    upload(api, b"b")
    sha256 = hashlib.sha256(b"a").hexdigest()
    assert [one["id"] for one in api.get(f"/uploads?sha256={sha256}").json["data"]] == [wanted]
    assert api.get(f"/uploads?sha256={'0' * 64}").json["data"] == []
    assert fields(api.refused(422, "GET", "/uploads?sha256=abc")) == ["sha256"]


def test_a_list_shows_a_workspace_its_own_only(api: Caller, other: Caller) -> None:
    upload(api, b"a")
    assert other.get("/uploads").json["data"] == []
    sha256 = hashlib.sha256(b"a").hexdigest()
    assert other.get(f"/uploads?sha256={sha256}").json["data"] == []
