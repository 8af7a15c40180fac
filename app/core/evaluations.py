"""Reading evaluations: reports that compare synthetic data with real data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.ids import timestamp
from synthmill.app.core.jobs import lifecycle
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.jobs.queries import require_job
from synthmill.app.core.pagination import Page
from synthmill.app.core.services import Services
from synthmill.app.core.storage.stored_file import StoredFile

PAGE_NAME = "report.html"
"""The file of the job that has made one."""

Evaluation = models.Evaluation


@dataclass(frozen=True)
class EvaluationView:
    id: str
    job_id: str
    sources: dict[str, Any]
    """By side (`real`, `synthetic`, `holdout`) and table, the sha256 of what was compared."""
    created_at: str
    report: dict[str, Any]
    """Empty in lists."""


def list_evaluations(
    services: Services, principal: Principal, after: str | None = None, limit: int = 50
) -> Page[EvaluationView]:
    """Evaluations, the newest first, without their reports."""
    query = (
        select(Evaluation)
        .join(models.Job, models.Job.id == Evaluation.job_id)
        .where(Evaluation.workspace_id == principal.workspace_id, models.Job.deleted.is_(False))
        .order_by(Evaluation.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(Evaluation.id < after)
    with services.db.read() as session:
        found = [_view(one, {}) for one in session.execute(query).scalars()]
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def get_evaluation(services: Services, principal: Principal, evaluation_id: str) -> EvaluationView:
    """One evaluation with its report. Raises NotFoundError unless the principal's workspace has it."""
    with services.db.read() as session:
        found = _require(session, principal, evaluation_id)
        return _view(found, found.report)


def open_page(services: Services, principal: Principal, evaluation_id: str) -> StoredFile:
    """The report as one page of HTML. Raises NotFoundError."""
    with services.db.read() as session:
        job = require_job(session, principal, _require(session, principal, evaluation_id).job_id)
    key, size = file_key(job.id, PAGE_NAME, job.run), (job.result or {})["page_bytes"]
    return StoredFile(PAGE_NAME, size, f"{job.id}-{job.run}", None, "text/html; charset=utf-8", key)


def delete_evaluation(services: Services, principal: Principal, evaluation_id: str) -> None:
    """Remove the evaluation and the job that made it; that its real files were asked about stays counted."""
    with services.db.read() as session:
        job_id = _require(session, principal, evaluation_id).job_id
    lifecycle.delete(services, principal, job_id)


def _require(session: Session, principal: Principal, evaluation_id: str) -> models.Evaluation:
    found = session.execute(
        select(Evaluation)
        .join(models.Job, models.Job.id == Evaluation.job_id)
        .where(
            Evaluation.id == evaluation_id,
            Evaluation.workspace_id == principal.workspace_id,
            models.Job.deleted.is_(False),
        )
        .options(undefer(Evaluation.report))
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError("evaluation", evaluation_id)
    return found


def _view(evaluation: models.Evaluation, report: dict[str, Any]) -> EvaluationView:
    return EvaluationView(
        evaluation.id, evaluation.job_id, evaluation.sources, timestamp(evaluation.created_at), report
    )
