"""A web process as it runs in production, a real broker, and a worker's work done by the test itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from synthmill.app.core.access import keys
from synthmill.app.core.db import migrate
from synthmill.app.core.services import Services, build
from synthmill.app.core.settings import Settings
from synthmill.servers.valkey import Valkey
from tests.fakes import RecordingQueue
from tests.live.web import Web, running_web
from tests.work import Work


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


@pytest.fixture(scope="session")
def second_web(settings: Settings, token: str) -> Iterator[Web]:
    """Another process of the same server, as a second machine would have it."""
    with running_web(settings, token) as web:
        yield web


@pytest.fixture
def own_web(settings: Settings, token: str) -> Iterator[Web]:
    """A web process of this test's own, to be ended by it."""
    with running_web(settings, token) as web:
        yield web


@pytest.fixture(scope="session")
def work(services: Services) -> Work:
    return Work(services)


@pytest.fixture
def job(web: Web) -> str:
    """A queued job of several parts."""
    return web.submit()


@pytest.fixture
def completed(web: Web, work: Work) -> str:
    job = web.submit()
    work(job)
    return job
