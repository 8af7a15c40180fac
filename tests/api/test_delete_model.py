from __future__ import annotations

import hashlib
from collections.abc import Callable

from synthmill.app.core.services import Services
from tests.api.caller import Caller
from tests.learnt import CSV, fit_request, fitted

Work = Callable[[], None]


def test_a_deleted_model_is_gone_with_its_file_and_its_copies(
    api: Caller, work: Work, services: Services
) -> None:
    model = fitted(api, work)
    request = {"strategy": "model", "parameters": {"model": model["sha256"], "rows": 5}}
    assert api.post("/preview", json=request).status_code == 200
    copy = services.settings.data / "inputs" / model["sha256"]
    assert copy.exists()
    assert api.delete(f"/models/{model['id']}").status_code == 204
    api.refused(404, "GET", f"/models/{model['id']}")
    api.refused(404, "DELETE", f"/models/{model['id']}")
    assert list(services.storage.list("models/")) == []
    assert not copy.exists()
    api.refused(422, "POST", "/preview", json=request)


def test_deleting_the_data_and_the_job_leaves_the_model(api: Caller, work: Work, services: Services) -> None:
    model = fitted(api, work)
    (upload,) = api.get("/uploads").json["data"]
    assert api.delete(f"/uploads/{upload['id']}").status_code == 204
    assert api.delete(f"/jobs/{model['job_id']}").status_code == 204
    left = api.get(f"/models/{model['id']}").json["data"]
    assert left == {**model, "job_id": None}
    assert api.get(f"/models/{model['id']}/file").status_code == 200
    assert list(services.storage.list("uploads/")) == []


def test_no_copy_of_the_data_stays_on_the_machine_that_learnt_from_it(
    api: Caller, work: Work, services: Services
) -> None:
    fitted(api, work)
    assert not (services.settings.data / "inputs" / hashlib.sha256(CSV).hexdigest()).exists()


def test_an_upload_stays_while_a_model_is_learnt_from_it(api: Caller, work: Work) -> None:
    request = fit_request(api)
    job = api.post("/fit", json=request).json["data"]["id"]
    problem = api.refused(409, "DELETE", f"/uploads/{request['tables']['people']['upload']}")
    assert job in problem["detail"]


def test_a_model_stays_while_an_unfinished_job_needs_it(api: Caller, work: Work) -> None:
    model = fitted(api, work)
    request = {"strategy": "model", "parameters": {"model": model["sha256"], "rows": 5}}
    job = api.post("/generate", json=request).json["data"]["id"]
    problem = api.refused(409, "DELETE", f"/models/{model['id']}")
    assert job in problem["detail"]
    work()
    assert api.delete(f"/models/{model['id']}").status_code == 204
    assert api.get(f"/downloads/{job}/people.csv").status_code == 200
