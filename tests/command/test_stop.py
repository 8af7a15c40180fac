from __future__ import annotations

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.client.server import SHOP
from tests.command.conftest import Run


def test_the_job_ends_for_good(run_there: Run, client: Client) -> None:
    job = client.submit(**SHOP)
    assert run_there("stop", job.id, "--json").json["state"] == "cancelled"
    assert run_there("resume", job.id).code == 1


def test_a_completed_job_can_not_be_stopped(run_there: Run, completed: Job) -> None:
    assert run_there("stop", completed.id).code == 1


def test_an_unknown_job_is_exit_code_4(run_there: Run) -> None:
    assert run_there("stop", "nope").code == 4
