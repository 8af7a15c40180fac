"""Storing a model: its row is there before its bytes, so that nothing stays of one whose worker dies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import LimitExceededError
from synthmill.app.core.ids import new_id
from synthmill.app.core.learned.object_key import model_key
from synthmill.app.core.learned.state import ModelState
from synthmill.app.core.services import Services

MAX_MODELS = 10_000
"""Models that a workspace may have."""
_STORING_SECONDS = 300.0
"""How long one who stores a model may take before another takes it for dead."""

Model = models.Model


@dataclass(frozen=True)
class FittedModel:
    """A model as a worker has fitted it, without its bytes."""

    sha256: str
    size: int
    name: str
    method: str
    """As it was asked for."""
    method_used: str
    privacy: str
    """`careful`, `open` or `dp`."""
    sources: Mapping[str, str]
    """By table, the sha256 of its upload."""
    description: Mapping[str, Any]
    """What the model says of itself."""


def check_room(services: Services, workspace_id: str) -> None:
    """Raises LimitExceededError where the workspace may have no further model."""
    with services.db.read() as session:
        mine = (Model.workspace_id == workspace_id) & (Model.state == ModelState.STORED)
        count = session.execute(select(func.count()).select_from(Model).where(mine)).scalar_one()
    if count >= MAX_MODELS:
        raise LimitExceededError(
            "workspace",
            f"the workspace has {count:,} models",
            f"at most {MAX_MODELS:,}: delete some, DELETE /models/ID",
        )


def store_model(
    services: Services, workspace_id: str, job_id: str, fitted: FittedModel, content: bytes
) -> str:
    """Bring a model into storage, where nobody sees it before `keep_model`; its id. Raises StorageError."""
    model_id = new_id("mdl")
    with services.db.write() as session:
        session.execute(
            insert(Model).values(
                id=model_id,
                workspace_id=workspace_id,
                state=ModelState.STORING,
                size=fitted.size,
                name=fitted.name,
                method=fitted.method,
                method_used=fitted.method_used,
                privacy=fitted.privacy,
                sources=dict(fitted.sources),
                description=dict(fitted.description),
                job_id=job_id,
                lease_until=db_now() + _STORING_SECONDS,
                created_at=db_now(),
            )
        )
    services.storage.put(model_key(model_id, fitted.sha256), content)
    return model_id


def keep_model(session: Session, model_id: str, sha256: str) -> str:
    """Show a stored model to its workspace, in the transaction that completes its job; its id, or that of
    an equal one which the workspace has already: then this one is left for removal.

    Raises IntegrityError where another transaction has just kept an equal one.
    """
    workspace_id = session.execute(select(Model.workspace_id).where(Model.id == model_id)).scalar_one()
    equal = session.execute(
        select(Model.id).where(Model.workspace_id == workspace_id, Model.sha256 == sha256).with_for_update()
    ).scalar_one_or_none()
    values: dict[str, Any] = (
        {"state": ModelState.STORED, "sha256": sha256}
        if equal is None
        else {"state": ModelState.REMOVING, "lease_until": db_now()}
    )
    session.execute(update(Model).where(Model.id == model_id).values(**values))
    return equal or model_id
