"""A slot: one wake-up's worth of work for one job."""

from __future__ import annotations

import logging
import time

from sqlalchemy import Select, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from synthmill.app.core.db import DATABASE_AWAY, built_once, db_now, models
from synthmill.app.core.errors import StorageError
from synthmill.app.core.execution.leases import ClaimBatch, claim_parts
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs.cleanup import clean
from synthmill.app.core.jobs.state import ENDED, JobState
from synthmill.app.core.jobs.waiting import wait_for_disk
from synthmill.app.core.jobs.workers import matches_engine, pass_on
from synthmill.app.core.resources import shortage
from synthmill.app.core.services import Services

SLOT_SECONDS = 2.0
"""A slot works so long, or one part if that takes longer; then other jobs have their turn."""

BATCH_SECONDS = 1.0
"""Parts that take less are claimed, and recorded as done, several at a time."""
MOST_PARTS = 64
_GROWTH = 4

log = logging.getLogger(__name__)

Job, Part = models.Job, models.Part


def work_slot(services: Services, job_id: str, worker: WorkerProcess) -> None:
    """Make parts of the job for a while, put its files together if it was the last, or clear them away.

    Raises nothing that an outage or a lack of memory can cause: the sweeper asks for another slot.
    """
    try:
        _work_slot(services, job_id, worker)
    except DATABASE_AWAY as error:
        log.warning("slot for %s given up, the database is away: %s", job_id, type(error).__name__)
    except StorageError as error:
        log.warning("slot for %s given up: %s", job_id, error)
    except MemoryError:
        # One that reached Celery would take the whole worker down.
        log.warning("slot for %s given up: not enough memory", job_id)


def _work_slot(services: Services, job_id: str, worker: WorkerProcess) -> None:
    with services.db.write() as session:
        job = session.execute(*_woken(job_id)).one_or_none()
    if job is not None and not job.matches_engine and job.state not in ENDED:
        pass_on(services, job_id)
        return
    full = shortage(services)
    if full is not None:
        log.warning("slot for %s given up: %s", job_id, full)
        wait_for_disk(services, job_id)
        return
    began, most, worked = time.monotonic(), 1, False
    while worker.stopping_since() is None:
        claims = claim_parts(services, job_id, worker.id, most)
        if not claims:
            break
        worker.hold(ClaimBatch(claims))
        worked = True
        # The engine is imported with the first part in hand: so a new worker has it half a second sooner.
        from synthmill.app.core.execution.attempt import attempt_parts

        claimed = time.monotonic()
        try:
            attempt_parts(services, claims, worker)
        finally:
            worker.hold(None)
        now = time.monotonic()
        if now - began >= SLOT_SECONDS:
            break
        most = _next_most(len(claims), now - claimed)
    _what_next(services, job_id, worker, worked)


@built_once
def _woken(job_id: str) -> ReturningUpdate[bool, str]:
    return (
        update(Job)
        .where(Job.id == job_id)
        .values(woken_at=db_now())
        .returning(matches_engine().label("matches_engine"), Job.state)
    )


@built_once
def _to_do(job_id: str) -> Select[str, str, bool]:
    claimable = (
        select(Part.number)
        .where(Part.job_id == Job.id, Part.state == "pending", Part.not_before <= db_now())
        .exists()
    )
    return select(Job.state, Job.queue, claimable.label("claimable")).where(Job.id == job_id)


def _next_most(parts: int, seconds: float) -> int:
    """How many parts to claim next, after so many took so long; carefully, for the next may be longer."""
    return max(1, min(int(parts * BATCH_SECONDS / max(seconds, 1e-3)), _GROWTH * parts, MOST_PARTS))


def _what_next(services: Services, job_id: str, worker: WorkerProcess, worked: bool) -> None:
    with services.db.read() as session:
        job = session.execute(*_to_do(job_id)).one_or_none()
    if job is None:
        return
    if job.state in ENDED:
        clean(services, job_id)
    elif job.claimable and job.state != JobState.PAUSED:
        # A slot that got nothing, as the job has all that it may have at once, would go round and round.
        if worked or worker.stopping_since() is not None:
            services.queue.wake(job_id, job.queue)
    elif worker.stopping_since() is None:
        from synthmill.app.core.execution.attempt import attempt_finalising

        attempt_finalising(services, job_id, worker)
