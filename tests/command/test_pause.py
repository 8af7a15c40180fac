from __future__ import annotations

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.client.server import SHOP
from tests.command.conftest import Run


def test_the_job_is_paused_and_said_to_be(run_there: Run, client: Client) -> None:
    job = client.submit(**SHOP)
    assert run_there("pause", job.id).out == f"{job.id} paused\n"
    assert job.refresh().state == "paused"


def test_pausing_twice_is_fine(run_there: Run, client: Client) -> None:
    job = client.submit(**SHOP)
    assert [run_there("pause", job.id, "--json").json["state"] for _ in range(2)] == ["paused", "paused"]


def test_a_completed_job_can_not_be_paused(run_there: Run, completed: Job) -> None:
    ran = run_there("pause", completed.id)
    assert ran.code == 1
    assert "the job is completed and can't be paused" in ran.err
