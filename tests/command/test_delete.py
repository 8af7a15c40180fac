from __future__ import annotations

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.client.server import SHOP
from tests.command.conftest import Run


def test_the_job_and_its_dataset_are_gone(run_there: Run, client: Client, completed: Job) -> None:
    assert run_there("delete", completed.id).out == f"{completed.id} deleted\n"
    assert run_there("show", completed.id).code == 4
    assert list(client.datasets()) == []


def test_a_job_at_work_can_be_deleted_too(run_there: Run, client: Client) -> None:
    job = client.submit(**SHOP)
    assert run_there("delete", job.id, "--json").json == {"id": job.id, "deleted": True}
    assert list(client.jobs()) == []


def test_an_unknown_job_is_exit_code_4(run_there: Run) -> None:
    assert run_there("delete", "nope").code == 4
