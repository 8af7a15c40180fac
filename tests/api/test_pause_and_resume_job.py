from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller

Submit = Callable[..., dict[str, Any]]


def test_a_paused_job_makes_nothing_until_it_is_resumed(
    api: Caller, submit: Submit, work: Callable[[], None]
) -> None:
    job = submit()["id"]
    paused = api.post(f"/jobs/{job}/pause")
    assert (paused.status_code, paused.json["data"]["state"]) == (200, "paused")
    work()
    assert api.get(f"/jobs/{job}").json["data"]["rows_done"] == 0
    resumed = api.post(f"/jobs/{job}/resume")
    assert (resumed.status_code, resumed.json["data"]["state"]) == (200, "queued")
    work()
    assert api.get(f"/jobs/{job}").json["data"]["state"] == "completed"


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_saying_it_twice_changes_nothing(api: Caller, submit: Submit, verb: str) -> None:
    job = submit()["id"]
    first, second = (api.post(f"/jobs/{job}/{verb}").json["data"]["state"] for _ in range(2))
    assert first == second


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_an_ended_job_can_be_neither_paused_nor_resumed(
    api: Caller, completed: dict[str, Any], verb: str
) -> None:
    problem = api.refused(409, "POST", f"/jobs/{completed['id']}/{verb}")
    assert problem["type"] == "urn:synthmill:problem:conflict"
    assert "completed" in problem["detail"]


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_job_that_is_not_there_is_404(api: Caller, verb: str) -> None:
    api.refused(404, "POST", f"/jobs/job_nothing/{verb}")
