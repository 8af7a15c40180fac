"""Reading models: the view that every face shows, and a model's file, which doesn't leave without a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.ids import timestamp
from synthmill.app.core.learned.object_key import model_key
from synthmill.app.core.learned.state import ModelState
from synthmill.app.core.pagination import Page
from synthmill.app.core.services import Services
from synthmill.app.core.storage.stored_file import StoredFile
from synthmill.generators.errors import InvalidRequestError

_SHOWN_EXPORTS = 100

Model, Export = models.Model, models.ModelExport


@dataclass(frozen=True)
class ModelView:
    id: str
    sha256: str
    """What a recipe names it by."""
    size: int
    name: str
    method: str
    method_used: str
    privacy: str
    """`careful`, `open` or `dp`."""
    sources: dict[str, str]
    """By table, the sha256 of the upload that it was fitted on, which may be gone."""
    description: dict[str, Any]
    job_id: str | None
    """The job that fitted it; None when that was deleted."""
    created_at: str
    exports: list[dict[str, Any]]
    """When and by which key the file of an open model was fetched, the newest first."""


def list_models(
    services: Services,
    principal: Principal,
    sha256: str | None = None,
    name: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[ModelView]:
    """Models, the newest first."""
    query = (
        select(Model)
        .where(Model.workspace_id == principal.workspace_id, Model.state == ModelState.STORED)
        .order_by(Model.id.desc())
        .limit(limit + 1)
    )
    for column, value in ((Model.sha256, sha256), (Model.name, name)):
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(Model.id < after)
    with services.db.read() as session:
        found = [_view(model, []) for model in session.execute(query).scalars()]
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


def count_models(services: Services, principal: Principal) -> int:
    with services.db.read() as session:
        mine = (Model.workspace_id == principal.workspace_id) & (Model.state == ModelState.STORED)
        return session.execute(select(func.count()).select_from(Model).where(mine)).scalar_one()


def get_model(services: Services, principal: Principal, model_id: str) -> ModelView:
    """One model. Raises NotFoundError unless the principal's workspace has it."""
    with services.db.read() as session:
        model = _require(session, principal, model_id)
        exports = session.execute(
            select(Export)
            .where(Export.model_id == model_id)
            .order_by(Export.number.desc())
            .limit(_SHOWN_EXPORTS)
        ).scalars()
        shown = [{"key_id": one.key_id, "exported_at": timestamp(one.exported_at)} for one in exports]
        return _view(model, shown)


def open_model(
    services: Services, principal: Principal, model_id: str, allow_open: bool, records: bool = True
) -> StoredFile:
    """The model's file. One that is neither careful nor differentially private says much of the rows that it
    was fitted on: it leaves only where the caller says so, and that is recorded (`records`).

    Raises NotFoundError, and InvalidRequestError for an open model without the word.
    """
    with services.db.read() as session:
        model = _require(session, principal, model_id)
    if model.privacy == "open":
        if not allow_open:
            raise InvalidRequestError.one(
                "allow_open",
                "the model is open: its file tells members of its data from others",
                "allow_open=true, which is recorded with your key; or fit one with privacy careful",
            )
        if records:
            _record_export(services, principal, model_id)
    sha256 = str(model.sha256)
    key = model_key(model.id, sha256)
    return StoredFile(f"{model.name}.model", model.size, sha256, sha256, "application/octet-stream", key)


def _record_export(services: Services, principal: Principal, model_id: str) -> None:
    with services.db.write(durable=True) as session:
        # Two at once wait for each other, and have different numbers.
        session.execute(select(Model.id).where(Model.id == model_id).with_for_update())
        last = session.execute(
            select(func.coalesce(func.max(Export.number), 0)).where(Export.model_id == model_id)
        ).scalar_one()
        session.execute(
            insert(Export).values(
                model_id=model_id, number=last + 1, key_id=principal.key_id, exported_at=db_now()
            )
        )


def _require(session: Session, principal: Principal, model_id: str) -> models.Model:
    model = session.get(Model, model_id)
    mine = model is not None and model.workspace_id == principal.workspace_id
    if model is None or not mine or model.state != ModelState.STORED:
        raise NotFoundError("model", model_id)
    return model


def _view(model: models.Model, exports: list[dict[str, Any]]) -> ModelView:
    return ModelView(
        id=model.id,
        sha256=model.sha256 or "",
        size=model.size,
        name=model.name,
        method=model.method,
        method_used=model.method_used,
        privacy=model.privacy,
        sources=model.sources,
        description=model.description,
        job_id=model.job_id,
        created_at=timestamp(model.created_at),
        exports=exports,
    )
