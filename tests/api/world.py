"""What an API test stands on: services, the application over them, keys of two workspaces, and a worker."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from synthmill.app.core.access import keys
from synthmill.app.core.db import Database, db_now, models
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.app.factory import create_app
from tests.api.caller import REQUEST, Caller
from tests.fakes import MemoryBus, RecordingQueue
from tests.work import Work


class World:
    """Whatever a test doesn't ask for isn't made."""

    def __init__(self, services: Services, queue: RecordingQueue) -> None:
        self.services, self.queue = services, queue

    @cached_property
    def app(self) -> Flask:
        return create_app(services=self.services)

    @cached_property
    def token(self) -> str:
        token = keys.first_key(self.services)
        assert token is not None
        return token

    @cached_property
    def other_token(self) -> str:
        assert self.token
        with self.services.db.write() as session:
            session.execute(insert(models.Workspace).values(id="ws_other", name="other", created_at=db_now()))
        return keys.create(self.services, "ws_other", "other")[1]

    @cached_property
    def work(self) -> Work:
        return Work(self.services)

    @cached_property
    def completed(self) -> dict[str, Any]:
        job = self.submit()
        self.work()
        completed: dict[str, Any] = Caller(self.app, self.token).get(f"/jobs/{job['id']}").json["data"]
        assert completed["state"] == "completed", completed
        return completed

    def submit(self, **changes: Any) -> dict[str, Any]:
        answer = Caller(self.app, self.token).post("/generate", json={**REQUEST, **changes})
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json["data"]
        return job


@contextmanager
def running_world(folder: Path, migrated: Path, **changes: Any) -> Iterator[World]:
    """A world in an empty folder, its database a copy of `migrated`; `changes` are settings."""
    settings, queue = Settings(data=folder, **changes), RecordingQueue()
    services = Services(settings, Database(settings.database_url), open_storage(settings), MemoryBus(), queue)
    with closing(services):
        services.storage.ensure()
        shutil.copy(migrated, folder / "synthmill.db")
        yield World(services, queue)


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[World]:
    """One for all tests of a module, who may ask as often as they like."""
    plenty = {"rate_limit": 10**9, "anonymous_rate_limit": 10**9, "max_body_bytes": 200_000}
    with running_world(tmp_path_factory.mktemp("world"), migrated_sqlite, **plenty) as world:
        yield world
