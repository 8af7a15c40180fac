"""A recipe of the strategy `model` on the server makes what the library makes of the same model file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import synthmill
from synthmill.app.core.services import Services
from synthmill.generators.datasets.reader import read_table
from synthmill.generators.learning import load
from tests.api.caller import Caller, fields
from tests.learnt import fitted

Work = Callable[[], None]


def test_server_library_and_model_file_make_the_same_rows(api: Caller, work: Work, tmp_path: Path) -> None:
    model = fitted(api, work)
    content = api.get(f"/models/{model['id']}/file").data
    (tmp_path / "people.model").write_bytes(content)
    request = {
        "strategy": "model",
        "parameters": {"model": model["sha256"], "rows": 1_000},
        "seed": 5,
        "format": "parquet",
    }
    job = api.post("/generate", json=request).json["data"]["id"]
    work()
    made = api.get(f"/downloads/{job}/people.parquet").data
    inputs = {model["sha256"]: tmp_path / "people.model"}
    with synthmill.generate(**request, inputs=inputs) as here:
        assert (here.folder / "people.parquet").read_bytes() == made
        assert (here.folder / "manifest.json").read_bytes() == api.get(f"/downloads/{job}/manifest.json").data
        (entry,) = here.manifest["files"]
        read = read_table(here.folder / "people.parquet", entry["columns"], "parquet")
    assert read.to_pydict() == load(content).sample(1_000, seed=5)["people"].to_pydict()


def test_a_preview_shows_its_first_rows(api: Caller, work: Work) -> None:
    model = fitted(api, work)
    request = {"strategy": "model", "parameters": {"model": model["sha256"], "rows": 50}, "seed": 5}
    shown = api.post("/preview", json={**request, "limit": 3}).json["data"]["tables"][0]
    assert (shown["name"], shown["rows_total"], len(shown["rows"])) == ("people", 50, 3)
    sampled = load(api.get(f"/models/{model['id']}/file").data).sample(50, seed=5)["people"]
    assert shown["rows"] == [list(row.values()) for row in sampled.slice(0, 3).to_pylist()]


@pytest.mark.parametrize("path", ["/generate", "/preview"])
def test_another_workspaces_model_is_not_there(api: Caller, other: Caller, work: Work, path: str) -> None:
    model = fitted(api, work)
    request = {"strategy": "model", "parameters": {"model": model["sha256"]}}
    assert api.post("/preview", json=request).status_code == 200  # This machine has a copy of it by now.
    problem = other.refused(422, "POST", path, json=request)
    assert fields(problem) == ["parameters.model"]
    assert "no model" in problem["errors"][0]["reason"]
    assert "POST /fit" in problem["errors"][0]["fix"]


def test_a_model_that_was_fitted_elsewhere_is_uploaded(api: Caller, other: Caller, work: Work) -> None:
    model = fitted(api, work)
    other.post("/uploads?name=people.model", data=api.get(f"/models/{model['id']}/file").data)
    request = {"strategy": "model", "parameters": {"model": model["sha256"], "rows": 20}, "seed": 1}
    theirs, ours = (one.post("/preview", json=request).json["data"]["tables"] for one in (other, api))
    assert theirs == ours


def test_a_file_that_is_no_model_is_refused_by_the_parameter(api: Caller) -> None:
    upload = api.post("/uploads", data=b"no model").json["data"]
    request = {"strategy": "model", "parameters": {"model": upload["sha256"]}}
    assert fields(api.refused(422, "POST", "/preview", json=request)) == ["parameters.model"]


def test_a_damaged_model_is_refused(api: Caller, work: Work, services: Services) -> None:
    model = fitted(api, work)
    (key,) = services.storage.list("models/")
    services.storage.put(key, b"other bytes")
    request = {"strategy": "model", "parameters": {"model": model["sha256"]}}
    problem = api.refused(422, "POST", "/generate", json=request)
    assert "is damaged" in problem["errors"][0]["reason"]


def test_a_stream_of_a_model_is_refused_as_models_have_an_end(api: Caller, work: Work) -> None:
    model = fitted(api, work)
    request = {"strategy": "model", "parameters": {"model": model["sha256"]}, "table": "people"}
    problem = api.refused(422, "POST", "/streams", json=request)
    assert problem["errors"][0]["reason"]


def test_conditions_that_no_row_meets_fail_the_job_at_once_with_the_reason(api: Caller, work: Work) -> None:
    model = fitted(api, work)
    where = {"age": {"min": 64}, "income": {"max": 25_000}}
    request = {"strategy": "model", "parameters": {"model": model["sha256"], "rows": 20, "where": where}}
    job = api.post("/generate", json={**request, "seed": 1}).json["data"]["id"]
    work()
    failed = api.get(f"/jobs/{job}").json["data"]
    assert failed["state"] == "failed"
    assert failed["error"].startswith("where: ") and "rows that the model makes meet it" in failed["error"]
    assert "InvalidRequestError" not in failed["error"]
