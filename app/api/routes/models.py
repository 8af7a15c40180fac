"""/models: what a workspace has learnt from its data."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, request

from synthmill.app.api.envelope import no_content, page
from synthmill.app.api.resource import Resource
from synthmill.app.api.routes.downloads import FILE_REQUEST_HEADERS, file_answers
from synthmill.app.api.schemas.page_query import PageQuerySchema, cursor
from synthmill.app.core.learned import queries as models
from synthmill.app.core.learned.removal import delete_model as remove
from synthmill.app.http.context import principal, services
from synthmill.app.http.file_answer import file_answer

resource = Resource("models", "What was learnt from data: inputs, which recipes name by their sha256.")

f = ma.fields


class ModelSummarySchema(ma.Schema):
    """A model without its description, as in lists."""

    id = f.String(required=True)
    sha256 = f.String(required=True, metadata={"description": "what recipes of the strategy `model` name"})
    size = f.Integer(required=True, metadata={"description": "bytes of its file"})
    name = f.String(required=True)
    method = f.String(required=True, metadata={"description": "as it was asked for"})
    method_used = f.String(required=True, metadata={"description": "another where the description says why"})
    privacy = f.String(
        required=True,
        metadata={"description": "`careful`, `open` or `dp`; the file of an open one leaves by a word only"},
    )
    sources = f.Dict(
        keys=f.String(),
        values=f.String(),
        required=True,
        metadata={"description": "by table, the sha256 of the upload, which may be gone"},
    )
    job_id = f.String(required=True, allow_none=True, metadata={"description": "the job that fitted it"})
    created_at = f.String(required=True, metadata={"format": "date-time"})


class ExportSchema(ma.Schema):
    key_id = f.String(required=True)
    exported_at = f.String(required=True, metadata={"format": "date-time"})


class ModelSchema(ModelSummarySchema):
    description = f.Dict(
        required=True,
        metadata={"description": "tables, columns, rows, subjects, what its file gives away, warnings"},
    )
    exports = f.List(
        f.Nested(ExportSchema),
        required=True,
        metadata={"description": "of an open model: by which key its file was fetched, the newest first"},
    )


class ModelsQuerySchema(PageQuerySchema):
    after = cursor("mdl")
    sha256 = f.String(
        load_default=None,
        validate=ma.validate.Regexp(r"[0-9a-f]{64}\Z", error="isn't a sha256 in hexadecimal"),
        metadata={"description": "only this one"},
    )
    name = f.String(load_default=None, metadata={"description": "only those of this name"})


class ModelFileQuerySchema(ma.Schema):
    allow_open = f.Boolean(
        load_default=False,
        metadata={"description": "`true`: that an open model's file leaves is meant; it is recorded"},
    )


@resource.operation("GET", "/models", returns=ModelSummarySchema(many=True), query=ModelsQuerySchema)
def list_models(query: dict[str, Any]) -> Any:
    """List models, the newest first"""
    return page(models.list_models(services(), principal(), **query))


@resource.operation("GET", "/models/<model_id>", returns=ModelSchema, refuses=(404,))
def get_model(model_id: str) -> models.ModelView:
    """Get a model with what it says of itself"""
    return models.get_model(services(), principal(), model_id)


@resource.operation(
    "GET",
    "/models/<model_id>/file",
    query=ModelFileQuerySchema,
    refuses=(404, 416),
    request_headers=FILE_REQUEST_HEADERS,
    responses=file_answers(["application/octet-stream"]),
)
def download_model(query: dict[str, Any], model_id: str) -> Response:
    """Download a model's file

    One that is neither careful nor differentially private needs `allow_open=true`, which is recorded.
    """
    file = models.open_model(
        services(), principal(), model_id, query["allow_open"], records=request.method == "GET"
    )
    return file_answer(request, file)


@resource.operation("DELETE", "/models/<model_id>", status=204, refuses=(404, 409))
def delete_model(model_id: str) -> Response:
    """Delete a model

    What was made with it stays. Refused with 409 while an unfinished job needs it.
    """
    remove(services(), principal(), model_id)
    return no_content()
