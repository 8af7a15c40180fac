"""Workers that run and do nothing any more are found by their heartbeat."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from synthmill.app.core.db import db_now, migrate, models
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.services import Services, build
from synthmill.app.core.settings import Settings
from synthmill.supervisor import leases
from synthmill.supervisor.leases import WorkerWatch


def wait_for(what: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    return what()


def silence(services: Services, seconds: float) -> None:
    with services.db.write() as session:
        session.execute(update(models.Worker).values(heartbeat_at=db_now() - seconds))


def test_a_worker_without_a_heartbeat_is_silent_and_one_with_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(leases, "SILENT_SECONDS", 0.3)
    environment = {"SYNTHMILL_DATA": str(tmp_path)}
    with closing(build(Settings.from_env(environment))) as services:
        migrate(services.db)
        worker = WorkerProcess()
        worker.register(services)
        silence(services, -3600)
        watch = WorkerWatch(environment)
        time.sleep(1)
        assert watch.silent() == frozenset()
        silence(services, 60)
        assert wait_for(lambda: watch.silent() == {os.getpid()})
        watch.give_back([os.getpid()])
        assert wait_for(lambda: watch.silent() == frozenset())


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
