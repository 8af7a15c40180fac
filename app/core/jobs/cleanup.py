"""Clearing away what an ended job left in storage, and all of a deleted one."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Delete, Select, Update, delete, func, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.jobs.object_keys import job_prefix, pieces_prefix, stages_prefix
from synthmill.app.core.jobs.state import ENDED, JobState
from synthmill.app.core.services import Services

_LEASES = 2.0
"""Clearing away may take so many of a part's leases before another worker takes the first for dead;
twice does no harm."""

Job, Part = models.Job, models.Part


def unclean() -> ColumnElement[bool]:
    """Whether anything of a job is to be cleared away. A deleted one goes whatever else its row says."""
    return or_(Job.deleted, ~Job.cleaned)


def clean(services: Services, job_id: str) -> bool:
    """Whether nothing is left to clear away. False while a part is still in hand: try again later.

    Raises StorageError, and the next worker after this call's lease tries again.
    """
    lease = _LEASES * services.settings.lease_seconds
    with services.db.write() as session:
        job = session.execute(*_begun(job_id, lease)).one_or_none()
        if job is None:
            return session.execute(*_unclean_job(job_id)).one_or_none() is None
    keep_files = job.state == JobState.COMPLETED and not job.deleted
    gone = [pieces_prefix(job_id), stages_prefix(job_id)] if keep_files else [job_prefix(job_id)]
    for prefix in gone:
        services.storage.delete_prefix(prefix)
    with services.db.write() as session:
        if job.deleted:
            session.execute(*_removal(job_id, job.finalise_attempt))
            return True
        if session.execute(*_cleaned(job_id, job.finalise_attempt)).one_or_none() is not None:
            return True
        # Deleted since we began: there may be more to remove than we knew of, and its rows have to go.
        session.execute(*_given_up(job_id, job.finalise_attempt))
    return clean(services, job_id)


@built_once
def _begun(job_id: str, lease: float) -> ReturningUpdate[str, bool, int]:
    in_hand = (
        select(Part.number)
        .where(Part.job_id == job_id, Part.state == "running", Part.lease_until > db_now())
        .exists()
    )
    return (
        update(Job)
        .where(
            Job.id == job_id,
            Job.state.in_(ENDED),
            unclean(),
            ~in_hand,
            func.coalesce(Job.finalise_until, 0.0) < db_now(),
        )
        .values(finalise_until=db_now() + lease, finalise_attempt=Job.finalise_attempt + 1)
        .returning(Job.state, Job.deleted, Job.finalise_attempt)
    )


@built_once
def _unclean_job(job_id: str) -> Select[str]:
    return select(Job.id).where(Job.id == job_id, unclean())


@built_once
def _removal(job_id: str, attempt: int) -> Delete:
    return delete(Job).where(_still_mine(job_id, attempt))


@built_once
def _cleaned(job_id: str, attempt: int) -> ReturningUpdate[str]:
    return (
        update(Job)
        .where(_still_mine(job_id, attempt), ~Job.deleted)
        .values(cleaned=True, finalise_until=None)
        .returning(Job.id)
    )


@built_once
def _given_up(job_id: str, attempt: int) -> Update:
    return update(Job).where(_still_mine(job_id, attempt)).values(finalise_until=None)


def _still_mine(job_id: str, attempt: int) -> ColumnElement[bool]:
    """The lease under which it is cleared away."""
    return (Job.id == job_id) & (Job.finalise_attempt == attempt)
