"""Which unfinished jobs need an input: it isn't removed from under them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from synthmill.app.core.db import models
from synthmill.app.core.errors import ConflictError

_SHOWN_JOBS = 5


def refuse_if_needed(session: Session, workspace_id: str, sha256: str, what: str) -> None:
    """Raises ConflictError naming unfinished jobs of the workspace that need the input, an upload or a model.

    Its row is locked: a job names an input with its row locked, so none is missed.
    """
    jobs = list(
        session.execute(
            select(models.Job.id)
            .join(models.JobInput, models.JobInput.job_id == models.Job.id)
            .where(
                models.JobInput.sha256 == sha256,
                models.Job.workspace_id == workspace_id,
                models.Job.finished_at.is_(None),
            )
            .order_by(models.Job.id)
            .limit(_SHOWN_JOBS + 1)
        ).scalars()
    )
    if jobs:
        shown = ", ".join(jobs[:_SHOWN_JOBS]) + (" and more" if len(jobs) > _SHOWN_JOBS else "")
        raise ConflictError(
            f"an unfinished job needs the {what}: {shown}", "wait until it has ended, or stop it"
        )
