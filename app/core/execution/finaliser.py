"""What follows when all parts of a job are done: its kind puts together what they gave.

Finalising is leased and fenced like a part, and can be begun again at any point: what a kind stores before
the last transaction must do no harm twice.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.execution.instrumentation import tracked_finalising
from synthmill.app.core.execution.leases import AbandonedError
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.kind import Completed, MoreParts, add_parts, job_kind
from synthmill.app.core.jobs.state import JobState, job_progress, seconds_run
from synthmill.app.core.jobs.waiting import NO_LONGER
from synthmill.app.core.jobs.workers import matches_engine, wake
from synthmill.app.core.services import Services

_CHECK_SECONDS = 0.5
_TRIES = 5
"""At the last transaction, where another job's takes what this one's was about to."""

log = logging.getLogger(__name__)

Job = models.Job


@dataclass(frozen=True)
class Finalising:
    """The lease of the worker that puts together what a job's parts gave."""

    job_id: str
    kind: str
    attempt: int
    lease_seconds: float
    _looked: list[float] = field(default_factory=lambda: [time.monotonic()], compare=False)

    @property
    def mine(self) -> ColumnElement[bool]:
        return _held(self.job_id, self.attempt)

    def renew(self, session: Session) -> None:
        session.execute(*_renewed(self.job_id, self.attempt, self.lease_seconds))

    def check(self, services: Services) -> None:
        """Raises AbandonedError, now and then when it is called, once the job has ended or is another's."""
        if time.monotonic() - self._looked[0] >= _CHECK_SECONDS:
            self._looked[0] = time.monotonic()
            with services.db.read() as session:
                if session.execute(*_held_job(self.job_id, self.attempt)).one_or_none() is None:
                    raise self.lost()

    def lost(self) -> AbandonedError:
        return AbandonedError(f"{self.job_id} has ended, or is finalised elsewhere")


def _held(job_id: str, attempt: int) -> ColumnElement[bool]:
    return (Job.id == job_id) & (Job.finalise_attempt == attempt) & (Job.state == JobState.RUNNING)


@built_once
def _held_job(job_id: str, attempt: int) -> Select[str]:
    return select(Job.id).where(_held(job_id, attempt))


@built_once
def _renewed(job_id: str, attempt: int, lease: float) -> Update:
    return update(Job).where(_held(job_id, attempt)).values(finalise_until=db_now() + lease)


@built_once
def _claimed(job_id: str, worker: str, lease: float) -> ReturningUpdate[str, int]:
    return (
        update(Job)
        .where(
            Job.id == job_id,
            Job.state == JobState.RUNNING,
            Job.deleted.is_(False),
            matches_engine(),
            Job.hold_until <= db_now(),
            Job.parts_done == Job.parts_total,
            func.coalesce(Job.finalise_until, 0.0) < db_now(),
        )
        .values(finalise_attempt=Job.finalise_attempt + 1, finalise_until=db_now() + lease, finaliser=worker)
        .returning(Job.kind, Job.finalise_attempt)
    )


def claim_finalising(services: Services, job_id: str, worker: str) -> Finalising | None:
    """The lease, if all parts of the running job are done and nobody else has it."""
    lease = services.settings.lease_seconds
    with services.db.write() as session:
        row = session.execute(*_claimed(job_id, worker, lease)).one_or_none()
    return None if row is None else Finalising(job_id, row.kind, row.finalise_attempt, lease)


@tracked_finalising
def finalise(services: Services, lease: Finalising) -> None:
    """Complete the job, or add the parts that follow from those that are done.

    Raises AbandonedError where it has ended meanwhile or the lease was lost.
    """
    ending = job_kind(lease.kind).finish(services, lease)
    if isinstance(ending, Completed):
        _complete(services, lease, ending)
    elif ending is not None:
        _go_on(services, lease, ending)


def _complete(services: Services, lease: Finalising, ending: Completed) -> None:
    for _ in range(_TRIES):
        try:
            with services.db.write(durable=True) as session:
                _record(session, lease, ending)
        except IntegrityError:
            continue
        log.info("job completed")
        return
    raise AbandonedError(f"what {lease.job_id} made couldn't be recorded beside what other jobs record")


def _record(session: Session, lease: Finalising, ending: Completed) -> None:
    completed = _completed(lease.job_id, lease.attempt, not ending.leftovers)
    job = session.execute(*completed).scalar_one_or_none()
    if job is None:
        raise lease.lost()
    result = ending.record(session, job)
    now = session.execute(*_given(job.id, result)).scalar_one()
    events.append(session, job.id, "complete", {**job_progress(job, 0, now), **result, **ending.event_data})


@built_once
def _completed(job_id: str, attempt: int, cleaned: bool) -> ReturningUpdate[models.Job]:
    return (
        update(Job)
        .where(_held(job_id, attempt))
        .values(
            state=JobState.COMPLETED,
            finished_at=db_now(),
            running_since=None,
            ran_seconds=Job.ran_seconds + func.coalesce(db_now() - Job.running_since, 0.0),
            finalise_until=None,
            cleaned=cleaned,
            **NO_LONGER,
        )
        .returning(Job)
    )


@built_once
def _given(job_id: str, result: dict[str, Any]) -> ReturningUpdate[float]:
    return update(Job).where(Job.id == job_id).values(result=result).returning(db_now())


def _go_on(services: Services, lease: Finalising, ending: MoreParts) -> None:
    """Add the parts that follow, and have workers begin them."""
    units = sum(part.units for part in ending.parts)
    with services.db.write() as session:
        job = session.execute(select(Job).where(lease.mine).with_for_update()).scalar_one_or_none()
        if job is None:
            raise lease.lost()
        ending.record(session, job)
        add_parts(session, job.id, ending.parts, ending.stage, job.parts_total, job.first_attempt)
        now = session.execute(select(db_now())).scalar_one()
        session.execute(
            update(Job)
            .where(Job.id == job.id)
            .values(
                parts_total=Job.parts_total + len(ending.parts),
                stage=ending.stage,
                stage_units=0 if ending.stage is None else units,
                stage_units_done=0,
                stage_began=seconds_run(job, now),
                finalise_until=None,
                **NO_LONGER,
            )
        )
        data = {"stage": ending.stage, "total": units, "parts": len(ending.parts), **ending.event_data}
        events.append(session, job.id, "stage", data)
        wake(session, job.id)
