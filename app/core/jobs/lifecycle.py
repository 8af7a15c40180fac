"""What an owner can do with a job. Each verb is one conditional UPDATE: who changes the row wins."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import ConflictError, NotFoundError, StorageError
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.cleanup import clean
from synthmill.app.core.jobs.kind import job_kind
from synthmill.app.core.jobs.queries import JobView, get_job, require_job
from synthmill.app.core.jobs.state import ACTIVE, JobState
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.jobs.waiting import NO_LONGER
from synthmill.app.core.jobs.workers import wake
from synthmill.app.core.services import Services

Job = models.Job


def pause(services: Services, principal: Principal, job_id: str) -> JobView:
    """Claim no further part; those in hand are finished. Pausing a paused job changes nothing."""
    finalising = Job.finalise_until > db_now()
    values: dict[str, Any] = {"state": JobState.PAUSED, "running_since": None, "ran_seconds": _ran_seconds()}
    changed = _move(
        services,
        principal,
        job_id,
        where=Job.state.in_((JobState.QUEUED, JobState.RUNNING)) & ~func.coalesce(finalising, False),
        values=values,
        event="paused",
    )
    if not changed:
        _unless(services, principal, job_id, JobState.PAUSED, "can't be paused")
    return get_job(services, principal, job_id)


def resume(services: Services, principal: Principal, job_id: str) -> JobView:
    """Go on where the job was paused. Resuming a job that isn't paused but active changes nothing."""
    with services.db.read() as session:
        started = require_job(session, principal, job_id).started_at is not None
    changed = _move(
        services,
        principal,
        job_id,
        where=Job.state == JobState.PAUSED,
        values={
            "state": JobState.RUNNING if started else JobState.QUEUED,
            "running_since": db_now() if started else None,
        },
        event="resumed",
        wakes=True,
    )
    if not changed:
        _unless(services, principal, job_id, JobState.RUNNING, "can't be resumed", also=JobState.QUEUED)
    return get_job(services, principal, job_id)


def stop(services: Services, principal: Principal, job_id: str) -> JobView:
    """End the job now: parts in hand are abandoned, its files removed. Stopping it again changes nothing."""
    changed = _move(
        services,
        principal,
        job_id,
        where=Job.state.in_(ACTIVE),
        values={
            "state": JobState.CANCELLED,
            "running_since": None,
            "ran_seconds": _ran_seconds(),
            "finished_at": db_now(),
        },
        event="shutdown",
    )
    if changed:
        _clean_if_possible(services, job_id)
    else:
        _unless(services, principal, job_id, JobState.CANCELLED, "can't be stopped")
    return get_job(services, principal, job_id)


def retry(services: Services, principal: Principal, job_id: str) -> JobView:
    """Begin a failed or cancelled job again: the same request under the same id.

    Raises InvalidRequestError where an upload that it needs was removed meanwhile.
    """
    with services.db.read() as session:
        job = require_job(session, principal, job_id)
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        raise ConflictError(f"the job is {job.state}; only a failed or cancelled one can be retried")
    clean(services, job_id)
    with services.db.write(durable=True) as session:
        reset = session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == job.state, Job.cleaned, ~Job.deleted)
            .values(
                state=JobState.QUEUED,
                cleaned=False,
                parts_done=0,
                rows_done=0,
                bytes_done=0,
                ran_seconds=0.0,
                started_at=None,
                finished_at=None,
                finalise_until=None,
                **NO_LONGER,
                run=Job.run + 1,
                error=None,
                first_attempt=select(func.max(models.Part.attempt))
                .where(models.Part.job_id == job_id)
                .scalar_subquery(),
            )
            .returning(Job)
            .execution_options(populate_existing=True)
        ).scalar_one_or_none()
        if reset is None:
            raise ConflictError("the job's parts are still being given up", "try again in a moment")
        session.execute(
            update(models.Part)
            .where(models.Part.job_id == job_id)
            .values(state="pending", errors=0, losses=0, block_losses=None, not_before=0.0, size=None)
        )
        job_kind(reset.kind).reset(session, reset)
        parts = session.execute(select(Job.parts_total).where(Job.id == job_id)).scalar_one()
        events.append(session, job_id, "init", {"total": reset.rows_total, "parts": parts, "retry": True})
        wake(session, job_id)
    return get_job(services, principal, job_id)


def clone(services: Services, principal: Principal, job_id: str) -> JobView:
    """A new job with the same request; what the first one drew, such as a seed, included."""
    with services.db.read() as session:
        job = require_job(session, principal, job_id)
    return submit(services, principal, job_kind(job.kind).submission_of(job))[0]


def delete(services: Services, principal: Principal, job_id: str) -> None:
    """Stop the job if it is active, and remove it with its dataset, files and events.

    When this returns nobody sees it any more. Files that storage can't remove now go when it can.
    """
    with services.db.write(durable=True) as session:
        mine = (Job.id == job_id) & (Job.workspace_id == principal.workspace_id) & ~Job.deleted
        job = session.execute(select(Job.state).where(mine).with_for_update()).one_or_none()
        if job is None:
            raise NotFoundError("job", job_id)
        if job.state in ACTIVE:
            session.execute(
                update(Job)
                .where(Job.id == job_id)
                .values(state=JobState.CANCELLED, running_since=None, finished_at=db_now())
            )
            events.append(session, job_id, "shutdown", {"deleted": True})
        session.execute(update(Job).where(Job.id == job_id).values(deleted=True, cleaned=False))
    _clean_if_possible(services, job_id)


def _clean_if_possible(services: Services, job_id: str) -> None:
    """Clear away now what the sweeper would come for; where storage is away it does, later."""
    with suppress(StorageError):
        clean(services, job_id)


def _ran_seconds() -> ColumnElement[float]:
    return Job.ran_seconds + func.coalesce(db_now() - Job.running_since, 0.0)


def _move(
    services: Services,
    principal: Principal,
    job_id: str,
    *,
    where: ColumnElement[bool],
    values: dict[str, Any],
    event: str,
    wakes: bool = False,
) -> bool:
    """Change the job if it is in the state that `where` says, with its event; whether it was.

    `wakes`: there is work to do then.
    """
    with services.db.write() as session:
        require_job(session, principal, job_id)
        row = session.execute(
            update(Job)
            .where(Job.id == job_id, ~Job.deleted, where)
            .values(**values)
            .returning(Job.rows_done, Job.rows_total, Job.state)
        ).one_or_none()
        if row is None:
            return False
        data = {"current": row.rows_done, "total": row.rows_total, "state": row.state}
        events.append(session, job_id, event, data)
        if wakes:
            wake(session, job_id)
    return True


def _unless(
    services: Services,
    principal: Principal,
    job_id: str,
    wanted: JobState,
    cannot: str,
    also: JobState | None = None,
) -> None:
    """Nothing changed: fine where the job is as wanted already, else a ConflictError saying how it is."""
    job = get_job(services, principal, job_id)
    if job.state not in (wanted, also):
        phase = f" ({job.phase})" if job.phase else ""
        raise ConflictError(f"the job is {job.state}{phase} and {cannot}")
