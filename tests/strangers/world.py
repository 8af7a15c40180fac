"""An application over SQLite and a folder, where strangers may ask as often as they like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from synthmill.app.api.genesis import evaluate, generate
from synthmill.app.core.db import Database, migrate
from synthmill.app.core.settings import Settings
from tests.api.world import World, running_world


@contextmanager
def world_of_strangers(folder: Path) -> Iterator[World]:
    """It has a key, and a completed job."""
    empty = Database(Settings(data=folder / "empty").database_url)
    (folder / "empty").mkdir()
    migrate(empty)
    empty.close()
    data = folder / "data"
    data.mkdir()
    with (
        # Nobody works here, so whoever waits for a job would wait for nothing.
        patch.object(evaluate, "MAX_WAIT_SECONDS", 0),
        patch.object(generate, "MAX_WAIT_SECONDS", 0),
        running_world(data, folder / "empty" / "synthmill.db", rate_limit=0, anonymous_rate_limit=0) as world,
    ):
        assert world.completed
        yield world
