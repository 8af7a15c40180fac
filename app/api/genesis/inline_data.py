"""Data in a request's body, streamed into uploads."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import request

from synthmill.app.api.genesis.split_body import SplitBody
from synthmill.app.core.errors import TooManyRequestsError
from synthmill.app.core.uploads.receive import Incoming, receive
from synthmill.app.http.context import principal, services
from synthmill.app.http.raw_body import read_body
from synthmill.app.http.waiting_slots import slots

_COME_BACK_SECONDS = 5


def read_with_data(arrays: Collection[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The body without its arrays of these names, and the sha256 of each array, which is an upload now.

    The body may say any Content-Type: `curl -d` says that it is a form. Raises what receiving an upload
    raises, MalformedJsonError and InvalidRequestError.
    """
    uploads: dict[str, str] = {}
    with slots().upload(principal().key_id) as free:
        if not free:
            raise TooManyRequestsError(
                f"this key has as many uploads under way as it may have ({slots().of_a_key['upload']}), "
                "or the process as many long requests",
                _COME_BACK_SECONDS,
            )
        body = SplitBody(read_body(request), arrays)
        while (found := body.next_array()) is not None:
            name, content = found
            incoming = Incoming("application/json", f"{name}.json")
            uploads[name] = receive(services(), principal(), incoming, content)[0].sha256
        rest = body.rest()
    return {name: value for name, value in rest.items() if name not in uploads}, uploads
