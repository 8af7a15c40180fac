"""A request's body as bytes that come one after the other, of any length, never all in memory."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Request
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import get_input_stream

from synthmill.app.core.errors import IncompleteBodyError

CHUNK_BYTES = 1 << 18


def read_body(req: Request) -> Iterator[bytes]:
    """The body's bytes, without its transfer coding; nothing else may read it.

    A Content-Length must be all there, and chunks must come to their end: else IncompleteBodyError. The body
    may take any time, as long as it comes at the pace of app/http/client_socket.py.
    """
    stream = get_input_stream(req.environ)
    came = 0
    while True:
        try:
            chunk = stream.read(CHUNK_BYTES)
        except (OSError, ClientDisconnected) as error:
            raise IncompleteBodyError(_cut_off(came)) from error
        if not chunk:
            break
        came += len(chunk)
        yield chunk
    if req.content_length is not None and came < req.content_length:
        raise IncompleteBodyError(_cut_off(came))


def _cut_off(came: int) -> str:
    return f"the body ended after {came:,} bytes, before all of it had come; nothing was kept"
