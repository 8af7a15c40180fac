"""The parts in a worker's hand, one after the other, and reports of the one in work."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, load_only
from sqlalchemy.sql.dml import ReturningUpdate

from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.execution.leases import AbandonedError, Claim, ClaimBatch, LeaseLostError
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.ids import timestamp
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.state import JobState, job_progress
from synthmill.app.core.resources import check_memory
from synthmill.app.core.services import Services

Job, Part = models.Job, models.Part

_PULSE_SECONDS = 0.5
_DRAIN_SECONDS = 5.0
"""A worker that has been asked to stop works at most so much longer on the part in hand."""

ONLY_PROGRESS = load_only(
    Job.state, Job.deleted, Job.rows_done, Job.rows_total, Job.parts_done, Job.parts_total,
    Job.stage, Job.stage_units, Job.stage_units_done, Job.stage_began,
    Job.running_since, Job.ran_seconds, Job.progress_at, Job.waiting_for,
)  # fmt: skip
"""A job without its recipe, which may be long."""


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


@built_once
def _block_begun(job_id: str, number: int, attempt: int, block: int | None) -> ReturningUpdate[int]:
    own = (Part.job_id == job_id) & (Part.number == number) & (Part.attempt == attempt)
    return (
        update(Part)
        .where(own, Part.state == "running")
        .values(begun=True, begun_block=block)
        .returning(Part.number)
    )


def begin_block(services: Services, claim: Claim, block: int | None) -> None:
    """Write down which block of a part is begun (None: none yet), for a part that has lost a worker before.

    Raises LeaseLostError.
    """
    with services.db.write() as session:
        kept = session.execute(*_block_begun(claim.job_id, claim.number, claim.attempt, block)).one_or_none()
    if kept is None:
        raise _lost(claim)


@built_once
def _progress(job_id: str) -> Select[models.Job, float]:
    return select(Job, db_now()).options(ONLY_PROGRESS).where(Job.id == job_id)


def pulse(services: Services, batch: ClaimBatch, units: int) -> None:
    """Say how far the part in work is, to its watchers too, and learn how the job is.

    Raises LeaseLostError or AbandonedError where the part need not be finished.
    """
    claim = batch.at
    assert claim is not None
    with services.db.write() as session:
        if not batch.renew_with(session, units):
            raise _lost(claim)
        job, now = session.execute(*_progress(claim.job_id)).one()
        if job.deleted or job.state not in (JobState.RUNNING, JobState.PAUSED):
            raise AbandonedError(f"{claim.job_id} is {job.state}")
        data = job_progress(job, units_in_hand(session, job.id), now)
        # Not stored: it has no number.
        events.announce(
            session, claim.workspace_id, events.Event(job.id, None, "progress", timestamp(now), data)
        )


def _lost(claim: Claim) -> LeaseLostError:
    return LeaseLostError(f"part {claim.number} of {claim.job_id} was given to another worker")


def units_in_hand(session: Session, job_id: str) -> int:
    """Units done of parts that aren't done yet."""
    return int(session.execute(*_rows_in_hand(job_id)).scalar_one())


@built_once
def _rows_in_hand(job_id: str) -> Select[int]:
    made = func.coalesce(func.sum(Part.rows_made), 0)
    return select(made).where(Part.job_id == job_id, Part.state == "running")
