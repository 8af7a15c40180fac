"""An upgrade is done by one process, all of it or none, and leaves a copy of an SQLite database."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from synthmill.app.core.db import Database, migrate
from synthmill.app.core.db.backup import KEPT, copies_of
from synthmill.app.core.db.engine import file_of
from synthmill.app.core.db.migrate import HEAD, MigrationError, exclusively, revision_of
from tests.upgrades.conftest import Earlier
from tests.upgrades.rows import Rows, read

# What a server's start does; each line that it says stands on a line of its own.
_MIGRATE = """
import sys
from synthmill.app.core.db import Database, migrate
migrate(Database(sys.argv[1]), lambda line: print(line, flush=True))
print("migrated", flush=True)
"""


def test_of_two_migrations_at_once_one_waits_and_both_succeed(earlier: Earlier) -> None:
    url = earlier.copy("0003")
    with closing(Database(url)) as database:
        before = _rows(database)
        # Both find the database busy and are at the same place when it is free.
        with suppress(_UndoneError), exclusively(database):
            processes = [_migrating(url), _migrating(url)]
            for process in processes:
                assert "Waiting" in process.stdout.readline()  # type: ignore[union-attr]
            raise _UndoneError
        said = [process.communicate(timeout=120)[0] for process in processes]
        assert [process.returncode for process in processes] == [0, 0]
        assert sorted("from revision 0003" in one for one in said) == [False, True]
        assert _revision(database) == HEAD
        assert len(_rows(database)["jobs"]) == len(before["jobs"])


def test_two_processes_that_begin_with_an_empty_database_both_succeed(empty_url: str) -> None:
    processes = [_migrating(empty_url), _migrating(empty_url)]
    said = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    with closing(Database(empty_url)) as database:
        assert _revision(database) == HEAD


def test_an_upgrade_that_fails_half_way_leaves_the_database_as_it_was(earlier: Earlier) -> None:
    with closing(Database(earlier.copy("0003"))) as database:
        # The last revision makes a table of that name.
        with database.engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE stage_results (id INTEGER)"))
        before = _rows(database)
        with pytest.raises(DBAPIError):
            migrate(database)
        assert _revision(database) == "0003"
        assert _rows(database) == before


def test_a_newer_database_is_refused_and_left_alone(earlier: Earlier) -> None:
    with closing(Database(earlier.copy(HEAD))) as database:
        with database.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        before = _rows(database)
        with pytest.raises(
            MigrationError, match="revision 9999, and this release knows those up to"
        ) as refused:
            migrate(database)
        assert "start the release that migrated it" in str(refused.value)
        assert _rows(database) == before
        assert _copies(database) == []


def test_rows_without_the_row_they_refer_to_stop_an_upgrade(earlier_sqlite: Earlier) -> None:
    with closing(Database(earlier_sqlite.copy("0003"))) as database:
        with _unguarded(database) as connection:
            connection.execute(sa.text("DELETE FROM workspaces WHERE id LIKE '0-%'"))
            connection.commit()
        with pytest.raises(MigrationError, match="refers to a row of workspaces that isn't there"):
            migrate(database)
        assert _revision(database) == "0003"


def test_whoever_migrated_an_sqlite_database_goes_on_with_foreign_keys(earlier_sqlite: Earlier) -> None:
    with closing(Database(earlier_sqlite.copy("0003"))) as database:
        migrate(database)
        with pytest.raises(IntegrityError), database.engine.begin() as connection:
            connection.execute(sa.text("UPDATE jobs SET workspace_id = 'nobody'"))


def test_a_copy_of_an_sqlite_database_as_it_was_is_kept_beside_it(earlier_sqlite: Earlier) -> None:
    said: list[str] = []
    with closing(Database(earlier_sqlite.copy("0003"))) as database:
        before = _rows(database)
        migrate(database, said.append)
        (copy,) = _copies(database)
    assert re.fullmatch(r"synthmill-0003-\d{8}T\d{6}Z\.db", copy.name)
    (line,) = said
    assert str(copy) in line and "from revision 0003" in line
    with closing(Database(f"sqlite:///{copy}")) as restored:
        assert _revision(restored) == "0003"
        assert _rows(restored) == before


def test_nothing_is_copied_where_there_is_nothing_to_migrate(earlier_sqlite: Earlier, tmp_path: Path) -> None:
    said: list[str] = []
    for url in (earlier_sqlite.copy(HEAD), f"sqlite:///{tmp_path / 'new.db'}"):
        with closing(Database(url)) as database:
            migrate(database, said.append)
            assert _copies(database) == []
    assert said == []


def test_the_newest_copies_are_kept(earlier_sqlite: Earlier) -> None:
    with closing(Database(earlier_sqlite.copy("0013"))) as database:
        file = file_of(database.url)
        assert file is not None
        for year in range(2001, 2001 + KEPT):
            file.with_name(f"synthmill-0003-{year}0101T000000Z.db").touch()
        migrate(database)
        kept = [copy.name for copy in _copies(database)]
    assert len(kept) == KEPT
    assert kept[0] == "synthmill-0003-20020101T000000Z.db"
    assert kept[-1].startswith("synthmill-0013-")


def test_a_database_that_cannot_be_copied_is_not_migrated(earlier_sqlite: Earlier) -> None:
    with closing(Database(earlier_sqlite.copy("0003"))) as database:
        file = file_of(database.url)
        assert file is not None
        (file.parent / "synthmill-in-the-way.db.partial").mkdir()
        with pytest.raises(MigrationError, match="can't be copied before it is migrated"):
            migrate(database)
        assert _revision(database) == "0003"


class _UndoneError(Exception):
    pass


def _migrating(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", _MIGRATE, url], stdout=subprocess.PIPE, text=True)


@contextmanager
def _unguarded(database: Database) -> Iterator[sa.Connection]:
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        yield connection
        connection.invalidate()


def _rows(database: Database) -> Rows:
    with database.engine.connect() as connection:
        return read(connection)


def _revision(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return revision_of(connection)


def _copies(database: Database) -> list[Path]:
    file = file_of(database.url)
    return [] if file is None else copies_of(file)
