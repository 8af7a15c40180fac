"""An upgrade loses no row: from every revision there was, on both databases, row by row."""

from __future__ import annotations

from contextlib import closing

import pytest

from synthmill.app.core.db import Database, migrate
from tests.upgrades.changes import expected
from tests.upgrades.conftest import Earlier, revisions
from tests.upgrades.rows import Rows, read


@pytest.mark.parametrize("revision", revisions())
def test_every_row_of_an_earlier_database_is_there_after_the_upgrade(earlier: Earlier, revision: str) -> None:
    url = earlier.copy(revision)
    before = _rows(url)
    with closing(Database(url)) as database:
        migrate(database)
    after = _rows(url)
    wanted = expected(before, revision)
    assert all(wanted.values()), "a table without a row shows nothing"
    for table, rows in wanted.items():
        columns = [column for column in rows[0] if column in after[table][0]] if after[table] else []
        kept = [{column: row[column] for column in columns} for row in after[table]]
        assert kept == [{column: row[column] for column in columns} for row in rows], table


def _rows(url: str) -> Rows:
    with closing(Database(url)) as database, database.engine.connect() as connection:
        return read(connection)
