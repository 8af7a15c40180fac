"""A request's body as bytes that come one after the other, of any length, never all in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Request
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import get_input_stream

from synthmill.app.core.errors import IncompleteBodyError, TooManyRequestsError
from synthmill.app.http.context import principal
from synthmill.app.http.waiting_slots import slots

CHUNK_BYTES = 1 << 18
_COME_BACK_SECONDS = 5


@contextmanager
def upload_slot() -> Iterator[None]:
    """A slot for a long body of this key while the block runs. Raises TooManyRequestsError for none."""
    with slots().upload(principal().key_id) as free:
        if not free:
            raise TooManyRequestsError(
                f"this key has as many uploads under way as it may have ({slots().of_a_key['upload']}), "
                "or the process as many long requests",
                _COME_BACK_SECONDS,
            )
        yield


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
