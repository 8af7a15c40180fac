from __future__ import annotations

from synthmill.client.job import Job
from tests.command.conftest import Run


def test_json_is_the_whole_job(run_there: Run, completed: Job) -> None:
    assert run_there("show", completed.id, "--json").json == completed.view


def test_people_see_the_files_of_a_completed_job(run_there: Run, completed: Job) -> None:
    out = run_there("show", completed.id).out
    assert "completed" in out
    assert all(file["root"] in out for file in completed.files)


def test_an_unknown_job_is_exit_code_4(run_there: Run) -> None:
    ran = run_there("show", "nope")
    assert (ran.code, ran.out) == (4, "")
    assert "nope" in ran.err
