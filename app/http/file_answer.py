"""A stored file over HTTP: whole, in part, not at all because the caller has it, or elsewhere (RFC 9110)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from itertools import chain

from flask import Request, Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import quote_etag

from synthmill.app.core.errors import TooManyRequestsError
from synthmill.app.core.storage.storage import attachment
from synthmill.app.core.storage.stored_file import StoredFile
from synthmill.app.http.client_socket import KEPT_BYTES
from synthmill.app.http.context import principal, services
from synthmill.app.http.waiting_slots import slots

LINK_SECONDS = 300
"""How long a signed link of the object store is good for."""
_COME_BACK_SECONDS = 5


def file_answer(req: Request, file: StoredFile) -> Response:
    """The answer to a GET or HEAD for this file.

    Raises RequestedRangeNotSatisfiable, and TooManyRequestsError where the key has too many downloads.
    """
    headers = _headers(file)
    if req.if_none_match.contains_weak(file.etag):
        return Response(status=304, headers={name: headers[name] for name in ("ETag", "Cache-Control")})
    link = services().storage.presign(file.key, LINK_SECONDS, file.name)
    if link is not None:
        return Response(status=302, headers={"Location": link})
    start, stop = _span(req, file)
    is_bare = req.method == "HEAD"
    # A small one is kept for its reader by the server, and holds no thread.
    release = None if is_bare else download_slot(stop - start)
    try:
        body: Iterator[bytes] = iter(()) if is_bare else _read(file, start, stop)
    except BaseException:
        if release is not None:
            release()
        raise
    response = Response(body, 200, headers, content_type=file.media_type)
    if release is not None:
        response.call_on_close(release)
    if (start, stop) != (0, file.size) or (_has_range(req, file) and file.size):
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    response.content_length = stop - start
    return response


def download_slot(size: int) -> Callable[[], None] | None:
    """What gives back this key's slot for sending so many bytes; None where the server keeps them for their
    reader, and none is needed. Raises TooManyRequestsError where there is none."""
    if size <= KEPT_BYTES:
        return None
    release = slots().download(principal().key_id)
    if release is None:
        raise TooManyRequestsError(
            "this key has as many large downloads under way as it may have "
            f"({slots().of_a_key['download']}), or the process as many as it may",
            _COME_BACK_SECONDS,
        )
    return release


def _headers(file: StoredFile) -> dict[str, str]:
    headers = {
        "ETag": quote_etag(file.etag),
        "Accept-Ranges": "bytes",
        "Content-Disposition": attachment(file.name),
        "Cache-Control": "private, no-cache",
    }
    if file.sha256 is not None:
        # RFC 9530 knows no BLAKE3, and a root is no digest of the bytes as they are sent.
        digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
        headers |= {"X-Checksum-SHA256": file.sha256, "Repr-Digest": f"sha-256=:{digest}:"}
    return headers


def _has_range(req: Request, file: StoredFile) -> bool:
    """Whether one range is asked for, of the file as it is now; several ranges at once are not served."""
    if req.method != "GET" or req.range is None or req.range.units != "bytes" or len(req.range.ranges) != 1:
        return False
    if "If-Range" not in req.headers:
        return True
    # A weak tag or a date can't promise equal bytes, so only the exact tag makes a part of the answer.
    return req.headers["If-Range"].strip() == quote_etag(file.etag)


def _span(req: Request, file: StoredFile) -> tuple[int, int]:
    """First byte, and the byte after the last, of what is to be sent."""
    if req.range is None or not _has_range(req, file):
        return 0, file.size
    begin = req.range.ranges[0][0]
    if begin is not None and begin < 0:
        # The last so many bytes, which may be more than there are (RFC 9110, section 14.1.2).
        return max(0, file.size + begin), file.size
    span = req.range.range_for_length(file.size)
    if span is None:
        raise RequestedRangeNotSatisfiable(file.size, "bytes", f"the file has {file.size} bytes")
    return span


def _read(file: StoredFile, start: int, stop: int) -> Iterator[bytes]:
    """The bytes; the first chunk is read now, so a failing storage gives a problem, not half a file."""
    chunks = services().storage.read(file.key, start, stop)
    return chain([next(chunks, b"")], chunks)
