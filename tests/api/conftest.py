from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from synthmill.app.core.access import keys
from synthmill.app.core.db import Database, db_now, migrate, models
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.app.factory import create_app
from tests.api.caller import REQUEST, Caller
from tests.fakes import MemoryBus, RecordingQueue


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file, to be copied."""
    file = tmp_path_factory.mktemp("database") / "synthmill.db"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    database.close()
    return file


@pytest.fixture
def queue() -> RecordingQueue:
    """Which slots were asked for."""
    return RecordingQueue()


@pytest.fixture
def services(tmp_path: Path, empty_database: Path, queue: RecordingQueue) -> Iterator[Services]:
    settings = Settings(data=tmp_path, max_body_bytes=200_000)
    services = Services(settings, Database(settings.database_url), open_storage(settings), MemoryBus(), queue)
    services.storage.ensure()
    shutil.copy(empty_database, tmp_path / "synthmill.db")
    yield services
    services.close()


@pytest.fixture
def token(services: Services) -> str:
    token = keys.first_key(services)
    assert token is not None
    return token


@pytest.fixture
def other_token(services: Services, token: str) -> str:
    """A key of another workspace."""
    with services.db.write() as session:
        session.execute(insert(models.Workspace).values(id="ws_other", name="other", created_at=db_now()))
    return keys.create(services, "ws_other", "other")[1]


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services=services)


@pytest.fixture
def anonymous(app: Flask) -> Any:
    return app.test_client()


@pytest.fixture
def api(app: Flask, token: str) -> Caller:
    return Caller(app, token)


@pytest.fixture
def other(app: Flask, other_token: str) -> Caller:
    return Caller(app, other_token)


@pytest.fixture
def work(services: Services, queue: RecordingQueue) -> Callable[[], None]:
    """Work slots off until none is asked for, as one worker would."""
    worker = WorkerProcess()
    worker.register(services)

    def work() -> None:
        while queue.slots:
            work_slot(services, queue.slots.pop(0), worker)

    return work


@pytest.fixture
def submit(api: Caller) -> Callable[..., dict[str, Any]]:
    """Make a job; it stays queued until `work` is called."""

    def submit(**changes: Any) -> dict[str, Any]:
        answer = api.post("/generate", json={**REQUEST, **changes})
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json["data"]
        return job

    return submit


@pytest.fixture
def completed(submit: Callable[..., dict[str, Any]], work: Callable[[], None], api: Caller) -> dict[str, Any]:
    """A job that has completed."""
    job = submit()
    work()
    completed: dict[str, Any] = api.get(f"/jobs/{job['id']}").json["data"]
    assert completed["state"] == "completed", completed
    return completed
