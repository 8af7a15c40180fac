"""Where the object store can be reached by clients, files come from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from synthmill.servers.seaweedfs import SeaweedFS
from tests.api.caller import Caller
from tests.api.world import World
from tests.roots import root_of
from tests.stack.embedded import s3_storage


@pytest.fixture
def world(world: World, seaweedfs: SeaweedFS) -> Iterator[World]:
    with s3_storage(seaweedfs, "linked", public=True) as storage:
        yield World(replace(world.services, storage=storage), world.queue)


def test_a_download_leads_to_a_signed_link_that_has_the_bytes(api: Caller, completed: dict[str, Any]) -> None:
    [dataset] = api.get("/datasets").json["data"]
    manifest = api.get(f"/datasets/{dataset['id']}").json["data"]["manifest"]
    entries = {entry["name"]: entry for entry in manifest["files"]}
    for file in completed["files"]:
        answer = api.get(f"/downloads/{completed['id']}/{file['name']}")
        assert (answer.status_code, answer.data) == (302, b"")
        got = httpx.get(answer.headers["Location"])
        assert got.status_code == 200
        assert root_of(got.content, entries[file["name"]]) == file["root"]
        assert file["name"] in got.headers["content-disposition"]


def test_what_the_caller_has_needs_no_link(api: Caller, completed: dict[str, Any]) -> None:
    file = completed["files"][0]
    headers = {"If-None-Match": f'"{file["root"]}"'}
    assert api.get(f"/downloads/{completed['id']}/{file['name']}", headers=headers).status_code == 304


def test_there_is_no_link_to_what_is_no_file(
    api: Caller, completed: dict[str, Any], submit: Callable[..., dict[str, Any]]
) -> None:
    api.refused(404, "GET", f"/downloads/{completed['id']}/nothing.csv")
    api.refused(409, "GET", f"/downloads/{submit()['id']}/orders.csv")
