"""The application over SQLite and a folder, and a worker that works when a test says so.

Each test has a `world` of its own. A module whose tests change nothing that another looks at has one for all
of them: `from tests.api.world import shared_world as world`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from synthmill.app.core.services import Services
from tests.api.caller import Caller
from tests.api.world import World, running_world
from tests.fakes import RecordingQueue
from tests.work import Work


@pytest.fixture
def world(tmp_path: Path, migrated_sqlite: Path) -> Iterator[World]:
    with running_world(tmp_path, migrated_sqlite, max_body_bytes=200_000) as world:
        yield world


@pytest.fixture
def queue(world: World) -> RecordingQueue:
    """Which slots were asked for."""
    return world.queue


@pytest.fixture
def services(world: World) -> Services:
    return world.services


@pytest.fixture
def token(world: World) -> str:
    return world.token


@pytest.fixture
def other_token(world: World) -> str:
    """A key of another workspace."""
    return world.other_token


@pytest.fixture
def app(world: World) -> Flask:
    return world.app


@pytest.fixture
def anonymous(app: Flask) -> Any:
    return app.test_client()


@pytest.fixture
def api(world: World) -> Caller:
    return Caller(world.app, world.token)


@pytest.fixture
def other(world: World) -> Caller:
    return Caller(world.app, world.other_token)


@pytest.fixture
def work(world: World) -> Work:
    return world.work


@pytest.fixture
def submit(world: World) -> Callable[..., dict[str, Any]]:
    """Make a job; it stays queued until `work` is called."""
    return world.submit


@pytest.fixture
def completed(world: World) -> dict[str, Any]:
    """A job that has completed."""
    return world.completed
