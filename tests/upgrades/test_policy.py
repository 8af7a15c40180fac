"""Expand, then contract: the release before goes on working with a database that this one has migrated.

docs/decisions/043-upgrades.md has the policy.
"""

from __future__ import annotations

from contextlib import closing

import pytest
import sqlalchemy as sa

from synthmill.app.core.db import Database
from synthmill.app.core.db.migrate import HEAD
from tests.upgrades.conftest import Earlier, revisions
from tests.upgrades.rows import read

SINCE = "0014"
"""Processes of releases with this revision or a later one may run beside today's. Whoever contracts, which is
to drop what they use, raises it to the revision of the first release that doesn't use it any more."""


@pytest.mark.parametrize("revision", [one for one in revisions() if one >= SINCE])
def test_what_an_earlier_release_writes_and_reads_is_there_in_todays_schema(
    earlier_sqlite: Earlier, revision: str
) -> None:
    with closing(Database(earlier_sqlite.copy(revision))) as earlier, earlier.engine.connect() as connection:
        rows = read(connection)
    with closing(Database(earlier_sqlite.copy(HEAD))) as today, today.engine.begin() as connection:
        schema = sa.MetaData()
        schema.reflect(connection)
        assert rows.keys() <= schema.tables.keys(), "a table is gone"
        emptied = [table for table in reversed(schema.sorted_tables) if table.name != "alembic_version"]
        for table in emptied:
            connection.execute(sa.delete(table))
        for name, written in rows.items():
            assert written[0].keys() <= set(schema.tables[name].columns.keys()), f"a column of {name} is gone"
            # Fails where a new column must have a value, and has none of its own.
            connection.execute(schema.tables[name].insert(), written)
