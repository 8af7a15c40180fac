"""/v1/jobs: how a job is, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from synthmill.app.http import waiting_slots
from tests.api.caller import Caller
from tests.api.genesis import Page
from tests.api.world import World
from tests.learnt import ROWS

Work = Callable[[], None]


@pytest.fixture
def page(world: World) -> Page:
    return Page(world.app, world.token)


@pytest.fixture
def job_id(page: Page) -> str:
    answer = page.call("POST", "/v1/generate", json={"data": ROWS, "n_samples": 30, "async_mode": True})
    made: str = answer.json["job_id"]
    assert answer.headers["Location"] == f"/v1/jobs/{made}"
    return made


def test_deleting_cancels_and_leaves_nothing(page: Page, api: Caller, job_id: str, work: Work) -> None:
    answer = page.call("DELETE", f"/v1/jobs/{job_id}")
    assert (answer.status_code, answer.json["status"]) == (200, "cancelled")
    work()
    assert page.call("GET", f"/v1/jobs/{job_id}").json["status"] == "cancelled"
    assert api.get("/models").json["data"] == []


def test_a_completed_one_cannot_be_cancelled(page: Page, job_id: str, work: Work) -> None:
    work()
    page.refused(409, "DELETE", f"/v1/jobs/{job_id}")
    assert len(page.call("GET", f"/v1/jobs/{job_id}").json["data"]) == 30


def test_a_failed_one_says_why(page: Page, work: Work) -> None:
    body = {"data": ROWS[:3], "async_mode": True}
    job_id = page.call("POST", "/v1/generate", json=body).json["job_id"]
    work()
    found = page.call("GET", f"/v1/jobs/{job_id}").json
    assert found["status"] == "failed" and "has 3 rows" in found["error"]
    assert "data" not in found


def test_a_cancelled_one_that_is_retried_completes(page: Page, api: Caller, job_id: str, work: Work) -> None:
    work()
    rows = page.call("GET", f"/v1/jobs/{job_id}").json["data"]
    again = api.post(f"/jobs/{job_id}/clone").json["data"]["id"]
    api.post(f"/jobs/{again}/stop")
    api.post(f"/jobs/{again}/retry")
    work()
    assert page.call("GET", f"/v1/jobs/{again}").json["data"] == rows


def test_other_jobs_are_shown_without_rows(page: Page, completed: dict[str, Any]) -> None:
    found = page.call("GET", f"/v1/jobs/{completed['id']}").json
    assert found["status"] == "completed" and "data" not in found
    assert found["result"]["name"] if "name" in found["result"] else found["result"]


def test_another_workspaces_job_is_not_there(world: World, job_id: str) -> None:
    stranger = Page(world.app, world.other_token)
    stranger.refused(404, "GET", f"/v1/jobs/{job_id}")
    stranger.refused(404, "DELETE", f"/v1/jobs/{job_id}")


def test_long_rows_take_a_slot_of_the_keys_downloads_and_give_it_back(
    page: Page, job_id: str, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    work()
    monkeypatch.setattr("synthmill.app.http.file_answer.KEPT_BYTES", 10)
    with page.app.app_context():
        slots = waiting_slots.slots()
    slots.of_a_key["download"] = 1
    for _ in range(2):
        assert page.call("GET", f"/v1/jobs/{job_id}").status_code == 200
    assert slots.taken["download"] == 0
    slots.of_a_key["download"] = 0
    page.refused(429, "GET", f"/v1/jobs/{job_id}")
