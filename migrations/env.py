"""Alembic's entry: runs in the transaction that synthmill.app.core.db.migrate hands over."""

from alembic import context

from synthmill.app.core.db.models import Base

connection = context.config.attributes["connection"]
# Begun by `exclusively`: without the lock two processes could migrate at once, and with SQLite's foreign keys
# a table that is made anew would take along all rows that refer to it.
assert connection.in_transaction()
if connection.dialect.name == "sqlite":
    assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
