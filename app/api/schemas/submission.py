"""What POST /generate and POST /preview take: a generation request, and what only a server knows of.

The library's own `parse` checks all that the library understands, so that its refusals read the same
everywhere; the fields that are the server's own are loaded here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma

from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.templates import find_template
from synthmill.app.core.uploads.inputs import finding_inputs
from synthmill.app.http.context import principal, services
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.limits import MAX_NAME_LENGTH, MAX_PREVIEW_ROWS
from synthmill.generators.recipes.request import Generation, GenerationRequest, WholeNumber, parse
from synthmill.generators.recipes.template import Template

_SHOWN_ERRORS = 20


class _ServerFields(ma.Schema):
    workspace = ma.fields.String(metadata={"description": "the key's own workspace, or left out"})
    dataset = ma.fields.String(metadata={"description": "name of the dataset; equal names become versions"})
    max_parallel = WholeNumber(metadata={"description": "most parts of the job worked on at once"})


class _PreviewFields(_ServerFields):
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


class SubmissionSchema(GenerationRequest, _ServerFields):
    """The whole body of POST /generate, for the OpenAPI document."""

    class Meta(GenerationRequest.Meta):
        description = "A strategy or a template, what to change of it, and the output."


class PreviewRequestSchema(GenerationRequest, _PreviewFields):
    """The whole body of POST /preview, for the OpenAPI document."""

    class Meta(GenerationRequest.Meta):
        description = "A body as for `POST /generate`, and which rows to show."


class SubmissionLoader(_ServerFields):
    """Loads a body into a Submission."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_load
    def submission(self, body: dict[str, Any], **_: Any) -> Submission:
        return Submission(
            _generation(self, SubmissionSchema(), body),
            dataset=body.get("dataset"),
            workspace=body.get("workspace"),
            max_parallel=body.get("max_parallel"),
            raw=body,
        )


@dataclass(frozen=True)
class PreviewRequest:
    generation: Generation
    limit: int
    table: str | None
    columns: list[str] | None


class PreviewLoader(_PreviewFields):
    """Loads a body into a PreviewRequest."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_load
    def preview_request(self, body: dict[str, Any], **_: Any) -> PreviewRequest:
        generation = _generation(self, PreviewRequestSchema(), body)
        return PreviewRequest(generation, body["limit"], body["table"], body["columns"])


def _generation(loader: ma.Schema, whole: ma.Schema, body: Mapping[str, Any]) -> Generation:
    with finding_inputs(services(), principal().workspace_id) as find_inputs:
        return parse(library_part(loader, whole, body), known_template, find_inputs)


def known_template(name: str) -> Template:
    """A template that the request's workspace knows by this name. Raises UnknownNameError."""
    return find_template(services(), principal(), name)


def library_part(loader: ma.Schema, whole: ma.Schema, body: Mapping[str, Any]) -> dict[str, Any]:
    """What of a body is for the library: all but the loader's own fields. Raises InvalidRequestError."""
    # The library would list its own fields alone, and not those that the server adds to them.
    unknown = [name for name in body if name not in whole.fields]
    if unknown:
        known = f"known: {', '.join(whole.fields)}"
        raise InvalidRequestError(
            FieldError(name[:MAX_NAME_LENGTH], "unknown field", known) for name in unknown[:_SHOWN_ERRORS]
        )
    return {name: value for name, value in body.items() if name not in loader.fields}
