"""/stream/...: the workspace's default stream, which needs no id."""

from __future__ import annotations

from typing import Any

from synthmill.app.api.resource import Resource
from synthmill.app.api.schemas.stream import (
    DefaultStreamLoader,
    StreamSchema,
    trigger_of,
)
from synthmill.app.core.requests.streams import StreamFields, TriggerFields
from synthmill.app.core.streams import control, queries
from synthmill.app.http.context import principal, services

resource = Resource("stream", "The workspace's default stream.")


@resource.operation(
    "POST",
    "/stream/start",
    returns=StreamSchema,
    status=201,
    body=DefaultStreamLoader,
    body_described_by=StreamFields,
    body_required=False,
    refuses=(409, 503),
)
def start_stream(wanted: control.StreamRequest) -> queries.StreamView:
    """Start the default stream

    Orders of the template `retail`, unless the body (which may be left out) says what else. There is one at
    a time.
    """
    return control.create(services(), principal(), wanted, default=True)


@resource.operation("GET", "/stream", returns=StreamSchema, refuses=(404,))
def get_default_stream() -> queries.StreamView:
    """Get the default stream

    The one that was started last, whether it runs or not.
    """
    return queries.get_stream(services(), principal(), _id())


@resource.operation("POST", "/stream/pause", returns=StreamSchema, refuses=(404, 409))
def pause_default_stream() -> queries.StreamView:
    """Pause the default stream"""
    return control.pause(services(), principal(), _id())


@resource.operation("POST", "/stream/resume", returns=StreamSchema, refuses=(404, 409))
def resume_default_stream() -> queries.StreamView:
    """Resume the default stream"""
    return control.resume(services(), principal(), _id())


@resource.operation("POST", "/stream/stop", returns=StreamSchema, refuses=(404, 409))
def stop_default_stream() -> queries.StreamView:
    """Stop the default stream"""
    return control.stop(services(), principal(), _id())


@resource.operation(
    "POST",
    "/stream/trigger/<pattern>",
    returns=StreamSchema,
    body=TriggerFields,
    body_required=False,
    refuses=(404, 409),
)
def trigger_default_stream(body: dict[str, Any], pattern: str) -> queries.StreamView:
    """Let more happen for a while in the default stream"""
    return control.trigger(services(), principal(), _id(), trigger_of(pattern, body))


def _id() -> str:
    return control.default_id(services(), principal())
