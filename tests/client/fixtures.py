"""Fixtures for whoever needs a server to speak to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.client.server import SHOP, RunningServer, running_server
from tests.stack.emptied import Emptied


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, emptied_sqlite: Emptied) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("server")
    with emptied_sqlite.lent() as database, running_server(folder, database) as server:
        yield server


@pytest.fixture(autouse=True)
def no_server_in_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may find a server of whoever runs it."""
    for name in ("SYNTHMILL_URL", "SYNTHMILL_API_KEY", "SYNTHMILL_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def client(server: RunningServer) -> Iterator[Client]:
    with Client(server.url, server.key) as client:
        yield client


@pytest.fixture
def completed(server: RunningServer, client: Client) -> Job:
    """A job whose dataset is there."""
    job = client.submit(**SHOP)
    server.work()
    return job.refresh()
