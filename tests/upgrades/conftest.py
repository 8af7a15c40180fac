"""Databases of every revision, with rows in every table."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import Protocol

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from synthmill.app.core.db import Database
from synthmill.app.core.db.migrate import MIGRATIONS, exclusively, upgrade
from tests.stack.postgres import Postgres
from tests.upgrades.rows import fill


def revisions() -> list[str]:
    """All of them, the oldest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


class Earlier(Protocol):
    """Databases of every revision that have rows in every table."""

    def copy(self, revision: str) -> str:
        """The address of one that is the caller's own."""
        ...


class EarlierSqlite:
    def __init__(self, folder: Path) -> None:
        self._folder, self._copies = folder, 0
        growing = folder / "growing.db"
        for revision in revisions():
            _grow(f"sqlite:///{growing}", revision)
            shutil.copy(growing, folder / f"{revision}.db")
            _fill(f"sqlite:///{folder / f'{revision}.db'}")

    def copy(self, revision: str) -> str:
        self._copies += 1
        own = self._folder / str(self._copies) / "synthmill.db"
        own.parent.mkdir()
        shutil.copy(self._folder / f"{revision}.db", own)
        return f"sqlite:///{own}"


class EarlierPostgres:
    def __init__(self, server: Postgres) -> None:
        self._server, self._made = server, {}
        growing = server.new_database()
        for revision in revisions():
            _grow(growing, revision)
            self._made[revision] = server.new_database(like=growing)
            _fill(self._made[revision])

    def copy(self, revision: str) -> str:
        return self._server.new_database(like=self._made[revision])


def _grow(url: str, revision: str) -> None:
    with closing(Database(url)) as database, exclusively(database) as connection:
        upgrade(connection, revision)


def _fill(url: str) -> None:
    with closing(Database(url)) as database, database.engine.connect() as connection:
        fill(connection)


@pytest.fixture(scope="session")
def earlier_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Earlier:
    return EarlierSqlite(tmp_path_factory.mktemp("earlier"))


@pytest.fixture(scope="session")
def earlier_postgres(postgres: Postgres) -> Earlier:
    return EarlierPostgres(postgres)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def earlier(request: pytest.FixtureRequest) -> Earlier:
    name = {"sqlite": "earlier_sqlite", "postgresql": "earlier_postgres"}[request.param]
    found: Earlier = request.getfixturevalue(name)
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'synthmill.db'}"
    return str(request.getfixturevalue("postgres").new_database())
