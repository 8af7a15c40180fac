"""Removing models: at their owner's word, and what is left of those that no job has kept."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import delete, or_, select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import NotFoundError, StorageError
from synthmill.app.core.input_copies import discard_copies
from synthmill.app.core.input_needs import refuse_if_needed
from synthmill.app.core.learned.object_key import model_prefix
from synthmill.app.core.learned.state import ModelState
from synthmill.app.core.services import Services

_REMOVING_SECONDS = 60.0
"""How long a removal is left to the process that began it."""
_AT_ONCE = 100

Model = models.Model


def delete_model(services: Services, principal: Principal, model_id: str) -> None:
    """Remove a model with the record of its exports; data made with it stays.

    Raises NotFoundError, and ConflictError while an unfinished job needs it.
    """
    with services.db.write() as session:
        model = session.execute(
            select(Model)
            .where(
                Model.id == model_id,
                Model.workspace_id == principal.workspace_id,
                Model.state == ModelState.STORED,
            )
            .with_for_update()
        ).scalar_one_or_none()
        if model is None:
            raise NotFoundError("model", model_id)
        sha256 = str(model.sha256)
        refuse_if_needed(session, model.workspace_id, sha256, "model")
        session.execute(
            update(Model)
            .where(Model.id == model_id)
            .values(state=ModelState.REMOVING, sha256=None, lease_until=db_now() + _REMOVING_SECONDS)
        )
    discard_copies(services, [sha256])
    # From here on nobody can see it: what can't be removed now, the sweeper removes later.
    with suppress(StorageError):
        _remove(services, model_id)


def remove_unkept(services: Services) -> None:
    """Remove what nobody has kept: the job ended otherwise, or had an equal model. Raises StorageError."""
    unseen = or_(Model.state == ModelState.STORING, Model.state == ModelState.REMOVING)
    dead = Model.lease_until <= db_now()
    with services.db.read() as session:
        found = session.execute(select(Model.id).where(unseen, dead).limit(_AT_ONCE)).scalars().all()
    for model_id in found:
        with services.db.write() as session:
            hidden = session.execute(
                update(Model)
                .where(Model.id == model_id, unseen, dead)
                .values(state=ModelState.REMOVING, lease_until=db_now() + _REMOVING_SECONDS)
                .returning(Model.id)
            ).one_or_none()
        if hidden is not None:  # Else its job has kept it in the meantime.
            _remove(services, model_id)


def _remove(services: Services, model_id: str) -> None:
    services.storage.delete_prefix(model_prefix(model_id))
    with services.db.write() as session:
        session.execute(delete(Model).where(Model.id == model_id, Model.state == ModelState.REMOVING))
