"""The templates that a workspace has made for itself, beside our own."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import (
    ConflictError,
    LimitExceededError,
    NotFoundError,
    PreconditionFailedError,
)
from synthmill.app.core.ids import timestamp
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import questions_about_inputs
from synthmill.generators.engine.recipe import canonical
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.recipes.template import Template, get_template, template_of, templates

MAX_TEMPLATES = 200
"""Templates of its own that a workspace may have."""

Own = models.Template


@dataclass(frozen=True)
class TemplateView:
    template: Template
    etag: str | None
    """Of a workspace's own: another one with every change."""
    updated_at: str | None


def list_templates(services: Services, principal: Principal) -> Iterator[TemplateView]:
    """Our own templates, then the workspace's, each in alphabetical order."""
    with services.db.read() as session:
        query = select(Own).where(Own.workspace_id == principal.workspace_id).order_by(Own.name)
        found = [_view(one) for one in session.execute(query).scalars()]
    yield from (TemplateView(one, None, None) for one in templates().values())
    yield from found


def show_template(services: Services, principal: Principal, name: str) -> TemplateView:
    """A template by name. Raises UnknownNameError."""
    if name in templates():
        return TemplateView(get_template(name), None, None)
    with services.db.read() as session:
        found = session.get(Own, (principal.workspace_id, name))
        if found is not None:
            return _view(found)
        names = session.execute(select(Own.name).where(Own.workspace_id == principal.workspace_id)).scalars()
        raise UnknownNameError("template", name, [*templates(), *names])


def own_template(services: Services, workspace_id: str, name: str) -> dict[str, Any]:
    """What confined work gets of a template that isn't ours: its `content`, or which are `known`."""
    with services.db.read() as session:
        found = session.get(Own, (workspace_id, name))
        if found is not None:
            return {"content": found.content}
        names = session.execute(select(Own.name).where(Own.workspace_id == workspace_id)).scalars()
        return {"known": [*templates(), *names]}


def add_template(services: Services, principal: Principal, content: dict[str, Any]) -> TemplateView:
    """One more template. Raises InvalidRequestError where it can't be planned, ConflictError for its name."""
    template = _checked(services, principal, content)
    taken = ConflictError(
        f"there is a template {template.name} already", "choose another name, or replace it"
    )
    if template.name in templates():
        raise taken
    own = Own.workspace_id == principal.workspace_id
    try:
        with services.db.write() as session:
            if session.execute(select(func.count()).where(own)).scalar_one() >= MAX_TEMPLATES:
                raise LimitExceededError(
                    "template", f"the workspace has {MAX_TEMPLATES} templates of its own", "delete one first"
                )
            made = session.execute(
                insert(Own)
                .values(
                    workspace_id=principal.workspace_id,
                    name=template.name,
                    content=content,
                    etag=_etag(content),
                    updated_at=db_now(),
                )
                .returning(Own)
            ).scalar_one()
            return _view(made)
    except IntegrityError:
        raise taken from None


def replace_template(
    services: Services,
    principal: Principal,
    name: str,
    content: dict[str, Any],
    known: Collection[str] | None,
) -> TemplateView:
    """Give a template of the workspace another content.

    Raises InvalidRequestError, NotFoundError, ConflictError for one of ours, and PreconditionFailedError
    where its present etag is none of the `known` ones (None: whatever it is).
    """
    _check_own(name)
    if _checked(services, principal, content).name != name:
        raise InvalidRequestError.one("name", f"isn't {name}", "a template keeps its name; add another one")
    place = (Own.workspace_id == principal.workspace_id) & (Own.name == name)
    with services.db.write() as session:
        _check_known(session.execute(select(Own.etag).where(place)).scalar(), name, known)
        values = {"content": content, "etag": _etag(content), "updated_at": db_now()}
        return _view(session.execute(update(Own).where(place).values(**values).returning(Own)).scalar_one())


def delete_template(
    services: Services, principal: Principal, name: str, known: Collection[str] | None
) -> None:
    """Remove a template of the workspace; its datasets stay. Raises as `replace_template`."""
    _check_own(name)
    place = (Own.workspace_id == principal.workspace_id) & (Own.name == name)
    with services.db.write() as session:
        _check_known(session.execute(select(Own.etag).where(place)).scalar(), name, known)
        session.execute(delete(Own).where(place))


def _checked(services: Services, principal: Principal, content: dict[str, Any]) -> Template:
    """The template, known to make a plan with its own numbers of rows."""
    template = template_of(content)
    with questions_about_inputs(services, principal.workspace_id) as questions:
        services.executor.run("check_template", {"content": content}, questions)
    return template


def _check_own(name: str) -> None:
    if name in templates():
        raise ConflictError(f"{name} is one of Synthmill's own templates", "add one of another name")


def _check_known(etag: str | None, name: str, known: Collection[str] | None) -> None:
    if etag is None:
        raise NotFoundError("template", name)
    if known is not None and etag not in known:
        raise PreconditionFailedError(
            f"template {name} has changed meanwhile", "get it again, and send its ETag"
        )


def _etag(content: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def _view(own: models.Template) -> TemplateView:
    return TemplateView(template_of(own.content), own.etag, timestamp(own.updated_at))
