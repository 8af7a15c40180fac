"""Bringing a database to the present schema: by one process at a time, all of it or none.

All missing revisions run in one transaction, on SQLite without foreign keys: there a table is changed by
making it anew, and dropping the old one would take along all rows that refer to it. Whether all references
still hold is looked at before the commit. docs/decisions/043-upgrades.md has the policy.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from synthmill.app.core.db.backup import keep_copy
from synthmill.app.core.db.engine import Database, file_of

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = files("synthmill") / "migrations"
HEAD = "0020"
"""The newest revision in migrations/versions; a test holds it to Alembic's own answer."""
_LOCK = 7_236_183_940_173
"""Names the migration among PostgreSQL's advisory locks; any number does that nobody else uses."""
_WAIT_SECONDS = 600.0
"""For another process's migration of an SQLite database; PostgreSQL waits without an end."""
_STEP_SECONDS = 1.0
_WAITING = "Waiting for another process that migrates the database"

log = logging.getLogger(__name__)


class MigrationError(Exception):
    """The database can't be brought to the present schema, and is as it was."""


def migrate(database: Database, say: Callable[[str], None] = log.info) -> None:
    """Run the migrations that this database lacks; `say` is called where an earlier one was migrated.

    Waits where another process is at it. Raises MigrationError.
    """
    with database.engine.connect() as connection:
        if revision_of(connection) == HEAD:
            return
    with exclusively(database, say) as connection:
        before = revision_of(connection)
        if before == HEAD:
            return  # Another process did it while we waited.
        _refuse_unknown(before)
        copy = _copied(database, before)
        upgrade(connection, HEAD)
    if before is not None:
        kept = f"; as it was before it is in {copy}" if copy is not None else ""
        say(f"The database was migrated from revision {before} to {HEAD}{kept}")


def _copied(database: Database, revision: str | None) -> Path | None:
    """The copy of an SQLite database that has something to lose."""
    file = file_of(database.url)
    if file is None or revision is None:
        return None
    try:
        return keep_copy(file, revision)
    except (OSError, sqlite3.Error) as error:
        raise MigrationError(
            f"{file} can't be copied before it is migrated ({error}), so it was left as it is: "
            f"make room for {file.stat().st_size:,} bytes in its folder, and let that be written to"
        ) from error


def _refuse_unknown(revision: str | None) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise MigrationError(
            f"the database is of revision {revision}, and this release knows those up to {HEAD}: "
            "start the release that migrated it, or a newer one"
        )


def upgrade(connection: Connection, revision: str) -> None:
    """Run all revisions up to this one, on a connection from `exclusively`."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _config() -> Config:
    # Alembic takes a third of a second to import, and most starts don't need it.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@contextmanager
def exclusively(database: Database, say: Callable[[str], None] = log.info) -> Iterator[Connection]:
    """A transaction for migrations, which one process has at a time; rolled back on an exception."""
    options = {"synthmill_write": True, "synthmill_durable": True}
    with database.engine.connect().execution_options(**options) as connection:
        if connection.dialect.name == "sqlite":
            with _without_foreign_keys(connection):
                _begin_when_possible(connection, say)
                yield connection
                _check_references(connection)
                connection.commit()
        else:
            _lock_server(connection, say)
            yield connection
            connection.commit()


def _lock_server(connection: Connection, say: Callable[[str], None]) -> None:
    if not connection.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _LOCK}).scalar():
        say(_WAITING)
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite ignores this pragma within a transaction, and SQLAlchemy begins one with any statement."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON").close()


def _begin_when_possible(connection: Connection, say: Callable[[str], None]) -> None:
    """Take SQLite's write lock. Whoever has it for more than a moment is migrating."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    (patience,) = driver.execute("PRAGMA busy_timeout").fetchone()
    # Between two steps an interrupt is heard.
    driver.execute(f"PRAGMA busy_timeout={_STEP_SECONDS * 1000:.0f}").close()
    end = None
    try:
        while True:
            try:
                connection.begin()
                return
            except OperationalError as error:
                busy = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or (end is not None and time.monotonic() > end):
                    raise
                if end is None:
                    say(_WAITING)
                    end = time.monotonic() + _WAIT_SECONDS
    finally:
        driver.execute(f"PRAGMA busy_timeout={patience}").close()


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        table, row, other = broken[:3]
        raise MigrationError(
            f"row {row} of {table} refers to a row of {other} that isn't there; nothing was changed: "
            "put a copy of the database back that is whole, or remove that row"
        )


def revision_of(connection: Connection) -> str | None:
    """What the database was last migrated to; None of an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
