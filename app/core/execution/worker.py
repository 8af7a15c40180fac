"""A worker process as the database knows it: its row, its heartbeat, and what it holds."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Collection
from typing import Protocol

from sqlalchemy import Insert, delete, insert, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.jobs.waiting import wait_for_storage
from synthmill.app.core.jobs.workers import plugins_here
from synthmill.app.core.messaging.queue import QUEUES
from synthmill.app.core.observability import counters
from synthmill.app.core.services import Services
from synthmill.app.core.storage.storage import unanswered
from synthmill.generators.version import ENGINE_VERSION

QUICK_NICENESS, BULK_NICENESS = 6, 10
"""By how much workers give way to the web process, which answers everybody, and to what it has others do for
requests that somebody waits for (app/core/confined/fork_server.py): those of small jobs alone, then all."""
STORAGE_SILENCE = 15.0
"""Seconds that a write may take before the job is said to wait for storage."""


class Lease(Protocol):
    @property
    def job_id(self) -> str: ...
    def renew(self, session: Session) -> None: ...


@built_once
def _entry(worker_id: str, host: str, pid: int, engine: str, queues: str) -> Insert:
    return insert(models.Worker).values(
        id=worker_id,
        host=host,
        pid=pid,
        engine=engine,
        queues=queues,
        started_at=db_now(),
        heartbeat_at=db_now(),
    )


class WorkerProcess:
    """Who claims, since when it has been asked to stop, and the lease to keep alive meanwhile."""

    def __init__(self) -> None:
        self.queues: Collection[str] = QUEUES
        """Those that it takes slots from."""
        self.host, self.pid = socket.gethostname(), os.getpid()
        self.id = f"{self.host}:{self.pid}:{secrets.token_hex(4)}"
        self._stopping_since: float | None = None
        self._holding: Lease | None = None
        self._lock = threading.Lock()

    def register(self, services: Services) -> None:
        with services.db.write() as session:
            self._enter(session)

    def _enter(self, session: Session) -> None:
        queues = ",".join(sorted(self.queues))
        session.execute(*_entry(self.id, self.host, self.pid, ENGINE_VERSION, queues))
        for plugin in plugins_here():
            session.execute(insert(models.WorkerPlugin).values(worker_id=self.id, plugin=plugin))

    def unregister(self, services: Services) -> None:
        with counters.taken() as counts, services.db.write() as session:
            counters.store(session, counts)
            session.execute(delete(models.Worker).where(models.Worker.id == self.id))

    def beat(self, services: Services) -> None:
        """Say that this process lives, and keep what it holds."""
        with self._lock:
            holding = self._holding
        with counters.taken() as counts, services.db.write() as session:
            counters.store(session, counts)
            known = session.execute(
                update(models.Worker)
                .where(models.Worker.id == self.id)
                .values(heartbeat_at=db_now())
                .returning(models.Worker.id)
            ).one_or_none()
            if known is None:
                self._enter(session)  # It was silent for so long that it was forgotten.
            if holding is not None:
                holding.renew(session)
        silence = unanswered(STORAGE_SILENCE)
        if holding is not None and silence is not None:
            # The part is still waiting for storage, and only then gets the refusal.
            wait_for_storage(services, holding.job_id, silence)

    def hold(self, lease: Lease | None) -> None:
        with self._lock:
            self._holding = lease

    def stop(self) -> None:
        """Begin no further part."""
        if self._stopping_since is None:
            self._stopping_since = time.monotonic()

    def stopping_since(self) -> float | None:
        """When `stop` was called, by time.monotonic(); None while nobody has."""
        return self._stopping_since
