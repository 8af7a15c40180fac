"""A job of another kind than `dataset` is shown, listed, paused and stopped like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from synthmill.app.core.access import keys
from synthmill.app.core.services import Services
from tests.api.caller import Caller, fields
from tests.job_kinds import submit_sum, sums_known

Submit = Callable[..., dict[str, Any]]


@pytest.fixture
def summed(services: Services, token: str) -> Iterator[str]:
    """The id of a queued job that sums numbers."""
    with sums_known():
        yield submit_sum(services, keys.authenticate(services, token)).id


def test_it_says_its_kind_and_result_and_nothing_of_a_dataset(
    api: Caller, summed: str, work: Callable[[], None]
) -> None:
    work()
    job = api.get(f"/jobs/{summed}").json["data"]
    assert (job["kind"], job["unit"], job["state"]) == ("sum", "numbers", "completed")
    assert job["result"] == {"sum": sum(range(1_000))}
    assert (job["rows_done"], job["rows_total"], job["percentage"]) == (1_000, 1_000, 100.0)
    for name in ("strategy", "dataset", "format", "seed", "recipe", "part_rows", "stage"):
        assert job[name] is None
    assert job["files"] == []


def test_lists_are_of_one_kind_where_that_is_asked_for(api: Caller, summed: str, submit: Submit) -> None:
    dataset = submit()["id"]

    def ids(query: str) -> list[str]:
        return [job["id"] for job in api.get(f"/jobs{query}").json["data"]]

    assert ids("?kind=sum") == [summed]
    assert ids("?kind=dataset") == [dataset]
    assert ids("") == [dataset, summed]


def test_a_kind_that_there_is_not_is_refused_by_name(api: Caller) -> None:
    answer = api.get("/jobs?kind=holiday")
    assert answer.status_code == 422
    assert fields(answer.json) == ["kind"]


def test_it_is_paused_resumed_and_stopped(api: Caller, summed: str) -> None:
    assert api.post(f"/jobs/{summed}/pause").json["data"]["state"] == "paused"
    assert api.post(f"/jobs/{summed}/resume").json["data"]["state"] == "queued"
    assert api.post(f"/jobs/{summed}/stop").json["data"]["state"] == "cancelled"
    types = [event["type"] for event in api.get(f"/jobs/{summed}/events").json["data"]]
    assert types == ["init", "paused", "resumed", "shutdown"]


def test_a_process_that_does_not_know_the_kind_shows_its_job_all_the_same(
    api: Caller, services: Services, token: str
) -> None:
    with sums_known():
        job = submit_sum(services, keys.authenticate(services, token)).id
    shown = api.get("/jobs").json["data"]
    assert [(one["id"], one["kind"], one["unit"]) for one in shown] == [(job, "sum", "units")]
