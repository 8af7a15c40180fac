"""How many slots a job should have, and asking for those it lacks."""

from __future__ import annotations

from sqlalchemy import ColumnElement, ScalarSelect, func, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import db_now, models
from synthmill.app.core.jobs.compatibility import WORKER_SILENCE, matches_engine
from synthmill.app.core.jobs.state import JobState
from synthmill.app.core.messaging.outbox import outbox
from synthmill.app.core.services import Services

_AT_ONCE = 50

Job, Part = models.Job, models.Part


def wake(session: Session, job_id: str) -> None:
    """Ask for as many slots as the job can use: pending parts, but no more than workers and one.

    Counted in this transaction, asked for when it is committed.
    """
    row = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
        .values(woken_at=db_now())
        .returning(Job.queue, Job.max_parallel, Job.parts_done, Job.parts_total)
    ).one_or_none()
    if row is None:
        return
    claimable = (Part.state == "pending") & (Part.not_before <= db_now())
    pending, running, workers = session.execute(
        select(parts_of(job_id, claimable), parts_of(job_id, Part.state == "running"), live_workers())
    ).one()
    wanted = min(row.max_parallel - running, pending, workers + 1)
    if row.parts_done == row.parts_total:
        wanted = 1  # Whoever gets it puts the parts' results together.
    if wanted > 0:
        outbox(session).slots.append((job_id, row.queue, wanted))


def wake_all(services: Services) -> None:
    """Ask for slots for the jobs under way: a worker that has just come gets its share at once."""
    with services.db.read() as session:
        jobs = session.execute(
            select(Job.id)
            .where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)), matches_engine())
            .limit(_AT_ONCE)
        ).scalars().all()  # fmt: skip
    for job_id in jobs:
        with services.db.write() as session:
            wake(session, job_id)


def live_workers() -> ScalarSelect[int]:
    """How many workers there are."""
    alive = models.Worker.heartbeat_at > db_now() - WORKER_SILENCE
    return select(func.count()).select_from(models.Worker).where(alive).scalar_subquery()


def parts_of(job_id: str, which: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many of a job's parts are such."""
    return select(func.count()).select_from(Part).where(Part.job_id == job_id, which).scalar_subquery()
