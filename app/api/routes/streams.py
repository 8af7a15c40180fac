"""/streams: endless data by the clock."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from synthmill.app.api.envelope import no_content, page
from synthmill.app.api.resource import Resource
from synthmill.app.api.routes.events import EventsQuerySchema
from synthmill.app.api.schemas.stream import (
    StreamEventSchema,
    StreamLoader,
    StreamSchema,
    StreamsQuerySchema,
    StreamSummarySchema,
    trigger_of,
)
from synthmill.app.core.requests.streams import StreamFields, TriggerFields
from synthmill.app.core.streams import control, queries
from synthmill.app.core.streams.watch import StreamWatch, follow_stream, read_stream
from synthmill.app.http.context import principal, services
from synthmill.app.http.event_stream import (
    LAST_EVENT_ID,
    MEDIA_TYPE,
    event_stream,
    last_seen,
    nothing_more,
    wants_stream,
)

resource = Resource("streams", "Endless data and a clock: which event comes when follows from the two alone.")


@resource.operation(
    "POST",
    "/streams",
    returns=StreamSchema,
    status=201,
    body=StreamLoader,
    body_described_by=StreamFields,
    refuses=(503,),
    responses={201: {"headers": {"Location": {"schema": {"type": "string"}}}}},
)
def create_stream(wanted: control.StreamRequest) -> Any:
    """Start a stream

    Any table goes on whose rows don't follow from how many there are. Its own number of rows, or the end of
    its time, is replaced by the greatest there can be, as the recipe in the answer shows.
    """
    stream = control.create(services(), principal(), wanted)
    return stream, 201, {"Location": url_for("streams.get_stream", stream_id=stream.id)}


@resource.operation("GET", "/streams", returns=StreamSummarySchema(many=True), query=StreamsQuerySchema)
def list_streams(query: dict[str, Any]) -> Any:
    """List streams, the newest first"""
    return page(queries.list_streams(services(), principal(), query["after"], query["limit"]))


@resource.operation("GET", "/streams/<stream_id>", returns=StreamSchema, refuses=(404,))
def get_stream(stream_id: str) -> queries.StreamView:
    """Get a stream"""
    return queries.get_stream(services(), principal(), stream_id)


@resource.operation("DELETE", "/streams/<stream_id>", status=204, refuses=(404,))
def delete_stream(stream_id: str) -> Response:
    """Delete a stream

    It ends at once for those who watch it.
    """
    control.delete(services(), principal(), stream_id)
    return no_content()


@resource.operation("POST", "/streams/<stream_id>/pause", returns=StreamSchema, refuses=(404, 409))
def pause_stream(stream_id: str) -> queries.StreamView:
    """Pause a stream

    The event before `effective_seq` is the last, two seconds from now.
    """
    return control.pause(services(), principal(), stream_id)


@resource.operation("POST", "/streams/<stream_id>/resume", returns=StreamSchema, refuses=(404, 409))
def resume_stream(stream_id: str) -> queries.StreamView:
    """Resume a paused stream with the next number"""
    return control.resume(services(), principal(), stream_id)


@resource.operation("POST", "/streams/<stream_id>/stop", returns=StreamSchema, refuses=(404, 409))
def stop_stream(stream_id: str) -> queries.StreamView:
    """Stop a stream for good

    Its events can still be read.
    """
    return control.stop(services(), principal(), stream_id)


@resource.operation(
    "POST",
    "/streams/<stream_id>/trigger/<pattern>",
    returns=StreamSchema,
    body=TriggerFields,
    body_required=False,
    refuses=(404, 409),
)
def trigger_stream(body: dict[str, Any], stream_id: str, pattern: str) -> queries.StreamView:
    """Let more happen for a while

    month_end, quarter_end, year_end, holiday_cluster, or custom:NAME with a factor; uniform ends what was
    triggered. The event `effective_seq` is the first of it.
    """
    return control.trigger(services(), principal(), stream_id, trigger_of(pattern, body))


@resource.operation(
    "GET",
    "/streams/<stream_id>/events",
    returns=StreamEventSchema(many=True),
    query=EventsQuerySchema,
    refuses=(404,),
    request_headers=[LAST_EVENT_ID],
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
        204: {"description": "Of server-sent events: the stream has ended and its last event was seen"},
    },
)
def list_stream_events(query: dict[str, Any], stream_id: str) -> Any:
    """Read a stream's events after a number

    With `Accept: text/event-stream` they come as server-sent events, further ones as their moments come.
    """
    if not wants_stream(request):
        return read_stream(services(), principal(), stream_id, query["after"], query["limit"])
    watch = StreamWatch(services(), principal(), stream_id, last_seen(request, query["after"]))
    return nothing_more() if watch.over else event_stream(follow_stream(watch))
