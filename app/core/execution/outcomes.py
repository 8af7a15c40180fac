"""How parts end: done, given back, or failed. Like all that a claim allows, fenced on its attempt number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import db_now, models
from synthmill.app.core.execution.leases import ONLY_PROGRESS, AbandonedError, Claim, rows_in_hand, still_held
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.state import JobState, progress, seconds_run
from synthmill.app.core.services import Services

ERRORS_ALLOWED = 3
"""A part that raises this often fails its job."""
LOSSES_ALLOWED = 10
"""A part whose worker vanishes this often fails its job."""
_PROGRESS_SECONDS = 0.2
"""Numbered progress events of a job are at least so far apart, except the last."""

Job, Part = models.Job, models.Part


@dataclass(frozen=True)
class Made:
    """A part that is in storage: its size, etag (of an upload's piece) and packed blocks."""

    size: int
    etag: str | None
    blocks: bytes
    file_size: int | None = None
    """Size and root of the whole file, where the part is all of it; its sha256 where that is asked for."""
    file_root: str | None = None
    file_sha256: str | None = None
    profile: bytes | None = None
    """Its columns' profile, packed by synthmill.generators.datasets.profile."""


Done = tuple[Claim, Made]


def finish(services: Services, done: Sequence[Done]) -> list[Claim]:
    """Record parts of one job as done, all at once; those that were given to another worker meanwhile.

    Raises AbandonedError, and records none, where the job has ended.
    """
    job_id, workspace_id = done[0][0].job_id, done[0][0].workspace_id
    event = None
    with services.db.write() as session:
        job = session.execute(
            select(Job)
            .options(ONLY_PROGRESS)
            .where(Job.id == job_id, Job.state.in_((JobState.RUNNING, JobState.PAUSED)))
            .with_for_update()
        ).scalar_one_or_none()
        if job is None:
            raise AbandonedError(f"{job_id} has ended")
        kept = _record(session, job_id, done)
        rows_done = job.rows_done + sum(claim.rows for claim, _ in kept)
        parts_done = job.parts_done + len(kept)
        now = session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(
                parts_done=parts_done,
                rows_done=rows_done,
                bytes_done=Job.bytes_done + sum(made.size for _, made in kept),
            )
            .returning(db_now())
        ).scalar_one()
        if kept and (parts_done == job.parts_total or now - job.progress_at >= _PROGRESS_SECONDS):
            current = rows_done + rows_in_hand(session, job_id)
            data = progress(current, job.rows_total, seconds_run(job, now))
            event = events.append(session, job_id, "progress", data)
            session.execute(update(Job).where(Job.id == job_id).values(progress_at=now))
    if event is not None:
        events.publish(services.bus, workspace_id, event)
    return [claim for claim, made in done if (claim, made) not in kept]


def _record(session: Session, job_id: str, done: Sequence[Done]) -> Sequence[Done]:
    """Those of the parts that were still ours, and now are done."""
    recorded = session.connection().execute(
        update(Part)
        .where(
            Part.job_id == job_id,
            Part.number == bindparam("of_number"),
            Part.attempt == bindparam("of_attempt"),
            Part.state == "running",
        )
        .values(
            state="done",
            rows_made=0,
            lease_until=None,
            size=bindparam("size"),
            etag=bindparam("etag"),
            blocks=bindparam("blocks"),
            profile=bindparam("profile"),
        ),
        [
            {
                "of_number": claim.number,
                "of_attempt": claim.attempt,
                "size": made.size,
                "etag": made.etag,
                "blocks": made.blocks,
                "profile": made.profile,
            }
            for claim, made in done
        ],
    )
    if recorded.rowcount != len(done):
        attempts = session.execute(
            select(Part.number, Part.attempt).where(
                Part.job_id == job_id,
                Part.number.in_([claim.number for claim, _ in done]),
                Part.state == "done",
            )
        ).all()
        ours = {(number, attempt) for number, attempt in attempts}
        done = [(claim, made) for claim, made in done if (claim.number, claim.attempt) in ours]
    for claim, made in done:
        if made.file_root is not None:
            session.execute(
                update(models.File)
                .where(models.File.job_id == job_id, models.File.table == claim.table)
                .values(size=made.file_size, root=made.file_root, sha256=made.file_sha256)
            )
    return done


def release(services: Services, claims: Sequence[Claim], wait: float = 0.0) -> None:
    """Give parts back as if they had not been begun; nobody claims them for `wait` seconds."""
    with services.db.write() as session:
        session.execute(
            update(Part)
            .where(still_held(claims))
            .values(state="pending", worker=None, lease_until=None, rows_made=0, not_before=db_now() + wait)
        )


def fail(services: Services, claim: Claim, reason: str) -> None:
    """The part's generator raised: give it back, or fail the job when it has raised too often."""
    with services.db.write() as session:
        errors = session.execute(
            update(Part)
            .where(claim.mine)
            .values(state="pending", worker=None, lease_until=None, rows_made=0, errors=Part.errors + 1)
            .returning(Part.errors)
        ).scalar_one_or_none()
        event = None
        if errors is not None and errors >= ERRORS_ALLOWED:
            event = fail_job(session, claim.job_id, f"part {claim.number} ({claim.table}): {reason}")
    if event is not None:
        events.publish(services.bus, claim.workspace_id, event)


def fail_job(session: Session, job_id: str, reason: str) -> events.Event | None:
    """Move an active job to failed, with its last event; None where it has ended already."""
    job = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)))
        .values(state=JobState.FAILED, error=reason, running_since=None, finished_at=db_now())
        .returning(Job.rows_done, Job.rows_total)
    ).one_or_none()
    if job is None:
        return None
    data = {"reason": reason, "current": job.rows_done, "total": job.rows_total}
    return events.append(session, job_id, "error", data)
