from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api.caller import Caller


def test_a_stopped_job_begins_again_and_completes(
    api: Caller, submit: Callable[..., dict[str, Any]], work: Callable[[], None]
) -> None:
    job = submit()["id"]
    api.post(f"/jobs/{job}/stop")
    work()
    answer = api.post(f"/jobs/{job}/retry")
    assert (answer.status_code, answer.json["data"]["state"]) == (202, "queued")
    assert answer.headers["Location"] == f"/api/v1/jobs/{job}"
    work()
    assert api.get(f"/jobs/{job}").json["data"]["state"] == "completed"


def test_only_a_failed_or_cancelled_job_can_be_retried(
    api: Caller, submit: Callable[..., dict[str, Any]], completed: dict[str, Any]
) -> None:
    api.refused(409, "POST", f"/jobs/{completed['id']}/retry")
    api.refused(409, "POST", f"/jobs/{submit()['id']}/retry")


def test_a_job_that_is_not_there_is_404(api: Caller) -> None:
    api.refused(404, "POST", "/jobs/job_nothing/retry")
