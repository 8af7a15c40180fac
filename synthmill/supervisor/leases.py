"""What the supervisor asks of the database, beside its own work: a database may take its time."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Iterable, Mapping

from synthmill.supervisor.preparing import build_services

SILENT_SECONDS = 45.0
"""A worker that runs and has given no heartbeat for so long does nothing any more."""
_LOOK_SECONDS = 5.0


class WorkerWatch:
    """A thread that reports to the database worker processes of this machine that have ended, and learns from
    it which have gone silent.

    A failure is passed over: leases run out by themselves, a few seconds later.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._dead: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._silent: frozenset[int] = frozenset()
        self._steady_since: float | None = None
        threading.Thread(target=self._work, name="worker-watch", daemon=True).start()

    def give_back(self, pids: Iterable[int]) -> None:
        for pid in pids:
            self._dead.put(pid)

    def silent(self) -> frozenset[int]:
        """Process ids of this host that gave no heartbeat though the database answered all the time."""
        return self._silent

    def _work(self) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        from synthmill.app.core.errors import CoreError

        services = build_services(self._environment)
        while True:
            try:
                self._once(services)
            except (SQLAlchemyError, CoreError, OSError):
                # Nobody can give a heartbeat while the database is away: that is no silence.
                self._silent, self._steady_since = frozenset(), None

    def _once(self, services: object) -> None:
        from synthmill.app.core.execution.lease_expiry import give_back_process, silent_processes
        from synthmill.app.core.services import Services

        assert isinstance(services, Services)
        host = socket.gethostname()
        try:
            give_back_process(services, host, self._dead.get(timeout=_LOOK_SECONDS))
        except queue.Empty:
            before = time.monotonic()
            found = frozenset(silent_processes(services, host, SILENT_SECONDS))
            now = time.monotonic()
            if self._steady_since is None or now - before > _LOOK_SECONDS:
                self._steady_since = now
            self._silent = found if now - self._steady_since > SILENT_SECONDS else frozenset()
