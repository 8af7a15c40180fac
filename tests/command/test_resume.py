from __future__ import annotations

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.client.server import SHOP, RunningServer
from tests.command.conftest import Run


def test_a_paused_job_goes_on(run_there: Run, server: RunningServer, client: Client) -> None:
    job = client.submit(**SHOP).pause()
    server.work()
    assert job.refresh().state == "paused"
    assert run_there("resume", job.id).code == 0
    server.work()
    assert job.refresh().state == "completed"


def test_a_completed_job_can_not_be_resumed(run_there: Run, completed: Job) -> None:
    assert run_there("resume", completed.id).code == 1
