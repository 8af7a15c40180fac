"""Data in a request's body, streamed into uploads."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import request

from synthmill.app.api.genesis.split_body import SplitBody
from synthmill.app.core.uploads.receive import Incoming, receive
from synthmill.app.http.context import principal, services
from synthmill.app.http.raw_body import read_body, upload_slot


def read_with_data(arrays: Collection[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The body without its arrays of these names, and the sha256 of each array, which is an upload now.

    The body may say any Content-Type: `curl -d` says that it is a form. Raises what receiving an upload
    raises, MalformedJsonError and InvalidRequestError.
    """
    uploads: dict[str, str] = {}
    with upload_slot():
        body = SplitBody(read_body(request), arrays)
        while (found := body.next_array()) is not None:
            name, content = found
            incoming = Incoming("application/json", f"{name}.json")
            uploads[name] = receive(services(), principal(), incoming, content)[0].sha256
        rest = body.rest()
    return {name: value for name, value in rest.items() if name not in uploads}, uploads
