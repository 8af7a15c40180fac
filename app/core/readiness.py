"""Whether the parts that the server stands on can be used right now."""

from __future__ import annotations

import logging
import threading
import time
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from synthmill.app.core.errors import StorageError
from synthmill.app.core.messaging.queue import QUEUES
from synthmill.app.core.resources import shortage
from synthmill.app.core.services import Services
from synthmill.app.core.storage import Storage

PROBE_SECONDS = 5.0
"""Strangers may ask, and each look at storage is a write: it is looked at no more often than this."""
SILENCE_SECONDS = 3.0
"""A store that takes nothing may need minutes to say so; one that is well doesn't take so long."""

log = logging.getLogger(__name__)


class _Look:
    """A look at a storage, in a thread of its own, and what it found."""

    def __init__(self, storage: Storage) -> None:
        self._storage, self._began, self._done = storage, time.monotonic(), threading.Event()
        self._why: str | None = None
        self._ended = 0.0
        threading.Thread(target=self._look, name="look at storage", daemon=True).start()

    def _look(self) -> None:
        try:
            self._storage.check()
        except StorageError as error:
            self._why = str(error)
        self._ended = time.monotonic()
        self._done.set()

    def is_old(self) -> bool:
        return self._done.is_set() and time.monotonic() - self._ended >= PROBE_SECONDS

    def why(self) -> str | None:
        """Why the storage can't be used; waits for it, but not for long."""
        if self._done.wait(max(0.0, self._began + SILENCE_SECONDS - time.monotonic())):
            return self._why
        return f"no answer to a write for {SILENCE_SECONDS:g} s"


_looks: WeakKeyDictionary[Storage, _Look] = WeakKeyDictionary()
_lock = threading.Lock()


def failing_parts(services: Services) -> list[str]:
    """Those of `database`, `broker`, `storage`, `disk` and `processes` that fail; why goes into the log."""
    checks = {
        "database": _database,
        "broker": _broker,
        "storage": _storage,
        "disk": shortage,
        "processes": _processes,
    }
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


def _processes(services: Services) -> str | None:
    return None if services.executor.is_ready() else "those for previews, plans and imports aren't there yet"


def _storage(services: Services) -> str | None:
    with _lock:
        look = _looks.get(services.storage)
        if look is None or look.is_old():
            look = _looks[services.storage] = _Look(services.storage)
    return look.why()
