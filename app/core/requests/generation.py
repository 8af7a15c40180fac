"""Requests for a dataset: the library reads part of the body, what only a server knows of is read here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.app.core.jobs.kind import Submission
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.limits import MAX_NAME_LENGTH
from synthmill.generators.recipes.request import GenerationRequest, WholeNumber

_SHOWN_ERRORS = 20


class SubmissionFields(ma.Schema):
    """What the server adds to a generation request."""

    workspace = ma.fields.String(metadata={"description": "the key's own workspace, or left out"})
    dataset = ma.fields.String(metadata={"description": "name of the dataset; equal names become versions"})
    max_parallel = WholeNumber(metadata={"description": "most parts of the job worked on at once"})


class SubmissionRequest(GenerationRequest, SubmissionFields):
    """All that a job for a dataset can be asked with."""

    class Meta(GenerationRequest.Meta):
        description = "A strategy or a template, what to change of it, and the output."


def submission_of(body: dict[str, Any]) -> Submission:
    """The submission that a body means whose `SubmissionFields` are loaded; the library's are read where the
    job is laid out. Raises InvalidRequestError."""
    return Submission(
        library_part(body, SubmissionFields, SubmissionRequest),
        dataset=body.get("dataset"),
        workspace=body.get("workspace"),
        max_parallel=body.get("max_parallel"),
        raw=body,
    )


def library_part(body: Mapping[str, Any], own: type[ma.Schema], whole: type[ma.Schema]) -> dict[str, Any]:
    """What of a body is for the library: all but the server's own fields. Raises InvalidRequestError."""
    known = whole().fields
    # The library would list its own fields alone, and not those that the server adds to them.
    unknown = [name for name in body if name not in known]
    if unknown:
        fix = f"known: {', '.join(known)}"
        raise InvalidRequestError(
            FieldError(name[:MAX_NAME_LENGTH], "unknown field", fix) for name in unknown[:_SHOWN_ERRORS]
        )
    return {name: value for name, value in body.items() if name not in own().fields}
