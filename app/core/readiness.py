"""Whether the parts that the server stands on can be used right now."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from synthmill.app.core.errors import StorageError
from synthmill.app.core.messaging.queue import QUEUES
from synthmill.app.core.resources import shortage
from synthmill.app.core.services import Services

log = logging.getLogger(__name__)


def failing_parts(services: Services) -> list[str]:
    """Those of `database`, `broker`, `storage` and `disk` that fail; why goes into the log."""
    checks = {"database": _database, "broker": _broker, "storage": _storage, "disk": shortage}
    failing = {part: why for part, check in checks.items() if (why := check(services))}
    for part, why in failing.items():
        log.warning("the %s can't be used: %s", part, why)
    return list(failing)


def _database(services: Services) -> str | None:
    try:
        with services.db.read() as session:
            session.execute(select(1))
    except (SQLAlchemyError, OSError) as error:
        return str(error)
    return None


def _broker(services: Services) -> str | None:
    return "it can't be asked" if services.queue.waiting(QUEUES[0]) is None else None


def _storage(services: Services) -> str | None:
    try:
        services.storage.check()
    except StorageError as error:
        return str(error)
    return None
