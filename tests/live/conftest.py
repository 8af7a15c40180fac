"""A web process as it runs in production, a real broker, and a worker's work done by the test itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from synthmill.app.core.access import keys
from synthmill.app.core.db import migrate
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.services import Services, build
from synthmill.app.core.settings import Settings
from synthmill.servers.valkey import Valkey
from tests.fakes import RecordingQueue
from tests.live.web import Web, running_web


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, valkey: Valkey) -> Settings:
    return Settings(
        data=tmp_path_factory.mktemp("live"), redis_url=valkey.url, allowed_origins="https://app.example"
    )


@pytest.fixture(scope="session")
def services(settings: Settings) -> Iterator[Services]:
    """What a worker has; slots that it asks for come back to it."""
    built = build(settings)
    services = replace(built, queue=RecordingQueue())
    services.storage.ensure()
    migrate(services.db)
    yield services
    built.close()


@pytest.fixture(scope="session")
def token(services: Services) -> str:
    token = keys.first_key(services)
    assert token is not None
    return token


@pytest.fixture(scope="session")
def workspace(services: Services, token: str) -> str:
    """The id of the key's workspace."""
    return keys.authenticate(services, token).workspace_id


@pytest.fixture(scope="session")
def web(settings: Settings, token: str) -> Iterator[Web]:
    with running_web(settings, token) as web:
        yield web


@pytest.fixture
def own_web(settings: Settings, token: str) -> Iterator[Web]:
    """A web process of this test's own, to be ended by it."""
    with running_web(settings, token) as web:
        yield web


@pytest.fixture(scope="session")
def worker(services: Services) -> WorkerProcess:
    worker = WorkerProcess()
    worker.register(services)
    return worker


@pytest.fixture
def work(services: Services, worker: WorkerProcess) -> Callable[[str], None]:
    """Make all of a job, as one worker would."""

    def work(job_id: str) -> None:
        queue: Any = services.queue
        queue.slots.append(job_id)
        while queue.slots:
            work_slot(services, queue.slots.pop(0), worker)

    return work


@pytest.fixture
def job(web: Web) -> str:
    """A queued job of several parts."""
    return web.submit()


@pytest.fixture
def completed(web: Web, work: Callable[[str], None]) -> str:
    job = web.submit()
    work(job)
    return job
