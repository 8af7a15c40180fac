"""A job's workers: which may make its parts, what it lacks where none may, and how many slots it should have.

A part is made only by a worker of its recipe's engine version that has the plugins which its job needs
(another could give other bytes, or none) and takes slots from its job's queue.

While a deploy replaces workers, both versions take slots from the same queues. A slot for a job of the
other version is passed on after a moment; a job whose version has no worker left waits for one to come
back, and fails when none did.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.state import JobState
from synthmill.app.core.messaging.outbox import outbox
from synthmill.app.core.services import Services
from synthmill.generators.engine.registry import plugins
from synthmill.generators.version import ENGINE_VERSION

WORKER_SILENCE = 10.0
"""Seconds without a heartbeat after which a worker is not counted on."""
_PASS_ON_SECONDS = 0.1
"""A slot that two versions hand to and fro costs each so little."""
_AT_ONCE = 100
_WOKEN_AT_ONCE = 50

Job, Part, Worker = models.Job, models.Part, models.Worker
JobPlugin, WorkerPlugin = models.JobPlugin, models.WorkerPlugin

_ACTIVE = Job.state.in_((JobState.QUEUED, JobState.RUNNING))


@dataclass(frozen=True)
class Lack:
    """What a job waits for, as part of a sentence (`no worker of engine version 2`), and the fix."""

    reason: str
    fix: str


@cache
def plugins_here() -> tuple[str, ...]:
    """What of plugins this process can use. Imports them, and the engine where there are any."""
    if not plugins():
        return ()
    from synthmill.generators.plugins import usable_plugins

    return tuple(usable_plugins())


def matches_engine() -> ColumnElement[bool]:
    """Whether a job is for the engine version that is running, and for no plugin that isn't here."""
    # Asked when it is executed: a statement with it may be built before plugins are looked for.
    usable: BindParameter[str] = bindparam(
        "usable", callable_=lambda: plugins_here(), unique=True, expanding=True
    )
    missing = select(JobPlugin.job_id).where(JobPlugin.job_id == Job.id, JobPlugin.plugin.not_in(usable))
    engine: BindParameter[str] = bindparam("engine_here", callable_=lambda: ENGINE_VERSION, unique=True)
    return (Job.engine == engine) & ~missing.correlate(Job).exists()


def has_compatible_worker(of_its_queue: bool = True) -> ColumnElement[bool]:
    """Whether a worker of the job's engine version that has its plugins is alive, and works its queue."""
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
            _works_its_queue() if of_its_queue else true(),
        )
        .correlate(Job)
        .exists()
    )


def _works_its_queue() -> ColumnElement[bool]:
    comma = literal(",")
    queues: ColumnElement[str] = comma + Worker.queues + comma
    return queues.contains(comma + Job.queue + comma)


def pass_on(services: Services, job_id: str) -> None:
    """Hand a slot for a job that isn't made here back, if there are workers that can make it."""
    time.sleep(_PASS_ON_SECONDS)
    with services.db.read() as session:
        queue = session.execute(
            select(Job.queue).where(Job.id == job_id, has_compatible_worker())
        ).scalar_one_or_none()
    if queue is not None:
        services.queue.wake(job_id, queue)


def note_waiting(session: Session) -> None:
    """Note which jobs no living worker can do, and since when; their watchers hear what each waits for.

    Time in which nobody calls this doesn't count unless it had begun.
    """
    session.execute(
        update(Job)
        .where(_ACTIVE, Job.unmanned_since.is_not(None), has_compatible_worker())
        .values(unmanned_since=None)
    )
    waiting = session.execute(
        update(Job)
        .where(_ACTIVE, Job.unmanned_since.is_(None), ~has_compatible_worker())
        .values(unmanned_since=db_now())
        .returning(Job.id)
    ).scalars().all()  # fmt: skip
    for job_id, lack in lacking(session, waiting).items():
        events.append(session, job_id, "waiting", {"reason": f"there is {lack.reason}", "fix": lack.fix})


