"""The migrations make exactly the tables that the models describe, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from synthmill.app.core.db import Database, migrate
from synthmill.app.core.db.migrate import HEAD, MIGRATIONS
from synthmill.app.core.db.models import Base


def test_migrated_and_described_schema_are_the_same(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    database.close()


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    database = Database(empty_url)
    migrate(database)
    migrate(database)
    database.close()


def test_the_newest_revision_is_the_one_that_starts_look_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
