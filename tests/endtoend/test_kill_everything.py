"""All processes killed at once in the middle of a job, and the stack started again in the same folder."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

import synthmill
from synthmill.client.client import Client
from tests.endtoend.looking import hashes, objects_of, parts_of
from tests.stack.stack import BACKENDS, Backend, Stack, running_stack
from tests.waiting import wait_until

REQUEST = {"template": "retail", "rows": 1_500_000, "seed": 13, "part_rows": 65_536, "format": "jsonl"}
OUTPUT = {"compression": "gzip"}


def kill_at_once(stack: Stack) -> None:
    """Stopped first, so that none sees another die."""
    processes = stack.processes()
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
    psutil.wait_procs(processes, timeout=20)
    stack.process.wait()


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_job_outlives_the_death_of_every_process(
    tmp_path: Path, backend: Backend, request: pytest.FixtureRequest
) -> None:
    postgres = request.getfixturevalue("postgres") if "postgres" in backend else None
    expected = synthmill.generate(**REQUEST, **OUTPUT, out=tmp_path / "here").manifest["files"]
    with running_stack(tmp_path / "data", backend, postgres=postgres) as stack:
        with Client(data=stack.data) as client:
            job = client.submit(**REQUEST, **OUTPUT)  # type: ignore[arg-type]
            wait_until(lambda: job.refresh().view["parts_done"] >= 3, "three parts done")
        done = {part.number: part.attempt for part in parts_of(stack, job) if part.state == "done"}
        kill_at_once(stack)
        stack.start()
        stack.wait_until_ready()
        with Client(data=stack.data) as client:
            job = client.job(job.id).wait(timeout=600)
            assert job.state == "completed", job.error
            assert hashes(job) == {file["name"]: file["root"] for file in expected}
            assert not [key for key in objects_of(stack, job) if "[" in key or "/pieces/" in key]
        again = {part.number: part.attempt for part in parts_of(stack, job)}
        assert {number: again[number] for number in done} == done, "a part that was done was made again"
