"""A job that storage, or a disk, takes nothing of: what it waits for, since when, and when it tries again."""

from __future__ import annotations

from sqlalchemy import select, update

from synthmill.app.core.db import db_now, models
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.state import ACTIVE
from synthmill.app.core.services import Services

NO_LONGER = {"waiting_for": None, "waiting_since": None, "hold_until": 0.0}
"""Of the row of a job of which storage has taken something."""

_SHORTEST_HOLD, _LONGEST_HOLD = 1.0, 15.0
"""Seconds between two tries: as many as the job has waited, within these."""

Job = models.Job


def wait_for_storage(services: Services, job_id: str, reason: str) -> None:
    """Storage refused something of the job: it tries again after a while, with one part."""
    fix = "check that the store has room and that its key may write; the job then resumes by itself"
    _note(services, job_id, reason, fix, _SHORTEST_HOLD, _LONGEST_HOLD)


def wait_for_disk(services: Services, job_id: str) -> None:
    """The disk guard lets nothing be begun: every slot checks again, which costs nothing."""
    # The folder's name goes into the log alone.
    fix = "free space there; the job then resumes by itself"
    _note(services, job_id, "the server's disk is full", fix, 0.0, 0.0)


def _note(services: Services, job_id: str, reason: str, fix: str, least: float, most: float) -> None:
    """The job's watchers hear it when waiting begins. Nothing is counted against its parts."""
    with services.db.write() as session:
        job = session.execute(
            select(Job.waiting_for, Job.waiting_since, db_now().label("now"))
            .where(Job.id == job_id, Job.state.in_(ACTIVE))
            .with_for_update()
        ).one_or_none()
        if job is None:
            return
        since = job.now if job.waiting_since is None else job.waiting_since
        wait = min(max(job.now - since, least), most)
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(waiting_for=f"{reason}: {fix}", waiting_since=since, hold_until=job.now + wait)
        )
        if job.waiting_for is None:
            events.append(session, job_id, "waiting", {"reason": reason, "fix": fix})
