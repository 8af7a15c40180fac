from __future__ import annotations

from synthmill.client.job import Job
from tests.client.server import RunningServer
from tests.command.conftest import Run


def test_the_copy_is_a_new_job_that_makes_the_same_files(
    run_there: Run, server: RunningServer, completed: Job
) -> None:
    copy = run_there("clone", completed.id, "--json").json
    assert copy["id"] != completed.id
    assert copy["recipe"] == completed.view["recipe"]
    server.work()
    assert run_there("show", copy["id"], "--json").json["files"] == completed.files


def test_the_bare_id_is_all_that_stdout_has(run_there: Run, completed: Job) -> None:
    ran = run_there("clone", completed.id)
    (line,) = ran.out.splitlines()
    assert line != completed.id
    assert run_there("show", line).code == 0
    assert f"synthmill watch {line}" in ran.err
