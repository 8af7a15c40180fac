"""Reading jobs: the view that every face shows, one at a time or page by page."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.ids import timestamp
from synthmill.app.core.jobs.events import job_channel
from synthmill.app.core.jobs.kind import job_kind, kinds
from synthmill.app.core.jobs.state import ENDED, JobState, job_progress
from synthmill.app.core.jobs.workers import Lack, lacking
from synthmill.app.core.pagination import Page
from synthmill.app.core.services import Services
from synthmill.generators.errors import InvalidRequestError


@dataclass(frozen=True)
class StageView:
    """How far a job is with the stage that it is at."""

    name: str
    units_total: int
    units_done: int
    percentage: float


@dataclass(frozen=True)
class JobView:
    id: str
    kind: str
    state: str
    phase: str | None
    """While running: `staging` (what rows follow from is found out), `generating`, then `verifying` (what the
    parts made is put together); `waiting` where it can't go on, see `waiting_for`."""
    workspace: str
    unit: str
    """What `rows_total` and `rows_done` count: `rows` for a dataset."""
    rows_total: int
    rows_done: int
    bytes_done: int
    percentage: float
    rate: float
    """Units per second while running: of the stage while there is one."""
    eta: float | None
    """Seconds left at this rate."""
    stage: StageView | None
    """While the job is at one."""
    parts_total: int
    """That there are by now: a stage's come when it begins, and the rows' after the last."""
    parts_done: int
    max_parallel: int
    created_at: str
    started_at: str | None
    finished_at: str | None
    error: str | None
    waiting_for: str | None
    """Where no worker can do it, or storage takes nothing of it: what it lacks, and the fix."""
    waiting_since: str | None
    result: dict[str, Any] | None
    """What a completed job gave, as its kind says it."""
    last_seq: int
    """Number of the job's newest event."""
    strategy: str | None = None
    """This and what follows are of a dataset; None, or empty, in jobs of other kinds."""
    template: str | None = None
    dataset: str | None = None
    dataset_version: int | None = None
    """Set when the job completes."""
    format: str | None = None
    compression: str | None = None
    seed: int | None = None
    recipe: dict[str, Any] | None = None
    part_rows: int | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    """Of a completed job: name, table, rows, size and root of each file, and its sha256 where there is
    one; manifest.json is beside them."""


@dataclass(frozen=True)
class JobFilter:
    kind: str | None = None
    state: str | None = None
    strategy: str | None = None
    template: str | None = None
    dataset: str | None = None


@built_once
def _job(job_id: str) -> Select[models.Job]:
    return select(models.Job).where(models.Job.id == job_id)


@built_once
def _rows_in_hand(jobs: Sequence[str]) -> Select[str, int]:
    return (
        select(models.Part.job_id, func.sum(models.Part.rows_made))
        .where(models.Part.job_id.in_(jobs), models.Part.state == "running")
        .group_by(models.Part.job_id)
    )


_NOW = select(db_now())


def require_job(session: Session, principal: Principal, job_id: str) -> models.Job:
    """The job's row. Raises NotFoundError unless the principal's workspace has it."""
    job: models.Job | None = session.execute(*_job(job_id)).scalar_one_or_none()
    if job is None or job.deleted or job.workspace_id != principal.workspace_id:
        raise NotFoundError("job", job_id)
    return job


def get_job(services: Services, principal: Principal, job_id: str) -> JobView:
    with services.db.read() as session:
        return views(session, principal, [require_job(session, principal, job_id)])[0]


def list_jobs(
    services: Services, principal: Principal, wanted: JobFilter, after: str | None = None, limit: int = 50
) -> Page[JobView]:
    """Jobs, the newest first. Raises InvalidRequestError for a kind that there isn't."""
    if wanted.kind is not None and wanted.kind not in kinds():
        known = ", ".join(kinds())
        raise InvalidRequestError.one("kind", f"there is no kind of job {wanted.kind!r}", f"known: {known}")
    query = (
        select(models.Job)
        .where(models.Job.workspace_id == principal.workspace_id, models.Job.deleted.is_(False))
        .order_by(models.Job.id.desc())
        .limit(limit + 1)
        # No list shows it, and it may be as large as a body.
        .options(defer(models.Job.request))
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
    now = session.execute(_NOW).scalar_one()
    in_hand: dict[str, int] = {
        job_id: int(rows) for job_id, rows in session.execute(*_rows_in_hand([job.id for job in jobs]))
    }
    own: dict[str, Mapping[str, Any]] = {}
    # A kind that comes with a newer release may be unknown here while a deploy goes on.
    for kind in {job.kind for job in jobs} & kinds().keys():
        own |= job_kind(kind).describe(session, [job for job in jobs if job.kind == kind])
    lacks = lacking(session, [job.id for job in jobs if job.state in (JobState.QUEUED, JobState.RUNNING)])
    return [
        _view(job, principal, now, in_hand.get(job.id, 0), lacks.get(job.id), own.get(job.id, {}))
        for job in jobs
    ]


def _view(
    job: models.Job,
    principal: Principal,
    now: float,
    in_hand: int,
    lack: Lack | None,
    own: Mapping[str, Any],
) -> JobView:
    def when(seconds: float | None) -> str | None:
        return None if seconds is None else timestamp(seconds)

    waiting_for, since = _waiting(job, lack)
    made = job_progress(job, in_hand, now)
    rows = job.rows_done + (in_hand if job.stage is None else 0)
    return JobView(
        id=job.id,
        kind=job.kind,
        state=job.state,
        phase=_phase(job, waiting_for is not None),
        workspace=principal.workspace,
        unit=job_kind(job.kind).unit if job.kind in kinds() else "units",
        rows_total=job.rows_total,
        rows_done=rows,
        bytes_done=job.bytes_done,
        percentage=round(100 * rows / job.rows_total, 2),
        rate=made["rate"],
        eta=made["eta"] if job.state == JobState.RUNNING and job.stage is None else None,
        stage=None
        if job.stage is None
        else StageView(job.stage, job.stage_units, made["current"], made["percentage"]),
        parts_total=job.parts_total,
        parts_done=job.parts_done,
        max_parallel=job.max_parallel,
        created_at=timestamp(job.created_at),
        started_at=when(job.started_at),
        finished_at=when(job.finished_at),
        error=job.error,
        waiting_for=waiting_for,
        waiting_since=None if waiting_for is None else when(since),
        result=job.result,
        last_seq=job.last_seq,
        **own,
    )


def _waiting(job: models.Job, lack: Lack | None) -> tuple[str | None, float | None]:
    """What the job waits for, and since when as far as that is noted."""
    if lack is not None:
        return f"there is {lack.reason}: {lack.fix}", job.unmanned_since
    if job.state not in (JobState.QUEUED, JobState.RUNNING):
        return None, None
    return job.waiting_for, job.waiting_since


def _phase(job: models.Job, waits: bool) -> str | None:
    if job.state != JobState.RUNNING:
        return None
    if waits:
        return "waiting"
    if job.stage is not None:
        return "staging"
    return "verifying" if job.parts_done == job.parts_total else "generating"
