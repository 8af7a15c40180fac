from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api.caller import Caller


def test_a_clone_is_a_new_job_that_makes_the_same_bytes(
    api: Caller, completed: dict[str, Any], work: Callable[[], None]
) -> None:
    answer = api.post(f"/jobs/{completed['id']}/clone")
    assert answer.status_code == 202
    clone = answer.json["data"]
    assert clone["id"] != completed["id"]
    assert answer.headers["Location"] == f"/api/v1/jobs/{clone['id']}"
    assert clone["recipe"] == completed["recipe"]
    work()
    made = api.get(f"/jobs/{clone['id']}").json["data"]
    assert made["files"] == completed["files"]
    assert made["dataset_version"] == completed["dataset_version"] + 1


def test_a_job_that_is_not_there_is_404(api: Caller) -> None:
    api.refused(404, "POST", "/jobs/job_nothing/clone")
