from __future__ import annotations

from collections.abc import Callable
from typing import Any

from synthmill.app.core.services import Services
from tests.api.caller import Caller

Submit = Callable[..., dict[str, Any]]


def test_a_stopped_job_is_cancelled_and_leaves_no_files(
    api: Caller, submit: Submit, work: Callable[[], None], services: Services
) -> None:
    job = submit()["id"]
    answer = api.post(f"/jobs/{job}/stop")
    assert (answer.status_code, answer.json["data"]["state"]) == (200, "cancelled")
    work()
    stopped = api.get(f"/jobs/{job}").json["data"]
    assert (stopped["state"], stopped["files"]) == ("cancelled", [])
    assert list(services.storage.list("")) == []
    assert api.get(f"/jobs/{job}/events").json["data"][-1]["type"] == "shutdown"
    api.refused(409, "GET", f"/downloads/{job}/orders.csv")


def test_stopping_twice_changes_nothing(api: Caller, submit: Submit) -> None:
    job = submit()["id"]
    first, second = (api.post(f"/jobs/{job}/stop").json["data"] for _ in range(2))
    assert first["last_seq"] == second["last_seq"]


def test_a_completed_job_can_not_be_stopped(api: Caller, completed: dict[str, Any]) -> None:
    api.refused(409, "POST", f"/jobs/{completed['id']}/stop")


def test_a_job_that_is_not_there_is_404(api: Caller) -> None:
    api.refused(404, "POST", "/jobs/job_nothing/stop")
