"""Workers come and go while a job runs."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from synthmill.client.client import Client
from tests.endtoend.looking import parts_of
from tests.stack.stack import BACKENDS, Backend, running_stack
from tests.waiting import wait_until


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_third_worker_takes_parts_of_the_running_job(
    tmp_path: Path, backend: Backend, request: pytest.FixtureRequest
) -> None:
    postgres = request.getfixturevalue("postgres") if "postgres" in backend else None
    with (
        running_stack(tmp_path / "data", backend, postgres=postgres) as stack,
        Client(data=stack.data) as client,
    ):
        job = client.submit(template="retail", rows=20_000_000, seed=7, part_rows=65_536)
        wait_until(lambda: job.refresh().state != "queued", "a first part")
        added = stack.add_worker()

        def has_a_part() -> bool:
            pids = {added.pid, *(child.pid for child in psutil.Process(added.pid).children(recursive=True))}
            workers = {part.worker for part in parts_of(stack, job) if part.worker}
            return any(int(worker.split(":")[1]) in pids for worker in workers)

        wait_until(has_a_part, "a part of the third worker's")
        job.stop()
