"""The worker of tests that have none: it works when a test says so, in the test's own process."""

from __future__ import annotations

from typing import Any

from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.services import Services


class Work:
    """Called, it works slots off until none is asked for; first those of the jobs that are named."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.worker = WorkerProcess()
        self.worker.register(services)

    def __call__(self, *job_ids: str) -> None:
        queue: Any = self._services.queue  # A RecordingQueue.
        queue.slots += job_ids
        while queue.slots:
            work_slot(self._services, queue.slots.pop(0), self.worker)
