from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from synthmill.app.core.access import keys
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import Database
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.submit import submit as submit_job
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.generators.recipes.request import parse
from tests.fakes import MemoryBus, RecordingQueue
from tests.stack.embedded import BUCKET
from tests.stack.emptied import Emptied
from tests.work import Work

LEASE = 50.0
"""Seconds. No test waits for one to run out: it sets the time back by which it would have."""


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Beside SQLite objects are in a folder, beside PostgreSQL on an S3 server."""
    return str(request.param)


@pytest.fixture
def database(request: pytest.FixtureRequest, backend: str) -> Iterator[Database]:
    """A database with our tables and nothing in them."""
    emptied: Emptied = request.getfixturevalue(f"emptied_{backend}")
    with emptied.lent() as database:
        yield database


@pytest.fixture
def storage_settings(request: pytest.FixtureRequest, backend: str, tmp_path: Path) -> Mapping[str, str]:
    """A folder of the test's own, or a prefix of its own in the one bucket of a real S3 server."""
    if backend == "sqlite":
        return {"storage_url": f"file://{tmp_path / 'objects'}"}
    server = request.getfixturevalue("seaweedfs")
    return {
        "storage_url": f"s3://{BUCKET}/core/{secrets.token_hex(8)}",
        "s3_endpoint": server.endpoint,
        "s3_access_key": server.access_key,
        "s3_secret_key": server.secret_key,
    }


@pytest.fixture
def services(tmp_path: Path, database: Database, storage_settings: Mapping[str, str]) -> Iterator[Services]:
    """What a worker has; its queue keeps the slots that are asked for."""
    settings = Settings(data=tmp_path, database_url=database.url, lease_seconds=LEASE, **storage_settings)
    services = Services(settings, database, open_storage(settings), MemoryBus(), RecordingQueue())
    services.storage.ensure()
    yield services
    services.storage.delete_prefix("jobs/")
    for door in (services.rate_limit, services.bus, services.storage, services.queue):
        door.close()


@pytest.fixture
def principal(services: Services) -> Principal:
    token = keys.first_key(services)
    assert token is not None
    return keys.authenticate(services, token)


def request_of(rows: int) -> dict[str, Any]:
    """A request for tables of a few quick columns, of which a part takes hardly any time."""
    key = {"name": "id", "kind": "sequence"}
    amount = {"name": "amount", "kind": "integer", "min": 1, "max": 500}
    tables = [
        {"name": "customers", "rows": max(1, rows // 10), "columns": [key]},
        {"name": "orders", "rows": max(1, rows // 3), "columns": [key, amount]},
        {"name": "order_items", "rows": rows, "columns": [key, amount, {**amount, "name": "discount"}]},
    ]
    return {"strategy": "tabular", "parameters": {"tables": tables}}


@pytest.fixture
def submit(services: Services, principal: Principal) -> Callable[..., queries.JobView]:
    """Make a job of `rows` rows in its largest table, each block a part of its own."""

    def submit(rows: int = 150_000, **changes: object) -> queries.JobView:
        raw = {**request_of(rows), "seed": 7, "format": "csv", "part_rows": 1, **changes}
        options = {name: raw.pop(name, None) for name in ("dataset", "workspace", "max_parallel")}
        submission = Submission(parse(raw), raw=raw, **options)
        return submit_job(services, principal, submission)[0]

    return submit


@pytest.fixture
def work(services: Services) -> Work:
    return Work(services)


@pytest.fixture
def worker(work: Work) -> WorkerProcess:
    return work.worker
