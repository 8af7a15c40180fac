"""The servers and stacks as pytest fixtures. Each is started at its first use, once per test process."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from synthmill.app.core.db import Database, migrate
from synthmill.app.core.storage import s3
from synthmill.servers.seaweedfs import SeaweedFS
from synthmill.servers.valkey import Valkey
from tests.stack.embedded import running_seaweedfs, running_valkey
from tests.stack.emptied import Emptied
from tests.stack.postgres import Postgres, running_postgres
from tests.stack.stack import BACKENDS, Stack, running_stack


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    with running_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedFS]:
    with (
        running_seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        # boto3 takes a fifth of a second of computing to make a client; a closed one opens again.
        patch.setattr(s3, "make_client", cache(s3.make_client))
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with our tables, to be copied: migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "synthmill.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        migrate(database)
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The address of a database with our tables, to be copied by `postgres.new_database`."""
    address = postgres.new_database()
    with closing(Database(address)) as database:
        migrate(database)
    return address


@pytest.fixture(scope="session")
def emptied_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emptied]:
    file = shutil.copy(migrated_sqlite, tmp_path_factory.mktemp("emptied"))
    with closing(Emptied(f"sqlite:///{file}")) as emptied:
        yield emptied


@pytest.fixture(scope="session")
def emptied_postgresql(postgres: Postgres, migrated_postgres: str) -> Iterator[Emptied]:
    with closing(Emptied(postgres.new_database(like=migrated_postgres))) as emptied:
        yield emptied


@pytest.fixture(scope="session", params=BACKENDS)
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A ready stack with two workers, once with a folder and SQLite, once with SeaweedFS and PostgreSQL.

    Tests share it: leave it as you found it, or start one of your own with `running_stack`.
    """
    postgres = request.getfixturevalue("postgres") if "postgres" in request.param else None
    folder = tmp_path_factory.mktemp(request.param.replace("+", "-"))
    with running_stack(folder / "data", request.param, postgres=postgres) as running:
        yield running
