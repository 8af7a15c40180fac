from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pytest

from synthmill.app.core.services import Services
from synthmill.app.factory import create_app
from synthmill.generators.learning import fit, fit_options, load
from tests.api.caller import Caller, fields
from tests.learnt import CSV, fit_request, fitted

Work = Callable[[], None]


def test_a_model_is_the_result_of_its_job(api: Caller, work: Work) -> None:
    accepted = api.post("/fit", json=fit_request(api, name="people-1"))
    assert accepted.status_code == 202
    job = accepted.json["data"]
    assert (job["kind"], job["unit"], job["state"], job["strategy"]) == ("fit", "steps", "queued", None)
    assert accepted.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    work()
    done = api.get(f"/jobs/{job['id']}").json["data"]
    assert (done["state"], done["percentage"], done["error"]) == ("completed", 100.0, None)
    model = api.get(f"/models/{done['result']['model_id']}").json["data"]
    assert model["sha256"] == done["result"]["sha256"]
    assert (model["name"], model["method"], model["privacy"]) == ("people-1", "auto", "careful")
    assert model["sources"] == {"people": hashlib.sha256(CSV).hexdigest()}
    assert model["job_id"] == job["id"]
    (table,) = model["description"]["tables"]
    assert (table["name"], table["rows"]) == ("people", 400)
    assert [column["name"] for column in table["columns"]] == ["age", "income", "city"]
    types = [event["type"] for event in api.get(f"/jobs/{job['id']}/events").json["data"]]
    assert [types[0], types[1], types[-1]] == ["init", "start", "complete"]


def test_the_model_is_the_one_that_the_library_fits(api: Caller, work: Work) -> None:
    model = fitted(api, work)
    table = pa.csv.read_csv(pa.BufferReader(CSV))
    assert fit({"people": table}, fit_options({})).sha256 == model["sha256"]
    content = api.get(f"/models/{model['id']}/file").data
    assert load(content).sha256 == hashlib.sha256(content).hexdigest() == model["sha256"]


def test_an_upload_may_be_named_by_its_sha256_and_the_model_by_its_table(api: Caller, work: Work) -> None:
    request = fit_request(api)
    request["tables"]["people"]["upload"] = hashlib.sha256(CSV).hexdigest()
    job = api.post("/fit", json=request).json["data"]["id"]
    work()
    model = api.get("/models").json["data"][0]
    assert api.get(f"/jobs/{job}").json["data"]["result"]["model_id"] == model["id"]
    assert model["name"] == "people"


def test_parameters_are_the_librarys(api: Caller, work: Work) -> None:
    parameters = {"method": "ctgan", "privacy": "open", "roles": {"people": {"income": "ignore"}}}
    model = fitted(api, work, parameters=parameters)
    assert (model["method"], model["method_used"], model["privacy"]) == ("ctgan", "auto", "open")
    assert any("ctgan" in one for one in model["description"]["warnings"])
    names = [column["name"] for column in model["description"]["tables"][0]["columns"]]
    assert names == ["age", "city"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"parameters": {"method": "gan"}}, "parameters.method"),
        ({"parameters": {"metod": "auto"}}, "parameters.metod"),
        ({"parameters": {"max_rows": 3}}, "parameters.max_rows"),
        ({"epochs": 300}, "epochs"),
        ({"tables": {}}, "tables"),
        ({"tables": {"a b": {"upload": "up_x", "format": "csv"}}}, "tables.a b"),
        ({"tables": {"people": {"upload": "up_x", "format": "csv"}}}, "tables.people.upload"),
        ({"tables": {"people": {"upload": "up_x", "format": "xlsx"}}}, "tables.people.format"),
        ({"tables": {"people": {"upload": "up_x"}}}, "tables.people.format"),
        ({"name": "../x"}, "name"),
        ({"workspace": "another"}, "workspace"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(api: Caller, changes: dict[str, Any], field: str) -> None:
    problem = api.refused(422, "POST", "/fit", json={**fit_request(api), **changes})
    assert fields(problem) == [field]
    assert all(error["reason"] for error in problem["errors"])
    assert api.get("/jobs").json["data"] == []


def test_another_workspaces_upload_is_not_there(api: Caller, other: Caller) -> None:
    problem = other.refused(422, "POST", "/fit", json=fit_request(api))
    assert fields(problem) == ["tables.people.upload"]
    assert "no upload" in problem["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a,b\n" + b"1,2\n" * 5, "has 5 rows"),
        (b"\x00\x01", "can't be read as csv"),
        (b"a,a\n1,2\n", "several columns are called"),
    ],
)
def test_data_that_cannot_be_learnt_from_fail_the_job_at_once_with_the_reason(
    api: Caller, work: Work, content: bytes, reason: str
) -> None:
    job = api.post("/fit", json=fit_request(api, content)).json["data"]["id"]
    work()
    failed = api.get(f"/jobs/{job}").json["data"]
    assert failed["state"] == "failed" and reason in failed["error"], failed["error"]
    assert api.get("/models").json["data"] == []


def test_files_and_rows_beyond_their_limits_are_refused_with_the_setting(
    api: Caller, services: Services, token: str, work: Work
) -> None:
    def limited(**limits: int) -> Caller:
        settings = replace(services.settings, **limits)
        return Caller(create_app(services=replace(services, settings=settings)), token)

    problem = limited(fit_bytes=len(CSV) - 1).refused(422, "POST", "/fit", json=fit_request(api))
    assert fields(problem) == ["tables.people.upload"]
    assert "SYNTHMILL_FIT_BYTES" in problem["errors"][0]["fix"]
    assert limited(fit_bytes=len(CSV)).post("/fit", json=fit_request(api)).status_code == 202


def test_a_request_that_is_repeated_makes_one_job(api: Caller) -> None:
    request, headers = fit_request(api), {"Idempotency-Key": "once"}
    first = api.post("/fit", json=request, headers=headers).json["data"]["id"]
    again = api.post("/fit", json=request, headers=headers)
    assert again.json["data"]["id"] == first and again.headers["Idempotency-Replayed"] == "true"
