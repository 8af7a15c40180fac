"""Bringing a database to the present schema."""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import inspect, text

from synthmill.app.core.db.engine import Database

MIGRATIONS = files("synthmill") / "migrations"
HEAD = "0017"
"""The newest revision in migrations/versions; a test holds it to Alembic's own answer."""


def migrate(database: Database) -> None:
    """Run the migrations that this database lacks; nothing happens where there are none."""
    if _revision(database) == HEAD:
        return
    # Alembic takes a third of a second to import, and most starts don't need it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.connect().execution_options(
        synthmill_write=True, synthmill_durable=True
    ) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def _revision(database: Database) -> str | None:
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
