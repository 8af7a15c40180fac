from __future__ import annotations

from typing import Any

import pytest

from tests.api.caller import Caller


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


@pytest.mark.parametrize("job_id", ["job_nothing", "x" * 300, "%00", "..", "%2e%2e", "'; --", "%ff%fe"])
def test_a_job_that_is_not_there_is_404(api: Caller, job_id: str) -> None:
    problem = api.refused(404, "GET", f"/jobs/{job_id}")
    assert problem["type"] == "urn:synthmill:problem:not-found"


def test_head_answers_as_get_without_the_body(api: Caller, completed: dict[str, Any]) -> None:
    answer = api.call("HEAD", f"/jobs/{completed['id']}")
    assert (answer.status_code, answer.data) == (200, b"")
