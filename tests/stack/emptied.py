"""A database that tests have one after the other, each finding it as it was when it had been migrated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, insert, select

from synthmill.app.core.db import Database
from synthmill.app.core.db.models import Base


class Emptied:
    """Emptying takes a hundredth of the time of making one, and connections and compiled SQL stay warm."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self._tables = Base.metadata.sorted_tables
        with self._database.read() as session:
            found = {table: session.execute(select(table)).mappings().all() for table in self._tables}
        self._first = {table: [dict(row) for row in rows] for table, rows in found.items() if rows}

    @contextmanager
    def lent(self) -> Iterator[Database]:
        """For one test, which may close it."""
        yield self._database
        self._database.on_commit = None
        with self._database.write() as session:
            for table in reversed(self._tables):
                session.execute(delete(table))
            for table, rows in self._first.items():
                session.execute(insert(table), rows)

    def close(self) -> None:
        self._database.close()
