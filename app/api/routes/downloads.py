"""GET /downloads/{job}/{file}: the files of a completed job."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from synthmill.app.api.resource import Resource
from synthmill.app.core.datasets import open_file
from synthmill.app.http.context import principal, services
from synthmill.app.http.file_answer import file_answer

resource = Resource("downloads", "Files of completed jobs.")

_FILE_HEADERS = {
    "ETag": {"schema": {"type": "string"}, "description": "the file's root in quotes"},
    "Accept-Ranges": {"schema": {"type": "string"}},
    "Content-Disposition": {"schema": {"type": "string"}},
    "X-Checksum-SHA256": {
        "schema": {"type": "string"},
        "description": "of the whole file, in hexadecimal; where the request asked for `sha256`",
    },
    "Repr-Digest": {"schema": {"type": "string"}, "description": "RFC 9530: the same in base 64"},
}


FILE_REQUEST_HEADERS: list[dict[str, Any]] = [
    {"name": "Range", "schema": {"type": "string"}, "description": "one range of bytes"},
    {"name": "If-Range", "schema": {"type": "string"}},
    {"name": "If-None-Match", "schema": {"type": "string"}},
]
FILE_ANSWERS: dict[int, dict[str, Any]] = {
    200: {
        "description": "The file",
        "headers": _FILE_HEADERS,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    206: {"description": "The range asked for", "headers": _FILE_HEADERS},
    302: {"description": "At a signed link of the object store, where one is public"},
    304: {"description": "The caller has it already"},
}


@resource.operation(
    "GET",
    "/downloads/<job_id>/<file_name>",
    refuses=(404, 409, 416),
    request_headers=FILE_REQUEST_HEADERS,
    responses=FILE_ANSWERS,
)
def download_file(job_id: str, file_name: str) -> Response:
    """Download a file; `manifest.json` is one too"""
    return file_answer(request, open_file(services(), principal(), job_id, file_name))
