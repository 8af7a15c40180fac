"""A part is made only by a worker of its recipe's engine version that has the plugins which its job needs:
another could give other bytes, or none.

While a deploy replaces workers, both versions take slots from the same queues. A slot for a job of the
other version is passed on after a moment; a job whose version has no worker left waits for one to come
back, and fails when none did.
"""

from __future__ import annotations

import time
from functools import cache

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import db_now, models
from synthmill.app.core.jobs.state import JobState
from synthmill.app.core.services import Services
from synthmill.generators.engine.registry import plugins
from synthmill.generators.version import ENGINE_VERSION

WORKER_SILENCE = 10.0
"""Seconds without a heartbeat after which a worker is not counted on."""
_PASS_ON_SECONDS = 0.1
"""A slot that two versions hand to and fro costs each so little."""
_AT_ONCE = 100

Job, Worker = models.Job, models.Worker
JobPlugin, WorkerPlugin = models.JobPlugin, models.WorkerPlugin


@cache
def plugins_here() -> tuple[str, ...]:
    """What of plugins this process can use. Imports them, and the engine where there are any."""
    if not plugins():
        return ()
    from synthmill.generators.plugins import usable_plugins

    return tuple(usable_plugins())


def matches_engine() -> ColumnElement[bool]:
    """Whether a job is for the engine version that is running, and for no plugin that isn't here."""
    missing = select(JobPlugin.job_id).where(
        JobPlugin.job_id == Job.id, JobPlugin.plugin.not_in(plugins_here())
    )
    return (Job.engine == ENGINE_VERSION) & ~missing.correlate(Job).exists()


def has_compatible_worker() -> ColumnElement[bool]:
    """Whether a worker of the job's engine version that has its plugins is alive."""
    has = select(WorkerPlugin.worker_id).where(
        WorkerPlugin.worker_id == Worker.id, WorkerPlugin.plugin == JobPlugin.plugin
    )
    missing = select(JobPlugin.job_id).where(
        JobPlugin.job_id == Job.id, ~has.correlate(Worker, JobPlugin).exists()
    )
    return (
        select(Worker.id)
        .where(
            Worker.engine == Job.engine,
            Worker.heartbeat_at > db_now() - WORKER_SILENCE,
            ~missing.correlate(Job, Worker).exists(),
        )
        .correlate(Job)
        .exists()
    )


def pass_on(services: Services, job_id: str) -> None:
    """Hand a slot for a job that isn't made here back, if there are workers that can make it."""
    time.sleep(_PASS_ON_SECONDS)
    with services.db.read() as session:
        queue = session.execute(
            select(Job.queue).where(Job.id == job_id, has_compatible_worker())
        ).scalar_one_or_none()
    if queue is not None:
        services.queue.wake(job_id, queue)


def unmanned_too_long(session: Session, seconds: float) -> list[tuple[str, str]]:
    """(job, engine version) of jobs to work on whose version has had no worker for so long.

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
        select(Job.id, Job.engine).where(waiting, Job.unmanned_since < db_now() - seconds).limit(_AT_ONCE)
    )
    return [(job.id, job.engine) for job in rows]
