"""Accepting a job: everything that can be refused is refused here, before anything is stored."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.disk import require_room
from synthmill.app.core.errors import IdempotencyMismatchError, LimitExceededError, TooManyRequestsError
from synthmill.app.core.ids import new_id
from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.queries import JobView, get_job
from synthmill.app.core.jobs.state import ACTIVE, JobState
from synthmill.app.core.jobs.wakeups import wake
from synthmill.app.core.observability import tracing
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.uploads.inputs import held_inputs, note_inputs, use_inputs
from synthmill.generators.datasets.blocks import file_name
from synthmill.generators.datasets.partition import cut
from synthmill.generators.datasets.size_estimate import bytes_per_row
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.planning import make_plan
from synthmill.generators.engine.recipe import canonical
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.request import Generation

log = logging.getLogger(__name__)

_DATASET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_INTERACTIVE_BYTES = 16 * 2**20
"""Jobs up to this size take under a second and go before the others."""
_COME_BACK_SECONDS = 10
"""When to try again a job that was too much beside those under way."""
_DIRECT_HEADROOM = 1.25
"""Pieces go straight into an upload if they are expected to be so much larger than the smallest allowed."""


@dataclass(frozen=True)
class Submission:
    generation: Generation
    dataset: str | None = None
    workspace: str | None = None
    max_parallel: int | None = None
    raw: dict[str, Any] | None = None
    """The request as it was sent: what an Idempotency-Key stands for."""


@dataclass(frozen=True)
class _Layout:
    """A job before it is stored: its tables with their parts, and how its files come together."""

    table: TablePlan
    parts: list[tuple[int, int]]
    size: float
    """Estimated bytes of the file."""
    direct: bool


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
    _check_names(submission, principal, services.settings)
    recipe = submission.generation.recipe
    with held_inputs(services, principal.workspace_id, recipe.inputs) as inputs:
        plan = make_plan(recipe, inputs)
    layout = _lay_out(services, submission.generation, plan)
    job_id = new_id("job")
    try:
        with services.db.write(durable=True) as session:
            earlier = _earlier_job(session, principal, idempotency_key, body)
            if earlier is None:
                _check_load(session, principal, layout, services.settings)
                use_inputs(session, principal.workspace_id, recipe.inputs)
                event = _store(session, principal, submission, job_id, layout, services.settings)
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
    events.publish(services.bus, principal.workspace_id, event)
    wake(services, job_id)
    return get_job(services, principal, job_id), False


def _earlier_job(session: Session, principal: Principal, key: str | None, body: str) -> str | None:
    if key is None:
        return None
    row = session.get(models.Idempotency, (principal.workspace_id, key))
    if row is None:
        return None
    if row.body_sha256 != body:
        raise IdempotencyMismatchError("this Idempotency-Key was used before with another body")
    return row.job_id


def _check_names(submission: Submission, principal: Principal, settings: Settings) -> None:
    if submission.workspace not in (None, principal.workspace):
        raise InvalidRequestError.one(
            "workspace",
            f"this key can't see a workspace {submission.workspace!r}",
            f"leave it out or write {principal.workspace!r}",
        )
    if submission.dataset is not None and not _DATASET_NAME.fullmatch(submission.dataset):
        raise InvalidRequestError.one(
            "dataset", "not a name", "1 to 128 letters, digits, dots, dashes and underscores, no sign first"
        )
    if submission.max_parallel is not None and not 1 <= submission.max_parallel <= settings.max_parallel:
        raise LimitExceededError(
            "max_parallel", f"{submission.max_parallel} is out of range", f"1 to {settings.max_parallel}"
        )


def _lay_out(services: Services, generation: Generation, plan: Plan) -> list[_Layout]:
    settings = services.settings
    rows = sum(table.rows for table in plan.tables)
    if rows > settings.max_rows:
        raise LimitExceededError(
            "rows", f"{rows:,} rows in all are too many", f"at most {settings.max_rows:,}"
        )
    layout = []
    for table in plan.tables:
        width = bytes_per_row(table, generation.output)
        parts = cut(table, width, generation.part_rows)
        smallest = min((last - first) * table.block_rows for first, last in parts[:-1] or parts) * width
        direct = len(parts) > 1 and smallest >= services.storage.min_piece * _DIRECT_HEADROOM
        layout.append(_Layout(table, parts, width * table.rows, direct))
    size = sum(file.size for file in layout)
    if size > settings.max_bytes:
        raise LimitExceededError(
            "rows",
            f"about {_size(size)} of files are too many",
            f"at most {_size(settings.max_bytes)}",
        )
    return layout


def _size(count: float) -> str:
    """So many bytes in the largest unit of which there is at least one: `1.5 MiB`."""
    units = ["bytes", "KiB", "MiB", "GiB"]
    while count >= 1024 and len(units) > 1:
        count /= 1024
        units.pop(0)
    number = f"{count:,.0f}" if units[0] == "bytes" else f"{count:,.2f}".rstrip("0").rstrip(".")
    return f"{number} {units[0]}"


def _check_load(session: Session, principal: Principal, layout: list[_Layout], settings: Settings) -> None:
    """Refuse a job that would be too many, or too much, for what its workspace has under way."""
    count, rows, size = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(models.Job.rows_total), 0),
            func.coalesce(func.sum(models.Job.bytes_expected), 0),
        ).where(models.Job.workspace_id == principal.workspace_id, models.Job.state.in_(ACTIVE))
    ).one()
    rows += sum(file.table.rows for file in layout)
    size += round(sum(file.size for file in layout))
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
    layout: list[_Layout],
    settings: Settings,
) -> events.Event:
    generation = submission.generation
    parts = _part_rows(job_id, layout)
    now = session.execute(select(db_now())).scalar_one()
    rows = sum(file.table.rows for file in layout)
    session.execute(
        insert(models.Job).values(
            id=job_id,
            workspace_id=principal.workspace_id,
            state=JobState.QUEUED,
            strategy=generation.recipe.strategy,
            template=generation.template,
            dataset=submission.dataset or generation.template or generation.recipe.strategy,
            recipe=generation.recipe.to_dict(),
            output=generation.output.to_dict(),
            request=submission.raw or {},
            engine=generation.recipe.engine,
            queue="interactive" if sum(file.size for file in layout) <= _INTERACTIVE_BYTES else "bulk",
            part_rows=generation.part_rows,
            max_parallel=submission.max_parallel or settings.max_parallel,
            rows_total=rows,
            traceparent=tracing.current(),
            bytes_expected=round(sum(file.size for file in layout)),
            parts_total=len(parts),
            created_at=now,
        )
    )
    session.execute(insert(models.File), _file_rows(job_id, layout, generation))
    session.execute(insert(models.Part), parts)
    note_inputs(session, job_id, generation.recipe.inputs)
    tables = {file.table.name: file.table.rows for file in layout}
    return events.append(session, job_id, "init", {"total": rows, "parts": len(parts), "tables": tables})


def _file_rows(job_id: str, layout: list[_Layout], generation: Generation) -> list[dict[str, Any]]:
    return [
        {
            "job_id": job_id,
            "table": file.table.name,
            "position": position,
            "name": file_name(file.table.name, generation.output),
            "parts": len(file.parts),
            "direct": file.direct,
        }
        for position, file in enumerate(layout)
    ]


def _part_rows(job_id: str, layout: list[_Layout]) -> list[dict[str, Any]]:
    pieces = [(file.table, piece, span) for file in layout for piece, span in enumerate(file.parts)]
    return [
        {
            "job_id": job_id,
            "number": number,
            "table": table.name,
            "piece": piece,
            "first_block": first,
            "last_block": last,
            "rows": table.block_range(last - 1)[1] - table.block_range(first)[0],
        }
        for number, (table, piece, (first, last)) in enumerate(pieces)
    ]
