"""How many of everything there are, of all workspaces together: for metrics."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synthmill.app.core.db import db_now, models
from synthmill.app.core.jobs.state import ACTIVE, JobState
from synthmill.app.core.jobs.workers import live_workers
from synthmill.app.core.messaging.queue import QUEUES
from synthmill.app.core.observability import counters
from synthmill.app.core.services import Services
from synthmill.app.core.streams.state import PAUSED, RUNNING, has_ended


@dataclass(frozen=True)
class MetricsSnapshot:
    jobs: dict[str, int]
    """By state, every state named."""
    parts: dict[str, int]
    """By state, of unfinished jobs."""
    leases_run_out: int
    """Parts in hand of a worker that gives no sign of life, not yet given back."""
    workers: int
    """That gave a sign of life lately."""
    waiting: dict[str, int]
    """Slots not yet taken, by queue; empty while the broker can't be asked."""
    oldest: dict[str, float]
    """Seconds that the longest waiting of the queued jobs has waited, by queue; 0 where none waits."""
    counted: dict[str, int]
    """What all processes have counted since the database was made; see counters.py."""
    streams: dict[str, int]
    """Running and paused ones."""


def take_snapshot(services: Services) -> MetricsSnapshot:
    """As things are now; what this process has counted is in it."""
    with counters.taken() as counts:
        if counts:
            with services.db.write() as session:
                counters.store(session, counts)
    with services.db.read() as session:
        jobs = dict.fromkeys((str(state) for state in JobState), 0) | _jobs(session)
        parts = _parts(session)
        run_out = _leases_run_out(session)
        workers = session.execute(select(live_workers())).scalar_one()
        oldest = _oldest(session)
        counted = counters.read(session)
        streams = _streams(session)
    waiting = {queue: services.queue.waiting(queue) for queue in QUEUES}
    known = {queue: count for queue, count in waiting.items() if count is not None}
    return MetricsSnapshot(jobs, parts, run_out, workers, known, oldest, counted, streams)


def _leases_run_out(session: Session) -> int:
    return session.execute(
        select(func.count())
        .select_from(models.Part)
        .where(models.Part.state == "running", models.Part.lease_until < db_now())
    ).scalar_one()


def _oldest(session: Session) -> dict[str, float]:
    rows = session.execute(
        select(models.Job.queue, func.max(db_now() - models.Job.created_at))
        .where(models.Job.state == JobState.QUEUED, models.Job.deleted.is_(False))
        .group_by(models.Job.queue)
    )
    return dict.fromkeys(QUEUES, 0.0) | {queue: float(seconds) for queue, seconds in rows}


def _streams(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(models.Stream.state, func.count())
        .where(~has_ended(), models.Stream.state.in_((RUNNING, PAUSED)))
        .group_by(models.Stream.state)
    )
    return dict.fromkeys((RUNNING, PAUSED), 0) | dict(rows.all())


def _jobs(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(models.Job.state, func.count()).where(models.Job.deleted.is_(False)).group_by(models.Job.state)
    )
    return dict(rows.all())


def _parts(session: Session) -> dict[str, int]:
    rows = session.execute(
        select(models.Part.state, func.count())
        .join(models.Job, models.Job.id == models.Part.job_id)
        .where(models.Job.state.in_(ACTIVE), models.Job.deleted.is_(False))
        .group_by(models.Part.state)
    )
    return dict.fromkeys(("pending", "running", "done"), 0) | dict(rows.all())
