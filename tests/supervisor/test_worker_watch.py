"""Workers that run and do nothing any more are found by their heartbeat."""

from __future__ import annotations

import os
import signal
import socket
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from synthmill.app.core.db import db_now, migrate, models
from synthmill.app.core.execution import lease_expiry
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.services import Services, build
from synthmill.app.core.settings import Settings
from synthmill.client.client import Client
from synthmill.client.job import Job
from synthmill.supervisor import leases
from synthmill.supervisor.leases import WorkerWatch
from tests.endtoend.looking import parts_of
from tests.stack.stack import Stack, running_stack
from tests.waiting import PATIENCE, wait_until


def silence(services: Services, seconds: float) -> None:
    with services.db.write() as session:
        session.execute(update(models.Worker).values(heartbeat_at=db_now() - seconds))


def test_a_worker_without_a_heartbeat_is_silent_and_one_with_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_LOOK_SECONDS", 0.2)
    monkeypatch.setattr(leases, "SILENT_SECONDS", 0.5)
    environment = {"SYNTHMILL_DATA": str(tmp_path)}
    with closing(build(Settings.from_env(environment))) as services:
        migrate(services.db)
        worker = WorkerProcess()
        worker.register(services)
        silence(services, -3600)
        watch = WorkerWatch(environment)
        looks: list[None] = []
        look = lease_expiry.silent_processes

        def counted(services: Services, host: str, seconds: float) -> list[int]:
            looks.append(None)
            return look(services, host, seconds)

        monkeypatch.setattr(lease_expiry, "silent_processes", counted)
        wait_until(lambda: len(looks) > 5, "six looks at the list of workers")
        assert watch.silent() == frozenset()
        silence(services, 3_600)
        wait_until(lambda: watch.silent() == {os.getpid()}, "the silence of the worker")
        watch.give_back([os.getpid()])
        wait_until(lambda: watch.silent() == frozenset(), "the end of it")


def test_a_worker_that_was_forgotten_enters_the_list_again(tmp_path: Path) -> None:
    with closing(build(Settings.from_env({"SYNTHMILL_DATA": str(tmp_path)}))) as services:
        migrate(services.db)
        worker = WorkerProcess()
        worker.register(services)
        with services.db.write() as session:
            session.execute(delete(models.Worker))
        worker.beat(services)
        with services.db.read() as session:
            assert session.execute(select(models.Worker.host)).scalar_one() == socket.gethostname()


def frozen_with_a_part(stack: Stack, job: Job) -> int:
    """A worker's process that has a part in hand, stopped in the middle of it."""
    held: list[int] = []

    def one_is_frozen() -> bool:
        workers = {part.worker or "" for part in parts_of(stack, job) if part.state == "running"}
        for worker in workers:
            pid = int(worker.split(":")[1])
            os.kill(pid, signal.SIGSTOP)
            if any(part.state == "running" and part.worker == worker for part in parts_of(stack, job)):
                held.append(pid)
                return True
            os.kill(pid, signal.SIGCONT)
        return False

    wait_until(one_is_frozen, "a part in hand")
    return held[0]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_a_killed_worker_held_is_free_long_before_its_lease_ends(tmp_path: Path) -> None:
    environment = {"SYNTHMILL_LEASE_SECONDS": "3600"}
    with (
        running_stack(tmp_path / "data", workers=1, environment=environment) as stack,
        Client(data=stack.data) as client,
    ):
        job = client.submit(template="retail", rows=150_000, part_rows=65_536, seed=1)
        os.kill(frozen_with_a_part(stack, job), signal.SIGKILL)
        assert job.wait(timeout=PATIENCE).state == "completed"
        assert any(part.losses for part in parts_of(stack, job))
