from __future__ import annotations

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.client.server import SHOP, RunningServer
from tests.command.conftest import Run


def test_a_stopped_job_begins_again(run_there: Run, server: RunningServer, client: Client) -> None:
    job = client.submit(**SHOP).stop()
    assert run_there("retry", job.id).out == f"{job.id} queued\n"
    server.work()
    assert job.refresh().state == "completed"


def test_a_completed_job_can_not_be_retried(run_there: Run, completed: Job) -> None:
    assert run_there("retry", completed.id).code == 1
