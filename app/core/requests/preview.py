"""Previews, made while the caller waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.confined.answer import Answer
from synthmill.app.core.questions import questions_of
from synthmill.app.core.requests.generation import SubmissionFields, library_part
from synthmill.app.core.services import Services
from synthmill.generators.limits import MAX_PREVIEW_ROWS
from synthmill.generators.recipes.request import GenerationRequest, WholeNumber


class PreviewFields(SubmissionFields):
    """What a preview's request adds to a generation request."""

    limit = WholeNumber(
        load_default=10,
        validate=ma.validate.Range(1, MAX_PREVIEW_ROWS),
        metadata={"description": "rows of each table"},
    )
    table = ma.fields.String(load_default=None, metadata={"description": "only this table"})
    columns = ma.fields.List(
        ma.fields.String(),
        load_default=None,
        metadata={"description": "only these columns of `table`, in this order; others aren't made"},
    )


class PreviewRequest(GenerationRequest, PreviewFields):
    """All that a preview can be asked with."""

    class Meta(GenerationRequest.Meta):
        description = "A body as for `POST /generate`, and which rows to show."


@dataclass(frozen=True)
class Wanted:
    request: dict[str, Any]
    limit: int
    table: str | None
    columns: list[str] | None


def preview_of(body: dict[str, Any]) -> Wanted:
    """The preview that a body means whose `PreviewFields` are loaded. Raises InvalidRequestError."""
    request = library_part(body, PreviewFields, PreviewRequest)
    return Wanted(request, body["limit"], body["table"], body["columns"])


def show_preview(services: Services, principal: Principal, wanted: Wanted) -> Answer:
    """The first rows, as JSON. Raises InvalidRequestError, also where they follow from more than can be found
    out while somebody waits, and what the executor raises for what costs too much."""
    with questions_of(services, principal.workspace_id) as questions:
        return services.executor.run("preview", vars(wanted), questions)
