from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from synthmill.app.core.execution.leases import claim_parts
from synthmill.app.core.jobs.waiting import wait_for_storage
from synthmill.app.core.services import Services
from tests.api.caller import Caller
from tests.work import Work


def test_a_completed_job_says_what_it_made(api: Caller, completed: dict[str, Any]) -> None:
    job = api.get(f"/jobs/{completed['id']}").json["data"]
    assert job["state"] == "completed"
    assert job["dataset_version"] == 1
    assert job["parts_done"] == job["parts_total"]
    assert job["bytes_done"] > 0
    assert job["error"] is None
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]
    assert job["created_at"].endswith("Z")
    for file in job["files"]:
        assert set(file) == {"name", "table", "rows", "size", "root"}


def test_a_job_whose_store_takes_nothing_says_why_and_since_when_wherever_it_is_read(
    api: Caller, submit: Callable[..., dict[str, Any]], services: Services, work: Work
) -> None:
    queued = submit()
    assert (queued["phase"], queued["waiting_for"], queued["waiting_since"]) == (None, None, None)
    assert claim_parts(services, queued["id"], work.worker.id)
    wait_for_storage(services, queued["id"], "can't store it: AccessDenied (403)")
    job = api.get(f"/jobs/{queued['id']}").json["data"]
    assert (job["state"], job["phase"]) == ("running", "waiting")
    assert job["waiting_for"].startswith("can't store it: AccessDenied (403): ")
    assert job["created_at"] <= job["waiting_since"]
    (listed,) = api.get("/jobs").json["data"]
    assert listed["waiting_for"] == job["waiting_for"]
    event = api.get(f"/jobs/{queued['id']}/events").json["data"][-1]
    assert (event["type"], event["data"]["reason"]) == ("waiting", "can't store it: AccessDenied (403)")


@pytest.mark.parametrize("job_id", ["job_nothing", "x" * 300, "%00", "..", "%2e%2e", "'; --", "%ff%fe"])
def test_a_job_that_is_not_there_is_404(api: Caller, job_id: str) -> None:
    problem = api.refused(404, "GET", f"/jobs/{job_id}")
    assert problem["type"] == "urn:synthmill:problem:not-found"


def test_head_answers_as_get_without_the_body(api: Caller, completed: dict[str, Any]) -> None:
    answer = api.call("HEAD", f"/jobs/{completed['id']}")
    assert (answer.status_code, answer.data) == (200, b"")
