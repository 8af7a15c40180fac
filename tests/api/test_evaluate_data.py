from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from synthmill.app.core.services import Services
from synthmill.app.factory import create_app
from synthmill.generators.evaluation import evaluate
from tests.api.caller import Caller, fields
from tests.learnt import CSV, ROWS, fitted
from tests.tables import tables_of_rows

Work = Callable[[], None]


def sent(api: Caller, rows: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    upload = api.post("/uploads", data=json.dumps(rows).encode()).json["data"]["sha256"]
    return {"people": {"upload": upload, "format": "json"}}


def asked(api: Caller, **changes: Any) -> dict[str, Any]:
    return {"real": sent(api, ROWS[:200]), "synthetic": sent(api, ROWS[200:]), **changes}


def test_an_evaluation_is_the_librarys(api: Caller, work: Work) -> None:
    accepted = api.post("/evaluate", json=asked(api, seed=3))
    assert accepted.status_code == 202
    assert (accepted.json["data"]["kind"], accepted.json["data"]["unit"]) == ("evaluate", "steps")
    work()
    done = api.get(f"/jobs/{accepted.json['data']['id']}").json["data"]
    assert done["state"] == "completed", done["error"]
    found = api.get(f"/evaluations/{done['result']['evaluation_id']}").json["data"]
    real, synthetic = (tables_of_rows("people", rows) for rows in (ROWS[:200], ROWS[200:]))
    here = evaluate(real, synthetic, seed=3)
    assert found["report"] == json.loads(json.dumps(here.as_dict()))
    assert done["result"]["passed"] == here.passed
    page = api.get(f"/evaluations/{found['id']}/page")
    assert page.content_type == "text/html; charset=utf-8" and page.data.decode() == here.html()
    assert found["sources"] == {
        side: {"people": asked(api)[side]["people"]["upload"]} for side in ("real", "synthetic")
    }


def test_a_dataset_of_the_workspace_is_judged_beside_unseen_rows(api: Caller, work: Work) -> None:
    model = fitted(api, work)
    request = {"strategy": "model", "parameters": {"model": model["sha256"], "rows": 300}, "seed": 1}
    api.post("/generate", json=request)
    work()
    (dataset,) = api.get("/datasets").json["data"]
    upload = api.post("/uploads", data=CSV).json["data"]["id"]
    body = {
        "real": {"people": {"upload": upload, "format": "csv"}},
        "dataset_id": dataset["id"],
        "holdout": sent(api, ROWS[100:300]),
    }
    job = api.post("/evaluate", json=body).json["data"]["id"]
    work()
    done = api.get(f"/jobs/{job}").json["data"]
    assert done["state"] == "completed", done["error"]
    found = api.get(f"/evaluations/{done['result']['evaluation_id']}").json["data"]
    assert found["sources"]["synthetic"] == {"dataset_id": dataset["id"]}
    assert found["report"]["holdout"] is True
    assert "membership.closest" in {one["metric"] for one in found["report"]["scores"]}


def test_one_real_file_is_asked_about_so_often_and_no_more(
    api: Caller, services: Services, token: str, work: Work
) -> None:
    settings = replace(services.settings, evaluations_per_file=2)
    api = Caller(create_app(services=replace(services, settings=settings)), token)
    body = asked(api)
    for _ in range(2):
        assert api.post("/evaluate", json=body).status_code == 202
    work()
    problem = api.refused(422, "POST", "/evaluate", json=body)
    assert fields(problem) == ["real.people.upload"]
    assert "evaluated 2 times" in problem["errors"][0]["reason"]
    assert "SYNTHMILL_EVALUATIONS_PER_FILE" in problem["errors"][0]["fix"]
    # Neither deleting the reports nor sending the file again begins anew.
    for one in api.get("/evaluations").json["data"]:
        assert api.delete(f"/evaluations/{one['id']}").status_code == 204
    (upload,) = api.get(f"/uploads?sha256={body['real']['people']['upload']}").json["data"]
    api.delete(f"/uploads/{upload['id']}")
    again = asked(api)
    api.refused(422, "POST", "/evaluate", json=again)
    other = {**again, "real": again["synthetic"], "synthetic": again["real"]}
    assert api.post("/evaluate", json=other).status_code == 202, "what is judged isn't counted"


def test_another_workspaces_questions_do_not_count(services: Services, token: str, other_token: str) -> None:
    settings = replace(services.settings, evaluations_per_file=1)
    app = create_app(services=replace(services, settings=settings))
    for one in (Caller(app, token), Caller(app, other_token)):
        assert one.post("/evaluate", json=asked(one)).status_code == 202


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"synthetic": None}, "synthetic"),
        ({"dataset_id": "ds_x"}, "synthetic"),
        ({"sample": 3}, "sample"),
        ({"targets": "income"}, "targets"),
        ({"metrics": ["ks"]}, "metrics"),
        ({"real": {"people": {"upload": "x", "format": "csv"}}}, "real.people.upload"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(api: Caller, changes: dict[str, Any], field: str) -> None:
    problem = api.refused(422, "POST", "/evaluate", json={**asked(api), **changes})
    assert fields(problem) == [field]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"roles": {"peeple": {}}}, "no such table"),
        ({"targets": ["wealth"]}, "no column of this name"),
        ({"keys": {"people": {"x": "y.z"}}}, ""),
    ],
)
def test_what_the_data_do_not_allow_fails_the_job_with_the_reason(
    api: Caller, work: Work, changes: dict[str, Any], reason: str
) -> None:
    job = api.post("/evaluate", json={**asked(api), **changes}).json["data"]["id"]
    work()
    failed = api.get(f"/jobs/{job}").json["data"]
    assert failed["state"] == "failed" and reason in failed["error"]
    assert api.get("/evaluations").json["data"] == []


def test_another_workspaces_data_and_datasets_are_not_there(
    api: Caller, other: Caller, completed: dict[str, Any]
) -> None:
    body = asked(api)
    assert fields(other.refused(422, "POST", "/evaluate", json=body)) == ["real.people.upload"]
    dataset = api.get("/datasets").json["data"][0]["id"]
    theirs = {"real": asked(other)["real"], "dataset_id": dataset}
    other.refused(404, "POST", "/evaluate", json=theirs)
