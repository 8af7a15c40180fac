from __future__ import annotations

from collections.abc import Callable
from typing import Any

from blake3 import blake3

from synthmill.app.core.services import Services
from tests.api.caller import Caller, fields


def test_a_completed_job_leaves_a_dataset(api: Caller, completed: dict[str, Any]) -> None:
    [dataset] = api.get("/datasets").json["data"]
    assert (dataset["job_id"], dataset["name"], dataset["version"]) == (
        completed["id"],
        completed["dataset"],
        1,
    )
    assert dataset["rows"] == completed["rows_total"]
    assert dataset["size"] == sum(
        file["size"] for file in completed["files"] if file["name"] != "manifest.json"
    )
    assert "manifest" not in dataset
    whole = api.get(f"/datasets/{dataset['id']}").json["data"]
    assert whole["manifest"]["recipe"]["seed"] == 7
    assert {**whole, "manifest": None} == {**dataset, "manifest": None}


def test_equal_names_become_versions_page_by_page(
    api: Caller, submit: Callable[..., dict[str, Any]], work: Callable[[], None]
) -> None:
    for name in ("a", "b", "a"):
        submit(dataset=name)
        work()
    first = api.get("/datasets?name=a&limit=1")
    assert [(d["name"], d["version"]) for d in first.json["data"]] == [("a", 2)]
    assert 'rel="next"' in first.headers["Link"]
    second = api.get(f"/datasets?name=a&limit=1&after={first.json['metadata']['next']}")
    assert [(d["name"], d["version"]) for d in second.json["data"]] == [("a", 1)]
    assert "Link" not in second.headers


def test_deleting_a_dataset_removes_its_files_and_its_job(
    api: Caller, completed: dict[str, Any], services: Services
) -> None:
    [dataset] = api.get("/datasets").json["data"]
    assert api.delete(f"/datasets/{dataset['id']}").status_code == 204
    for method in ("GET", "DELETE"):
        api.refused(404, method, f"/datasets/{dataset['id']}")
    api.refused(404, "GET", f"/jobs/{completed['id']}")
    assert list(services.storage.list("")) == []


def test_a_dataset_has_its_profile(api: Caller, completed: dict[str, Any]) -> None:
    [dataset] = api.get("/datasets").json["data"]
    profile = api.get(f"/datasets/{dataset['id']}/profile").json["data"]
    assert sum(table["rows"] for table in profile["tables"]) == completed["rows_total"]
    stored = api.get(f"/downloads/{completed['id']}/profile.json")
    assert stored.json == profile
    assert stored.headers["ETag"].strip('"') == blake3(stored.data).hexdigest()
    api.refused(404, "GET", "/datasets/ds_nothing/profile")


def test_a_dataset_that_is_not_there_is_404(api: Caller) -> None:
    api.refused(404, "GET", "/datasets/ds_nothing")


def test_an_unknown_query_parameter_is_refused(api: Caller) -> None:
    assert fields(api.refused(422, "GET", "/datasets?state=completed")) == ["state"]
