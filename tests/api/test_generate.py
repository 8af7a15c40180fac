from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api.caller import REQUEST, Caller, fields
from tests.fakes import RecordingQueue


def test_a_job_is_accepted_with_its_place_and_when_to_look(api: Caller) -> None:
    answer = api.post("/generate", json=REQUEST)
    assert answer.status_code == 202
    job = answer.json["data"]
    assert answer.headers["Location"] == f"/api/v1/jobs/{job['id']}"
    assert int(answer.headers["Retry-After"]) >= 1
    assert "Idempotency-Replayed" not in answer.headers
    assert "Preference-Applied" not in answer.headers
    assert (job["state"], job["template"], job["strategy"]) == ("queued", "retail", "tabular")
    assert (job["seed"], job["format"], job["compression"]) == (7, "csv", "none")
    assert job["recipe"]["seed"] == 7
    assert job["files"] == []


def test_what_was_accepted_is_there_and_a_slot_was_asked_for(api: Caller, queue: RecordingQueue) -> None:
    job = api.post("/generate", json=REQUEST).json["data"]
    assert api.get(f"/jobs/{job['id']}").json["data"]["id"] == job["id"]
    assert set(queue.slots) == {job["id"]}


def test_a_seed_left_out_is_drawn_and_given_back(api: Caller) -> None:
    request = {"template": "retail", "rows": 400}
    seeds = {api.post("/generate", json=request).json["data"]["seed"] for _ in range(3)}
    assert len(seeds) == 3


def test_what_only_the_server_knows_of_is_taken_over(api: Caller) -> None:
    request = {**REQUEST, "dataset": "shop", "workspace": "default", "max_parallel": 2, "part_rows": 100}
    job = api.post("/generate", json=request).json["data"]
    assert (job["dataset"], job["workspace"], job["max_parallel"], job["part_rows"]) == (
        "shop",
        "default",
        2,
        100,
    )


def test_a_job_runs_to_its_end(
    submit: Callable[..., dict[str, Any]], work: Callable[[], None], api: Caller
) -> None:
    job = submit()
    work()
    ended = api.get(f"/jobs/{job['id']}").json["data"]
    assert ended["state"] == "completed"
    assert ended["rows_done"] == ended["rows_total"]
    assert ended["percentage"] == 100
    assert {file["name"] for file in ended["files"]} >= {"customers.csv", "order_items.csv"}


def test_another_workspace_than_the_keys_own_is_refused(api: Caller, queue: RecordingQueue) -> None:
    problem = api.refused(422, "POST", "/generate", json={**REQUEST, "workspace": "elsewhere"})
    assert fields(problem) == ["workspace"]
    assert queue.slots == []
