"""Leases that ran out, and the leases of workers known to be dead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import db_now, models
from synthmill.app.core.execution.outcomes import LOSSES_ALLOWED, fail_job, part_name
from synthmill.app.core.jobs.workers import wake
from synthmill.app.core.services import Services

_LONGEST_WAIT = 5.0
_AT_ONCE = 100

Job, Part = models.Job, models.Part


def give_back_process(services: Services, host: str, pid: int) -> None:
    """A worker process is known to have died: what it held can be claimed at once."""
    with services.db.write() as session:
        workers = session.execute(
            delete(models.Worker)
            .where(models.Worker.host == host, models.Worker.pid == pid)
            .returning(models.Worker.id)
        ).scalars().all()  # fmt: skip
        jobs = _give_back(session, Part.worker.in_(workers))
        session.execute(update(models.Lock).where(models.Lock.holder.in_(workers)).values(until=0.0))
        jobs |= set(
            session.execute(
                update(Job)
                .where(Job.finaliser.in_(workers), Job.finalise_until > db_now())
                .values(finalise_until=None)
                .returning(Job.id)
            ).scalars()
        )
    _wake(services, jobs)


def silent_processes(services: Services, host: str, silence: float) -> list[int]:
    """Worker processes of this host whose last heartbeat is so many seconds old, by the database's clock."""
    with services.db.read() as session:
        rows = session.execute(
            select(models.Worker.pid).where(
                models.Worker.host == host, models.Worker.heartbeat_at < db_now() - silence
            )
        )
        return list(rows.scalars())


def give_back_expired(services: Services, allowed: ColumnElement[bool]) -> None:
    """Every part whose lease ran out can be claimed again, after a pause that grows with its losses.

    `allowed` is asked by the same statement that looks for them.
    """
    with services.db.write() as session:
        jobs = _give_back(session, (Part.lease_until < db_now()) & allowed)
    _wake(services, jobs)


def _wake(services: Services, jobs: set[str]) -> None:
    """In a transaction each: a process that has a part's row and waits for its job's would wait for a worker
    that has the job's row and waits for the part's."""
    for job_id in jobs:
        with services.db.write() as session:
            wake(session, job_id)


def _give_back(session: Session, which: ColumnElement[bool]) -> set[str]:
    """The jobs of the parts given back."""
    lost: Sequence[models.Part] = session.execute(
        select(Part)
        .where(Part.state == "running", which)
        # Whatever is in work comes last: so it is still there to be blamed instead of the others of its hand.
        .order_by(Part.begun)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).scalars().all()  # fmt: skip
    reported = _hands_reported(session, lost)
    for part in lost:
        values: dict[str, Any] = {"state": "pending", "worker": None, "lease_until": None, "rows_made": 0}
        if part.begun or (part.job_id, part.worker) not in reported:
            values |= _blame(session, part)
        session.execute(
            update(Part)
            .where(Part.job_id == part.job_id, Part.number == part.number, Part.attempt == part.attempt)
            .values(**values)
        )
    return {part.job_id for part in lost}


def _hands_reported(session: Session, parts: Sequence[models.Part]) -> set[tuple[str, str | None]]:
    """Of the parts' jobs and workers those of which it is known what was in work."""
    rows = session.execute(
        select(Part.job_id, Part.worker).where(
            Part.job_id.in_({part.job_id for part in parts}),
            Part.worker.in_({part.worker for part in parts}),
            Part.state == "running",
            Part.begun,
        )
    )
    return {(job_id, worker) for job_id, worker in rows}


def _blame(session: Session, part: models.Part) -> dict[str, Any]:
    """What to change of a part whose worker died with it; its job fails where that was so often at one block.

    A first loss says nothing about a block: it only has the part written down what it begins, made alone and
    after the others. Nor does one before the part was begun, while its worker was still starting.
    """
    wait = min(0.1 * 2**part.losses, _LONGEST_WAIT) if part.losses else 0.0
    values: dict[str, Any] = {"losses": part.losses + 1, "not_before": db_now() + wait}
    if part.losses and part.begun:
        block = "" if part.begun_block is None else str(part.begun_block)
        times = (part.block_losses or {}).get(block, 0) + 1
        values["block_losses"] = {**(part.block_losses or {}), block: times}
        if times >= LOSSES_ALLOWED:
            where = f" at block {block}" if block else ""
            name = part_name(part.number, part.stage, part.work)
            fail_job(session, part.job_id, f"{name} lost its worker {times} times{where}")
    return values
