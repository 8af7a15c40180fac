"""Workers come and go while a job runs."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from synthmill.client.client import Client
from tests.endtoend.looking import parts_of
from tests.stack.stack import BACKENDS, Backend, running_stack


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
        while job.refresh().state == "queued":
            time.sleep(0.05)
        added = stack.add_worker()
        began = time.monotonic()
        took = None
        while took is None and time.monotonic() - began < 30:
            pids = {added.pid, *(child.pid for child in psutil.Process(added.pid).children(recursive=True))}
            workers = {part.worker for part in parts_of(stack, job) if part.worker}
            if any(int(worker.split(":")[1]) in pids for worker in workers):
                took = time.monotonic() - began
            time.sleep(0.05)
        job.stop()
        assert took is not None
        print(f"the third worker's first part was claimed after {took:.2f} s")
