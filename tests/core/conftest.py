from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from synthmill.app.core.access import keys
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import Database, migrate
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries
from synthmill.app.core.jobs.submit import Submission
from synthmill.app.core.jobs.submit import submit as submit_job
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.generators.recipes.request import parse
from tests.fakes import MemoryBus, RecordingQueue


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'synthmill.db'}"
    return str(request.getfixturevalue("postgres").new_database())


@pytest.fixture
def storage_settings(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Mapping[str, str]:
    """A folder beside SQLite, a real S3 server beside PostgreSQL."""
    if database_url.startswith("sqlite"):
        return {"storage_url": f"file://{tmp_path / 'objects'}"}
    server = request.getfixturevalue("seaweedfs")
    return {
        "storage_url": f"s3://core-{secrets.token_hex(8)}",
        "s3_endpoint": server.endpoint,
        "s3_access_key": server.access_key,
        "s3_secret_key": server.secret_key,
    }


@pytest.fixture
def services(tmp_path: Path, database_url: str, storage_settings: Mapping[str, str]) -> Iterator[Services]:
    settings = Settings(data=tmp_path, database_url=database_url, lease_seconds=1.0, **storage_settings)
    services = Services(
        settings, Database(database_url), open_storage(settings), MemoryBus(), RecordingQueue()
    )
    services.storage.ensure()
    migrate(services.db)
    yield services
    services.close()


@pytest.fixture
def principal(services: Services) -> Principal:
    token = keys.first_key(services)
    assert token is not None
    return keys.authenticate(services, token)


@pytest.fixture
def worker(services: Services) -> WorkerProcess:
    worker = WorkerProcess()
    worker.register(services)
    return worker


REQUEST = {"template": "retail", "rows": 150_000, "seed": 7, "format": "csv", "part_rows": 1}


@pytest.fixture
def submit(services: Services, principal: Principal) -> Callable[..., queries.JobView]:
    def submit(**changes: object) -> queries.JobView:
        raw = {**REQUEST, **changes}
        options = {name: raw.pop(name, None) for name in ("dataset", "workspace", "max_parallel")}
        submission = Submission(parse(raw), raw=raw, **options)
        return submit_job(services, principal, submission)[0]

    return submit


@pytest.fixture
def work(services: Services, worker: WorkerProcess) -> Callable[[], None]:
    """Work slots off until none is asked for, as one worker would."""

    def work() -> None:
        slots = services.queue.slots
        while slots:
            work_slot(services, slots.pop(0), worker)

    return work
