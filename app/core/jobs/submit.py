"""Accepting a job: everything that can be refused is refused here, before anything is stored."""

from __future__ import annotations

import hashlib
import logging

from sqlalchemy import Select, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import built_once, db_now, models
from synthmill.app.core.errors import IdempotencyMismatchError, LimitExceededError, TooManyRequestsError
from synthmill.app.core.ids import new_id
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.kind import JobKind, Layout, Submission, add_parts, job_kind
from synthmill.app.core.jobs.queries import JobView, get_job
from synthmill.app.core.jobs.state import ACTIVE, JobState
from synthmill.app.core.jobs.workers import wake
from synthmill.app.core.observability import tracing
from synthmill.app.core.resources import require_room
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.uploads.inputs import note_inputs, use_inputs
from synthmill.generators.engine.recipe import canonical
from synthmill.generators.errors import InvalidRequestError

log = logging.getLogger(__name__)

_INTERACTIVE_BYTES = 16 * 2**20
"""Jobs up to this size take under a second and go before the others."""
_COME_BACK_SECONDS = 10
"""When to try again a job that was too much beside those under way."""


def submit(
    services: Services, principal: Principal, submission: Submission, idempotency_key: str | None = None
) -> tuple[JobView, bool]:
    """The job that this submission made; and whether it was made by an earlier, equal one.

    When this returns the job is stored durably. Raises InvalidRequestError, LimitExceededError,
    FullError or IdempotencyMismatchError, and then nothing is stored.
    """
    body = hashlib.sha256(canonical(submission.raw)).hexdigest()
    if idempotency_key is not None:
        with services.db.read() as session:
            earlier = _earlier_job(session, principal, idempotency_key, body)
        if earlier is not None:
            return get_job(services, principal, earlier), True
    require_room(services)
    _check(submission, principal, services.settings)
    kind = job_kind(submission.kind)
    layout = kind.lay_out(services, principal.workspace_id, submission)
    _check_size(layout, kind, services.settings)
    job_id = new_id("job")
    try:
        with services.db.write(durable=True) as session:
            earlier = _earlier_job(session, principal, idempotency_key, body)
            if earlier is None:
                _check_load(session, principal, layout, services.settings)
                use_inputs(session, principal.workspace_id, layout.inputs)
                _store(session, principal, submission, job_id, layout, services.settings)
                kind.store(session, job_id, layout)
                if idempotency_key is not None:
                    session.execute(
                        insert(models.Idempotency).values(
                            workspace_id=principal.workspace_id,
                            key=idempotency_key,
                            body_sha256=body,
                            job_id=job_id,
                            created_at=db_now(),
                        )
                    )
    except IntegrityError:
        # Another request with the same key committed first; where nothing else clashed, it shows now.
        with services.db.read() as session:
            earlier = _earlier_job(session, principal, idempotency_key, body)
        if earlier is None:
            raise
    if earlier is not None:
        return get_job(services, principal, earlier), True
    log.info("job accepted", extra={"job_id": job_id, "workspace_id": principal.workspace_id})
    return get_job(services, principal, job_id), False


def _earlier_job(session: Session, principal: Principal, key: str | None, body: str) -> str | None:
    if key is None:
        return None
    row = session.get(models.Idempotency, (principal.workspace_id, key))
    if row is None:
        return None
    if row.body_sha256 != body:
        raise IdempotencyMismatchError
    return row.job_id


def _check(submission: Submission, principal: Principal, settings: Settings) -> None:
    if submission.workspace not in (None, principal.workspace):
        raise InvalidRequestError.one(
            "workspace",
            f"this key can't see a workspace {submission.workspace!r}",
            f"leave it out or write {principal.workspace!r}",
        )
    if submission.max_parallel is not None and not 1 <= submission.max_parallel <= settings.max_parallel:
        raise LimitExceededError(
            "max_parallel", f"{submission.max_parallel} is out of range", f"1 to {settings.max_parallel}"
        )


def _check_size(layout: Layout, kind: JobKind, settings: Settings) -> None:
    if layout.units > settings.max_rows:
        raise LimitExceededError(
            "rows", f"{layout.units:,} {kind.unit} in all are too many", f"at most {settings.max_rows:,}"
        )
    if layout.size > settings.max_bytes:
        raise LimitExceededError(
            "rows",
            f"about {_size(layout.size)} of files are too many",
            f"at most {_size(settings.max_bytes)}",
        )


def _size(count: float) -> str:
    """So many bytes in the largest unit of which there is at least one: `1.5 MiB`."""
    units = ["bytes", "KiB", "MiB", "GiB"]
    while count >= 1024 and len(units) > 1:
        count /= 1024
        units.pop(0)
    number = f"{count:,.0f}" if units[0] == "bytes" else f"{count:,.2f}".rstrip("0").rstrip(".")
    return f"{number} {units[0]}"


@built_once
def _unfinished(workspace_id: str) -> Select[int, int, int]:
    return select(
        func.count(),
        func.coalesce(func.sum(models.Job.rows_total), 0),
        func.coalesce(func.sum(models.Job.bytes_expected), 0),
    ).where(models.Job.workspace_id == workspace_id, models.Job.state.in_(ACTIVE))


def _check_load(session: Session, principal: Principal, layout: Layout, settings: Settings) -> None:
    """Refuse a job that would be too many, or too much, for what its workspace has under way."""
    count, rows, size = session.execute(*_unfinished(principal.workspace_id)).one()
    rows += layout.units
    size += layout.size
    reason = None
    if count >= settings.max_queued_jobs:
        most = settings.max_queued_jobs
        reason = f"{count:,} jobs of this workspace are unfinished, and at most {most:,} may be"
    elif rows > settings.max_queued_rows:
        reason = (
            f"with this job {rows:,} rows of this workspace would be unfinished, "
            f"and at most {settings.max_queued_rows:,} may be"
        )
    elif size > settings.max_queued_bytes:
        reason = (
            f"with this job about {_size(size)} of this workspace would be unfinished, "
            f"and at most {_size(settings.max_queued_bytes)} may be"
        )
    if reason is not None:
        raise TooManyRequestsError(
            reason, _COME_BACK_SECONDS, "workspace", "wait for some, or stop some, before the next"
        )


def _store(
    session: Session,
    principal: Principal,
    submission: Submission,
    job_id: str,
    layout: Layout,
    settings: Settings,
) -> None:
    now = session.execute(select(db_now())).scalar_one()
    quick = layout.stage is None and layout.size <= _INTERACTIVE_BYTES
    in_stage = 0 if layout.stage is None else sum(part.units for part in layout.parts)
    session.execute(
        insert(models.Job).values(
            id=job_id,
            workspace_id=principal.workspace_id,
            kind=submission.kind,
            state=JobState.QUEUED,
            request=submission.raw or {},
            engine=layout.engine,
            queue="interactive" if quick else "bulk",
            max_parallel=submission.max_parallel or settings.max_parallel,
            rows_total=layout.units,
            stage=layout.stage,
            stage_units=in_stage,
            traceparent=tracing.current(),
            bytes_expected=layout.size,
            parts_total=len(layout.parts),
            created_at=now,
            **layout.columns,
        )
    )
    for plugin in layout.plugins:
        session.execute(insert(models.JobPlugin).values(job_id=job_id, plugin=plugin))
    add_parts(session, job_id, layout.parts, layout.stage)
    note_inputs(session, job_id, layout.inputs)
    data = {"total": layout.units, "parts": len(layout.parts), **layout.event_data}
    events.append(session, job_id, "init", data)
    wake(session, job_id)
