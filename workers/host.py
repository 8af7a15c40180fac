"""What a worker process keeps for its life: services, its row in the database, heartbeat and sweeper."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Collection
from functools import cached_property

from sqlalchemy.exc import SQLAlchemyError

from synthmill.app.core.db import DATABASE_AWAY
from synthmill.app.core.errors import CoreError
from synthmill.app.core.execution.lease_expiry import give_back_process
from synthmill.app.core.execution.sweeper import sweep, tidy_up
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs.workers import wake_all
from synthmill.app.core.resources import limit_memory
from synthmill.app.core.services import Services, build
from synthmill.app.core.settings import Settings

TIDY_SECONDS = 5.0
DRAIN_SECONDS = 8.0
_GIVE_BACK_SECONDS = 1.0
"""Whoever asked us to stop kills us ten seconds later; a lease that wasn't given back runs out by itself."""

log = logging.getLogger(__name__)


class WorkerHost:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.process = WorkerProcess()
        self._closing = threading.Event()

    @cached_property
    def services(self) -> Services:
        return build(self.settings)

    def start(self, queues: Collection[str]) -> None:
        """Enter the database's list of workers, as one of these queues, and begin the threads that keep its
        promises."""
        self.process.queues = queues
        limit_memory(self.settings.worker_memory_bytes)
        try:
            self.process.register(self.services)
        except DATABASE_AWAY as error:
            # Without its threads it would never know of the database's return; the heartbeat enters it then.
            log.warning("not in the list of workers yet, the database is away: %s", type(error).__name__)
        lease = self.settings.lease_seconds
        self._repeat("heartbeat", lease / 5, lambda: self.process.beat(self.services))
        self._repeat("sweeper", min(1.0, lease / 10), lambda: sweep(self.services, self.process.id))
        self._repeat("tidy", TIDY_SECONDS, lambda: tidy_up(self.services, self.process.id))

    def ask_for_work(self) -> None:
        """Top up the slots of the jobs under way, so that a new worker gets its share at once."""
        try:
            wake_all(self.services)
        except DATABASE_AWAY as error:
            log.warning("asked for no work, the database is away: %s", type(error).__name__)

    def drain(self) -> None:
        """Begin nothing more. What is in hand after `DRAIN_SECONDS` is given back, and the process ends."""
        self.process.stop()
        threading.Thread(target=self._cut_off, name="drain", daemon=True).start()

    def _cut_off(self) -> None:
        # A part that waits for storage, or a broker that went silent, may hold the main thread for minutes.
        time.sleep(DRAIN_SECONDS)
        log.warning("still at work %g s after the request to stop: giving it back", DRAIN_SECONDS)
        give_back = threading.Thread(target=self._give_back, daemon=True)
        give_back.start()
        give_back.join(_GIVE_BACK_SECONDS)
        os._exit(0)

    def _give_back(self) -> None:
        give_back_process(self.services, self.process.host, self.process.pid)

    def close(self) -> None:
        self._closing.set()
        self.process.unregister(self.services)
        self.services.close()

    def _repeat(self, name: str, seconds: float, action: Callable[[], None]) -> None:
        def loop() -> None:
            while not self._closing.wait(seconds):
                try:
                    action()
                except (SQLAlchemyError, CoreError, OSError) as error:
                    log.warning("%s: %s; trying again", name, type(error).__name__)

        threading.Thread(target=loop, name=name, daemon=True).start()
