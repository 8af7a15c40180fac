"""What a refused request was still sending is read and dropped, so that its sender gets to see the answer.

A server that closes a connection with bytes unread resets it, and a client in the middle of a large body
then sees a broken connection instead of the 401 or 413 that was sent.
"""

from __future__ import annotations

import time
from contextlib import suppress

from flask import Flask, Response, request

MAX_BYTES = 32 * 2**20
MAX_SECONDS = 5.0
_CHUNK = 2**16


def _drop(response: Response) -> Response:
    # Only a server that ends the input itself lets us read on without knowing what was read.
    if request.environ.get("wsgi.input_terminated"):
        left, deadline = MAX_BYTES, time.monotonic() + MAX_SECONDS
        # The sender may be gone, or send what is no body.
        with suppress(OSError, ValueError):
            while left > 0 and time.monotonic() < deadline:
                dropped = request.environ["wsgi.input"].read(_CHUNK)
                if not dropped:
                    break
                left -= len(dropped)
    return response


def install(app: Flask) -> None:
    app.after_request(_drop)
