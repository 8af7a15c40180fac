"""The database: the only truth about jobs, parts, events, datasets and keys."""

from synthmill.app.core.db.engine import DATABASE_AWAY, Database, built_once, db_now
from synthmill.app.core.db.migrate import migrate

__all__ = ["DATABASE_AWAY", "Database", "built_once", "db_now", "migrate"]
