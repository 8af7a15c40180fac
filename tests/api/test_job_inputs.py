"""Jobs, previews and templates whose recipe names an uploaded file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import synthmill
from synthmill.app.core.services import Services
from tests.api.caller import Caller, fields
from tests.excerpt import CONTENT, excerpt_installed

SHA256 = hashlib.sha256(CONTENT).hexdigest()
REQUEST = {
    "strategy": "excerpt",
    "parameters": {"tables": [{"name": "lines", "rows": 1_500}], "file": SHA256},
    "seed": 3,
}
Work = Callable[[], None]


@pytest.fixture(autouse=True)
def excerpt(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    with excerpt_installed(tmp_path_factory.mktemp("excerpt")):
        yield


@pytest.fixture
def upload(api: Caller) -> str:
    made: str = api.post("/uploads", data=CONTENT).json["data"]["id"]
    return made


def test_a_job_makes_the_bytes_that_the_library_makes_of_the_same_file(
    api: Caller, upload: str, work: Work, tmp_path: Path
) -> None:
    job = api.post("/generate", json=REQUEST).json["data"]["id"]
    work()
    made = api.get(f"/downloads/{job}/lines.csv")
    assert made.status_code == 200
    (tmp_path / "lines.txt").write_bytes(CONTENT)
    with synthmill.generate(**REQUEST, inputs={SHA256: tmp_path / "lines.txt"}) as here:
        assert (here.folder / "lines.csv").read_bytes() == made.data
        manifest = (here.folder / "manifest.json").read_bytes()
    assert api.get(f"/downloads/{job}/manifest.json").data == manifest
    assert made.data.splitlines()[1:3] == [b"line 3", b"line 10"]


def test_a_preview_shows_rows_of_the_file(api: Caller, upload: str) -> None:
    shown = api.post("/preview", json={**REQUEST, "limit": 2}).json["data"]
    assert shown["tables"][0]["rows"] == [["line 3"], ["line 10"]]
    assert shown["recipe"]["inputs"] == [{"sha256": SHA256, "media_type": "text/plain", "field": "file"}]


@pytest.mark.parametrize("path", ["/generate", "/preview"])
def test_a_file_that_was_not_uploaded_is_refused_by_field_and_sha256(
    api: Caller, other: Caller, work: Work, path: str
) -> None:
    other.post("/uploads", data=CONTENT)  # Another workspace's doesn't count, even where it is here already.
    assert other.post("/preview", json=REQUEST).status_code == 200
    problem = api.refused(422, "POST", path, json=REQUEST)
    (error,) = problem["errors"]
    assert error["field"] == "parameters.file"
    assert SHA256 in error["reason"]
    assert error["fix"] == "upload it first: POST /uploads"
    assert api.get("/jobs").json["data"] == []


def test_an_upload_cannot_be_deleted_while_an_unfinished_job_needs_it(
    api: Caller, upload: str, work: Work
) -> None:
    job = api.post("/generate", json=REQUEST).json["data"]["id"]
    problem = api.refused(409, "DELETE", f"/uploads/{upload}")
    assert job in problem["detail"]
    work()
    assert api.delete(f"/uploads/{upload}").status_code == 204


@pytest.mark.parametrize("verb", ["stop", "delete"])
def test_a_job_that_has_ended_otherwise_needs_no_upload(api: Caller, upload: str, verb: str) -> None:
    job = api.post("/generate", json=REQUEST).json["data"]["id"]
    answer = api.post(f"/jobs/{job}/stop") if verb == "stop" else api.delete(f"/jobs/{job}")
    assert answer.status_code < 300
    assert api.delete(f"/uploads/{upload}").status_code == 204


def test_another_workspaces_job_keeps_nobody_elses_upload(api: Caller, other: Caller, upload: str) -> None:
    other.post("/uploads", data=CONTENT)
    other.post("/generate", json=REQUEST)
    assert api.delete(f"/uploads/{upload}").status_code == 204


@pytest.mark.parametrize("verb", ["retry", "clone"])
def test_a_job_is_not_begun_again_without_its_upload(api: Caller, upload: str, work: Work, verb: str) -> None:
    job = api.post("/generate", json=REQUEST).json["data"]["id"]
    api.post(f"/jobs/{job}/stop")
    api.delete(f"/uploads/{upload}")
    problem = api.refused(422, "POST", f"/jobs/{job}/{verb}")
    assert fields(problem) == ["file"]
    assert api.get(f"/jobs/{job}").json["data"]["state"] == "cancelled"
    api.post("/uploads", data=CONTENT)
    begun = api.post(f"/jobs/{job}/{verb}").json["data"]["id"]
    work()
    assert api.get(f"/jobs/{begun}").json["data"]["state"] == "completed"


def test_a_template_may_name_an_upload(api: Caller) -> None:
    template = {
        "name": "mine",
        "title": "Mine",
        "description": "Lines of mine.",
        "strategy": "excerpt",
        "main": "lines",
        "default_rows": 10,
        "parameters": {"tables": [{"name": "lines"}], "file": SHA256},
    }
    assert fields(api.refused(422, "POST", "/templates", json=template)) == ["parameters.file"]
    api.post("/uploads", data=CONTENT)
    assert api.post("/templates", json=template).status_code == 201
    shown = api.post("/preview", json={"template": "mine", "seed": 3, "limit": 1}).json["data"]
    assert shown["tables"][0]["rows"] == [["line 3"]]


def test_an_upload_larger_than_a_machine_keeps_is_refused(api: Caller, services: Services) -> None:
    object.__setattr__(services.settings, "input_cache_bytes", 100)
    api.post("/uploads", data=CONTENT)
    problem = api.refused(422, "POST", "/generate", json=REQUEST)
    assert "SYNTHMILL_INPUT_CACHE_BYTES" in problem["errors"][0]["fix"]


def test_a_damaged_upload_is_said_to_be_damaged(api: Caller, upload: str, services: Services) -> None:
    services.storage.put(f"uploads/{upload}/content", b"other bytes")
    problem = api.refused(422, "POST", "/generate", json=REQUEST)
    assert fields(problem) == ["parameters.file"]
    assert problem["errors"][0]["fix"] == "delete it, and upload it again"
