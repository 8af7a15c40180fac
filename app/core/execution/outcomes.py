"""How parts end: done, given back, or failed. Like all that a claim allows, fenced on its attempt number."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, Update, bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.execution.hand import ONLY_PROGRESS, units_in_hand
from synthmill.app.core.execution.leases import AbandonedError, Claim, still_held
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.kind import Outcome, job_kind
from synthmill.app.core.jobs.state import JobState, job_progress
from synthmill.app.core.jobs.waiting import NO_LONGER
from synthmill.app.core.services import Services

ERRORS_ALLOWED = 3
"""A part that raises this often fails its job."""
LOSSES_ALLOWED = 10
"""A part whose worker dies this often at the same block fails its job."""
_PROGRESS_SECONDS = 0.2
"""Numbered progress events of a job are at least so far apart, except the last."""

Job, Part = models.Job, models.Part

Done = tuple[Claim, Outcome]


def finish(services: Services, done: Sequence[Done]) -> list[Claim]:
    """Record parts of one job as done, all at once; those that were given to another worker meanwhile.

    Raises AbandonedError, and records none, where the job has ended.
    """
    job_id = done[0][0].job_id
    with services.db.write() as session:
        job = session.execute(*_under_way(job_id)).scalar_one_or_none()
        if job is None:
            raise AbandonedError(f"{job_id} has ended")
        kept = _record(session, job_id, done)
        if kept:
            job_kind(kept[0][0].kind).record(session, kept)
        _count(session, job, kept)
    return [claim for claim, outcome in done if (claim, outcome) not in kept]


def _count(session: Session, job: models.Job, kept: Sequence[Done]) -> None:
    """Count parts as done: storage takes bytes. Say now and then how far the job is by that."""
    units = sum(claim.units for claim, _ in kept)
    if not kept:
        return
    # Of the row that is locked; the UPDATE below stores them.
    set_committed_value(job, "parts_done", job.parts_done + len(kept))
    of_units = "rows_done" if job.stage is None else "stage_units_done"
    set_committed_value(job, of_units, getattr(job, of_units) + units)
    size = sum(outcome.size for _, outcome in kept)
    counted = _counted(job.id, job.parts_done, job.rows_done, job.stage_units_done, size)
    now = session.execute(*counted).scalar_one()
    if (
        job.parts_done == job.parts_total
        or now - job.progress_at >= _PROGRESS_SECONDS
        or job.waiting_for is not None
    ):
        data = job_progress(job, units_in_hand(session, job.id), now)
        events.append(session, job.id, "progress", data)
        session.execute(*_said(job.id, now))


@built_once
def _under_way(job_id: str) -> Select[models.Job]:
    return (
        select(Job)
        .options(ONLY_PROGRESS)
        .where(Job.id == job_id, Job.state.in_((JobState.RUNNING, JobState.PAUSED)))
        .with_for_update()
    )


@built_once
def _counted(
    job_id: str, parts_done: int, rows_done: int, stage_units_done: int, size: int
) -> ReturningUpdate[float]:
    return (
        update(Job)
        .where(Job.id == job_id)
        .values(
            **NO_LONGER,
            parts_done=parts_done,
            rows_done=rows_done,
            stage_units_done=stage_units_done,
            bytes_done=Job.bytes_done + size,
        )
        .returning(db_now())
    )


@built_once
def _said(job_id: str, now: float) -> Update:
    return update(Job).where(Job.id == job_id).values(progress_at=now)


_DONE = (
    update(Part)
    .where(
        Part.job_id == bindparam("of_job"),
        Part.number == bindparam("of_number"),
        Part.attempt == bindparam("of_attempt"),
        Part.state == "running",
    )
    .values(state="done", rows_made=0, lease_until=None, size=bindparam("bytes"))
)


def _record(session: Session, job_id: str, done: Sequence[Done]) -> Sequence[Done]:
    """Those of the parts that were still ours, and now are done."""
    recorded = session.connection().execute(
        _DONE,
        [
            {
                "of_job": job_id,
                "of_number": claim.number,
                "of_attempt": claim.attempt,
                "bytes": outcome.size,
            }
            for claim, outcome in done
        ],
    )
    if recorded.rowcount == len(done):
        return done
    attempts = session.execute(
        select(Part.number, Part.attempt).where(
            Part.job_id == job_id,
            Part.number.in_([claim.number for claim, _ in done]),
            Part.state == "done",
        )
    ).all()
    ours = {(number, attempt) for number, attempt in attempts}
    return [(claim, outcome) for claim, outcome in done if (claim.number, claim.attempt) in ours]


def release(services: Services, claims: Sequence[Claim]) -> None:
    """Give parts back as if they had not been begun."""
    with services.db.write() as session:
        session.execute(
            update(Part)
            .where(still_held(claims))
            .values(state="pending", worker=None, lease_until=None, rows_made=0)
        )


def fail(services: Services, claim: Claim, reason: str) -> None:
    """The part raised: give it back, or fail the job when it has raised too often."""
    with services.db.write() as session:
        errors = session.execute(
            update(Part)
            .where(claim.mine)
            .values(state="pending", worker=None, lease_until=None, rows_made=0, errors=Part.errors + 1)
            .returning(Part.errors)
        ).scalar_one_or_none()
        if errors is not None and errors >= ERRORS_ALLOWED:
            fail_job(session, claim.job_id, f"{part_name(claim.number, claim.stage, claim.work)}: {reason}")


def refuse(services: Services, claim: Claim, reason: str) -> None:
    """What the job asks for can't be had, as shows in this part: another attempt would come to the same."""
    with services.db.write() as session:
        mine = session.execute(
            update(Part)
            .where(claim.mine)
            .values(state="pending", worker=None, lease_until=None, rows_made=0, errors=Part.errors + 1)
            .returning(Part.errors)
        ).scalar_one_or_none()
        if mine is not None:
            fail_job(session, claim.job_id, reason)


def part_name(number: int, stage: str | None, work: models.Work) -> str:
    """How a part is called in reasons: `part 3 (orders)`."""
    what = f"stage {stage}" if stage else str(work)
    return f"part {number} ({what})" if what else f"part {number}"


def fail_job(session: Session, job_id: str, reason: str) -> None:
    """Move an active job to failed, with its last event; one that has ended stays as it is."""
    job = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)))
        .values(state=JobState.FAILED, error=reason, running_since=None, finished_at=db_now())
        .returning(Job.rows_done, Job.rows_total)
    ).one_or_none()
    if job is not None:
        data = {"reason": reason, "current": job.rows_done, "total": job.rows_total}
        events.append(session, job_id, "error", data)
