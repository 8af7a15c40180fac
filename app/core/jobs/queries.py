"""Reading jobs: the view that every face shows, one at a time or page by page."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.ids import timestamp
from synthmill.app.core.jobs.events import job_channel
from synthmill.app.core.jobs.state import ENDED, JobState, progress, seconds_run
from synthmill.app.core.pagination import Page
from synthmill.app.core.services import Services


@dataclass(frozen=True)
class JobView:
    id: str
    state: str
    phase: str | None
    """While running: `generating`, then `verifying` (files are put together, the manifest is written)."""
    strategy: str
    template: str | None
    workspace: str
    dataset: str
    dataset_version: int | None
    """Set when the job completes."""
    format: str
    compression: str
    seed: int
    recipe: dict[str, Any]
    rows_total: int
    rows_done: int
    bytes_done: int
    percentage: float
    rate: float
    """Rows per second while running."""
    eta: float | None
    """Seconds left at this rate."""
    parts_total: int
    parts_done: int
    part_rows: int | None
    max_parallel: int
    created_at: str
    started_at: str | None
    finished_at: str | None
    error: str | None
    files: list[dict[str, Any]]
    """Of a completed job: name, table, rows, size and root of each file, and its sha256 where there is one;
    manifest.json is beside them."""
    last_seq: int
    """Number of the job's newest event."""


@dataclass(frozen=True)
class JobFilter:
    state: str | None = None
    strategy: str | None = None
    template: str | None = None
    dataset: str | None = None


def require_job(session: Session, principal: Principal, job_id: str) -> models.Job:
    """The job's row. Raises NotFoundError unless the principal's workspace has it."""
    job = session.get(models.Job, job_id)
    if job is None or job.deleted or job.workspace_id != principal.workspace_id:
        raise NotFoundError("job", job_id)
    return job


def get_job(services: Services, principal: Principal, job_id: str) -> JobView:
    with services.db.read() as session:
        return views(session, principal, [require_job(session, principal, job_id)])[0]


def list_jobs(
    services: Services, principal: Principal, wanted: JobFilter, after: str | None = None, limit: int = 50
) -> Page[JobView]:
    """Jobs, the newest first."""
    query = (
        select(models.Job)
        .where(models.Job.workspace_id == principal.workspace_id, models.Job.deleted.is_(False))
        .order_by(models.Job.id.desc())
        .limit(limit + 1)
    )
    for column, value in vars(wanted).items():
        if value is not None:
            query = query.where(getattr(models.Job, column) == value)
    if after is not None:
        query = query.where(models.Job.id < after)
    with services.db.read() as session:
        jobs = list(session.execute(query).scalars())
        page = views(session, principal, jobs[:limit])
    return Page(page, page[-1].id if len(jobs) > limit else None)


def wait(services: Services, principal: Principal, job_id: str, seconds: float) -> JobView:
    """The job when it has ended, or as it is after so many seconds."""
    deadline = time.monotonic() + seconds
    with services.bus.listen(job_channel(job_id)) as listener:
        while True:
            job = get_job(services, principal, job_id)
            left = deadline - time.monotonic()
            if job.state in ENDED or left <= 0:
                return job
            listener.get(min(left, 0.5))


def views(session: Session, principal: Principal, jobs: Sequence[models.Job]) -> list[JobView]:
    now = session.execute(select(db_now())).scalar_one()
    ids = [job.id for job in jobs]
    in_hand: dict[str, int] = {
        job_id: int(rows)
        for job_id, rows in session.execute(
            select(models.Part.job_id, func.sum(models.Part.rows_made))
            .where(models.Part.job_id.in_(ids), models.Part.state == "running")
            .group_by(models.Part.job_id)
        )
    }
    files: dict[str, list[dict[str, Any]]] = {}
    completed = [job.id for job in jobs if job.state == JobState.COMPLETED]
    for dataset in session.execute(
        select(models.Dataset).where(models.Dataset.job_id.in_(completed))
    ).scalars():
        files[dataset.job_id] = [
            {key: file[key] for key in ("name", "table", "rows", "size", "root", "sha256") if key in file}
            for file in dataset.manifest["files"]
        ]
    return [_view(job, principal, now, in_hand.get(job.id, 0), files.get(job.id, [])) for job in jobs]


def _view(
    job: models.Job, principal: Principal, now: float, in_hand: int, files: list[dict[str, Any]]
) -> JobView:
    def when(seconds: float | None) -> str | None:
        return None if seconds is None else timestamp(seconds)

    made = progress(job.rows_done + in_hand, job.rows_total, seconds_run(job, now))
    whole = job.parts_done == job.parts_total
    return JobView(
        id=job.id,
        state=job.state,
        phase=None if job.state != JobState.RUNNING else "verifying" if whole else "generating",
        strategy=job.strategy,
        template=job.template,
        workspace=principal.workspace,
        dataset=job.dataset,
        dataset_version=job.dataset_version,
        format=job.output["format"],
        compression=job.output["compression"],
        seed=job.recipe["seed"],
        recipe=job.recipe,
        rows_total=job.rows_total,
        rows_done=made["current"],
        bytes_done=job.bytes_done,
        percentage=made["percentage"],
        rate=made["rate"],
        eta=made["eta"] if job.state == JobState.RUNNING else None,
        parts_total=job.parts_total,
        parts_done=job.parts_done,
        part_rows=job.part_rows,
        max_parallel=job.max_parallel,
        created_at=timestamp(job.created_at),
        started_at=when(job.started_at),
        finished_at=when(job.finished_at),
        error=job.error,
        files=files,
        last_seq=job.last_seq,
    )
