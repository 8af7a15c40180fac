"""The parts in a worker's hand, one after the other, and reports of the one in work."""

from __future__ import annotations

import time
from collections.abc import Sequence

from synthmill.app.core.execution.leases import AbandonedError, Claim, ClaimBatch, begin_block, pulse
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.resources import check_memory
from synthmill.app.core.services import Services

_PULSE_SECONDS = 0.5
_DRAIN_SECONDS = 5.0
"""A worker that has been asked to stop works at most so much longer on the part in hand."""


class Hand:
    """Parts that were claimed together; the Report of the one in work (see jobs/kind.py).

    Which one that is follows from the pulse, twice a second, and from the heartbeat: it costs quick parts no
    transaction of their own. A part that has lost a worker is alone in its hand, and writes down each block.
    """

    def __init__(self, services: Services, claims: Sequence[Claim], worker: WorkerProcess) -> None:
        self._services, self._claims, self._worker = services, claims, worker
        self._batch = ClaimBatch(claims)
        self._reported = time.monotonic()

    def take(self, claim: Claim) -> None:
        """This one is in work from now on. Raises LeaseLostError."""
        self._batch = ClaimBatch(self._claims, claim)
        self._worker.hold(self._batch)
        self._write(None)

    def begins(self, block: int) -> None:
        self._write(block)

    def __call__(self, units: int) -> None:
        """The job's state is looked at here, and the worker's memory."""
        check_memory(self._services.settings.worker_memory_bytes)
        now, stopping = time.monotonic(), self._worker.stopping_since()
        if stopping is not None and now - stopping > _DRAIN_SECONDS:
            raise AbandonedError("this worker is stopping")
        if now - self._reported >= _PULSE_SECONDS:
            pulse(self._services, self._batch, units)
            self._reported = now

    def _write(self, block: int | None) -> None:
        claim = self._batch.at
        if claim is not None and claim.losses:
            begin_block(self._services, claim, block)
