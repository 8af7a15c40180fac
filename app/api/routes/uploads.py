"""/uploads: files that a workspace sends, for recipes to name by their sha256."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response, request, url_for

from synthmill.app.api.envelope import no_content, page
from synthmill.app.api.resource import Resource
from synthmill.app.api.routes.downloads import FILE_REQUEST_HEADERS, file_answers
from synthmill.app.api.schemas.page_query import PageQuerySchema, cursor
from synthmill.app.api.upload_headers import MAX_LENGTH, digests, file_name, media_type
from synthmill.app.core.uploads import queries as uploads
from synthmill.app.core.uploads.receive import Incoming, receive
from synthmill.app.core.uploads.removal import delete_upload as remove
from synthmill.app.http.context import principal, services
from synthmill.app.http.file_answer import file_answer
from synthmill.app.http.raw_body import read_body, upload_slot

resource = Resource("uploads", "Files that a workspace sends: inputs, which recipes name by their sha256.")

_WHERE_IT_IS = {"Location": {"schema": {"type": "string"}, "description": "where the upload is"}}

f = ma.fields


class UploadSchema(ma.Schema):
    id = f.String(required=True)
    sha256 = f.String(required=True, metadata={"description": "of its bytes, in hexadecimal"})
    size = f.Integer(required=True, metadata={"description": "bytes"})
    media_type = f.String(required=True)
    name = f.String(required=True, allow_none=True)
    created_at = f.String(required=True, metadata={"format": "date-time"})
    expires_at = f.String(
        required=True,
        allow_none=True,
        metadata={
            "format": "date-time",
            "description": "when it is removed unless it is used before; null: never",
        },
    )


class NameQuerySchema(ma.Schema):
    name = f.String(
        load_default=None,
        metadata={
            "description": f"the file's name, 1 to {MAX_LENGTH} characters; else Content-Disposition's"
        },
    )


class UploadsQuerySchema(PageQuerySchema):
    after = cursor("up")
    sha256 = f.String(
        load_default=None,
        validate=ma.validate.Regexp(r"[0-9a-f]{64}\Z", error="isn't a sha256 in hexadecimal"),
        metadata={"description": "only the one of these bytes"},
    )


@resource.operation(
    "POST",
    "/uploads",
    returns=UploadSchema,
    status=201,
    also={200: UploadSchema},
    query=NameQuerySchema,
    refuses=(400, 413, 415, 503, 507),
    request_headers=[
        {
            "name": "Content-Disposition",
            "schema": {"type": "string"},
            "description": "`attachment; filename=...`: the file's name, where the query has none",
        },
        {
            "name": "Repr-Digest",
            "schema": {"type": "string"},
            "description": "RFC 9530, `sha-256=:...:`; other bytes are refused. Or Content-Digest",
        },
    ],
    requestBody={
        "required": True,
        "description": "the file's own bytes, at most `SYNTHMILL_MAX_UPLOAD_BYTES`",
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
    },
    responses={
        200: {"description": "The workspace had the same bytes already", "headers": _WHERE_IT_IS},
        201: {"headers": _WHERE_IT_IS},
    },
)
def upload_file(query: dict[str, Any]) -> Any:
    """Upload a file

    200 instead of 201 says that the workspace had the same bytes already: the answer is that upload, with
    its name and type, and its time begins anew.
    """
    incoming = Incoming(
        media_type(request), file_name(request, query["name"]), request.content_length, digests(request)
    )
    with upload_slot():
        upload, known = receive(services(), principal(), incoming, read_body(request))
    return upload, 200 if known else 201, {"Location": url_for("uploads.get_upload", upload_id=upload.id)}


@resource.operation("GET", "/uploads", returns=UploadSchema(many=True), query=UploadsQuerySchema)
def list_uploads(query: dict[str, Any]) -> Any:
    """List uploads, the newest first"""
    return page(uploads.list_uploads(services(), principal(), **query))


@resource.operation("GET", "/uploads/<upload_id>", returns=UploadSchema, refuses=(404,))
def get_upload(upload_id: str) -> uploads.UploadView:
    """Get an upload, without its bytes"""
    return uploads.get_upload(services(), principal(), upload_id)


@resource.operation(
    "GET",
    "/uploads/<upload_id>/content",
    refuses=(404, 416),
    request_headers=FILE_REQUEST_HEADERS,
    responses=file_answers(["*/*"]),
)
def download_upload(upload_id: str) -> Response:
    """Download the bytes of an upload"""
    return file_answer(request, uploads.open_upload(services(), principal(), upload_id))


@resource.operation("DELETE", "/uploads/<upload_id>", status=204, refuses=(404, 409))
def delete_upload(upload_id: str) -> Response:
    """Delete an upload

    Refused with 409 while an unfinished job needs it.
    """
    remove(services(), principal(), upload_id)
    return no_content()
