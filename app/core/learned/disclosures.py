"""How often real data were asked about: each report says more about them, and can't be taken back."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import models
from synthmill.app.core.errors import LimitExceededError

Disclosure = models.Disclosure


def count_evaluation(session: Session, workspace_id: str, real: Mapping[str, str], most: int) -> None:
    """Count an evaluation of these real files (their sha256, by the field that names each).

    Deleting a file, and sending it again, begins no new count. Raises LimitExceededError where one of them
    was asked about `most` times (0: any number).
    """
    # Two that begin a count at once wait for each other.
    workspace = models.Workspace.id == workspace_id
    session.execute(select(models.Workspace.id).where(workspace).with_for_update(key_share=True))
    for sha256, field in {sha256: field for field, sha256 in sorted(real.items())}.items():
        count = session.execute(
            update(Disclosure)
            .where(Disclosure.workspace_id == workspace_id, Disclosure.sha256 == sha256)
            .values(evaluations=Disclosure.evaluations + 1)
            .returning(Disclosure.evaluations)
        ).scalar_one_or_none()
        if count is None:
            count = 1
            session.execute(
                insert(Disclosure).values(workspace_id=workspace_id, sha256=sha256, evaluations=1)
            )
        if most and count > most:
            raise LimitExceededError(
                field,
                f"this real file was evaluated {count - 1:,} times, and each report says more about it",
                f"at most {most:,} times (SYNTHMILL_EVALUATIONS_PER_FILE): judge by other real rows",
            )
