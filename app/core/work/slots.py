"""How many slots a job should have, and asking for those it lacks."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core.db import db_now, models
from app.core.job_state import JobState
from app.core.services import Services
from app.core.work.engines import WORKER_SILENCE

Job, Part = models.Job, models.Part


def wake(services: Services, job_id: str) -> None:
    """Ask for as many slots as the job can use now: pending parts, but no more than workers and one."""
    with services.db.write() as session:
        row = session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
            .values(woken_at=db_now())
            .returning(Job.queue, Job.max_parallel, Job.parts_done, Job.parts_total)
        ).one_or_none()
        if row is None:
            return
        pending, running = _open_parts(session, job_id)
        wanted = min(row.max_parallel - running, pending, live_workers(session) + 1)
        if row.parts_done == row.parts_total:
            wanted = 1  # Whoever gets it puts the files together.
    if wanted > 0:
        services.queue.wake(job_id, row.queue, wanted)


def live_workers(session: Session) -> int:
    return session.execute(
        select(func.count())
        .select_from(models.Worker)
        .where(models.Worker.heartbeat_at > db_now() - WORKER_SILENCE)
    ).scalar_one()


def _open_parts(session: Session, job_id: str) -> tuple[int, int]:
    """Parts that could be claimed now, and parts in hand."""

    def count(*conditions: object) -> int:
        query = select(func.count()).select_from(Part).where(Part.job_id == job_id, *conditions)  # type: ignore[arg-type]
        return session.execute(query).scalar_one()

    return count(Part.state == "pending", Part.not_before <= db_now()), count(Part.state == "running")