def waiting_too_long(session: Session, seconds: float) -> list[tuple[str, Lack]]:
    """Jobs that no worker could do for so long, with what they lack."""
    jobs = session.execute(
        select(Job.id).where(_ACTIVE, Job.unmanned_since < db_now() - seconds).limit(_AT_ONCE)
    ).scalars().all()  # fmt: skip
    return list(lacking(session, jobs).items())


def lacking(session: Session, jobs: Sequence[str]) -> dict[str, Lack]:
    """Of these jobs those that no living worker can do, with what they lack."""
    if not jobs:
        return {}
    found = session.execute(*_unmanned(list(jobs))).all()
    if not found:
        return {}
    plugins: dict[str, list[str]] = {}
    for job_id, plugin in session.execute(
        select(JobPlugin.job_id, JobPlugin.plugin).where(JobPlugin.job_id.in_([job.id for job in found]))
    ):
        plugins.setdefault(job_id, []).append(plugin)
    return {
        job.id: _lack(job.engine, plugins.get(job.id, []), job.queue if job.elsewhere else None)
        for job in found
    }


@built_once
def _unmanned(jobs: Sequence[str]) -> Select[str, str, str, bool]:
    elsewhere = has_compatible_worker(of_its_queue=False).label("elsewhere")
    return select(Job.id, Job.engine, Job.queue, elsewhere).where(
        Job.id.in_(jobs), _ACTIVE, ~has_compatible_worker()
    )


def _lack(engine: str, plugins: Sequence[str], queue: str | None) -> Lack:
    """`queue`: the job's, where there are workers that could make it, but only of others."""
    of_queue = "" if queue is None else f" of the queue {queue}"
    if plugins:
        requirements = sorted({plugin.split(" ")[0] for plugin in plugins})
        return Lack(
            f"no worker{of_queue} that can use {' and '.join(requirements)}",
            f"pip install {' '.join(requirements)} where workers{of_queue} run, and start them again",
        )
    if queue is not None:
        return Lack(
            f"no worker{of_queue}",
            f"start one: synthmill worker, or python -m synthmill.workers --queues {queue}",
        )
    return Lack(f"no worker of engine version {engine}", f"start one with engine version {engine}")


@built_once
def _woken(job_id: str) -> ReturningUpdate[str, int, int, int]:
    return (
        update(Job)
        .where(Job.id == job_id, _ACTIVE)
        .values(woken_at=db_now())
        .returning(Job.queue, Job.max_parallel, Job.parts_done, Job.parts_total)
    )


@built_once
def _claimable_running_workers(job_id: str) -> Select[int, int, int]:
    claimable = (Part.state == "pending") & (Part.not_before <= db_now())
    return select(parts_of(job_id, claimable), parts_of(job_id, Part.state == "running"), live_workers())


def wake(session: Session, job_id: str) -> None:
    """Ask for as many slots as the job can use: pending parts, but no more than workers and one.

    Counted in this transaction, asked for when it is committed.
    """
    row = session.execute(*_woken(job_id)).one_or_none()
    if row is None:
        return
    pending, running, workers = session.execute(*_claimable_running_workers(job_id)).one()
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
            .where(_ACTIVE, matches_engine())
            .limit(_WOKEN_AT_ONCE)
        ).scalars().all()  # fmt: skip
    for job_id in jobs:
        with services.db.write() as session:
            wake(session, job_id)


def live_workers() -> ScalarSelect[int]:
    """How many workers there are."""
    alive = Worker.heartbeat_at > db_now() - WORKER_SILENCE
    return select(func.count()).select_from(Worker).where(alive).scalar_subquery()


def parts_of(job_id: str, which: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many of a job's parts are such."""
    return select(func.count()).select_from(Part).where(Part.job_id == job_id, which).scalar_subquery()
