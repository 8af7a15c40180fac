"""A part is made only by a worker of the engine version of its recipe: another could give other bytes.

While a deploy replaces workers, both versions take slots from the same queues. A slot for a job of the
other version is passed on after a moment; a job whose version has no worker left waits for one to come
back, and fails when none did.
"""

from __future__ import annotations

import time

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import db_now, models
from synthmill.app.core.jobs.state import JobState
from synthmill.app.core.services import Services
from synthmill.generators.version import ENGINE_VERSION

WORKER_SILENCE = 10.0
"""Seconds without a heartbeat after which a worker is not counted on."""
_PASS_ON_SECONDS = 0.1
"""A slot that two versions hand to and fro costs each so little."""
_AT_ONCE = 100

Job, Worker = models.Job, models.Worker


def matches_engine() -> ColumnElement[bool]:
    """Whether a job is for the engine version that is running."""
    return Job.engine == ENGINE_VERSION


def has_compatible_worker() -> ColumnElement[bool]:
    """Whether a worker of the job's engine version is alive."""
    return (
        select(Worker.id)
        .where(Worker.engine == Job.engine, Worker.heartbeat_at > db_now() - WORKER_SILENCE)
        .exists()
    )


def pass_on(services: Services, job_id: str) -> None:
    """Hand a slot for a job of another engine version back, if that version has workers."""
    time.sleep(_PASS_ON_SECONDS)
    with services.db.read() as session:
        queue = session.execute(
            select(Job.queue).where(Job.id == job_id, has_compatible_worker())
        ).scalar_one_or_none()
    if queue is not None:
        services.queue.wake(job_id, queue)


def unmanned_too_long(session: Session, seconds: float) -> list[tuple[str, str, str]]:
    """(job, workspace, engine version) of jobs to work on whose version has had no worker for so long.

    Also notes since when that is so; time in which nobody sweeps doesn't count unless it had begun.
    """
    waiting = Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    session.execute(
        update(Job)
        .where(waiting, Job.unmanned_since.is_not(None), has_compatible_worker())
        .values(unmanned_since=None)
    )
    session.execute(
        update(Job)
        .where(waiting, Job.unmanned_since.is_(None), ~has_compatible_worker())
        .values(unmanned_since=db_now())
    )
    rows = session.execute(
        select(Job.id, Job.workspace_id, Job.engine)
        .where(waiting, Job.unmanned_since < db_now() - seconds)
        .limit(_AT_ONCE)
    )
    return [(job.id, job.workspace_id, job.engine) for job in rows]
