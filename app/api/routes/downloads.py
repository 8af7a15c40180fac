"""GET /downloads/{job}/{file}: the files of a completed job."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, request

from synthmill.app.api.resource import Resource
from synthmill.app.core.datasets import open_file
from synthmill.app.http.context import principal, services
from synthmill.app.http.file_answer import file_answer
from synthmill.generators.engine.recipe import Output
from synthmill.generators.formats import FORMATS, media_type

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
_BINARY = {"schema": {"type": "string", "format": "binary"}}


def file_answers(media_types: Iterable[str]) -> dict[int, dict[str, Any]]:
    """What a file of one of these types may be answered with."""
    content = dict.fromkeys(sorted(media_types), _BINARY)
    part = {"Content-Range": {"schema": {"type": "string"}, "description": "which bytes, of how many"}}
    return {
        200: {"description": "The file", "headers": _FILE_HEADERS, "content": content},
        206: {"description": "The range asked for", "headers": _FILE_HEADERS | part, "content": content},
        302: {
            "description": "At a signed link of the object store, where one is public",
            "headers": {"Location": {"schema": {"type": "string"}, "description": "good for five minutes"}},
        },
        304: {"description": "The caller has it already"},
    }


def _media_types() -> set[str]:
    """Of the files of datasets: as formats and compressions have them, and of manifest and profile."""
    outputs = (
        Output(fmt.name, compression, codec="")
        for fmt in FORMATS.usable().values()
        for compression in fmt.compressions
    )
    return {"application/json", *map(media_type, outputs)}


@resource.operation(
    "GET",
    "/downloads/<job_id>/<file_name>",
    refuses=(404, 409, 416),
    request_headers=FILE_REQUEST_HEADERS,
    responses=file_answers(_media_types()),
)
def download_file(job_id: str, file_name: str) -> Response:
    """Download a file; `manifest.json` is one too"""
    return file_answer(request, open_file(services(), principal(), job_id, file_name))
