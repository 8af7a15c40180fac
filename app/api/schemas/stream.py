"""What the routes of streams take and give."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.app.api.schemas.page_query import PageQuerySchema, cursor
from synthmill.app.core.requests.streams import DEFAULT_SOURCE, ClockFields, stream_of
from synthmill.app.core.streams.bursts import Trigger
from synthmill.app.core.streams.control import StreamRequest
from synthmill.app.core.streams.state import STATES
from synthmill.app.http.context import principal, services

f = ma.fields

_WHEN = {"format": "date-time"}


class StreamLoader(ClockFields):
    """Loads a body into a StreamRequest."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_load
    def wanted(self, body: dict[str, Any], **_: Any) -> StreamRequest:
        return stream_of(services(), principal(), body)


class DefaultStreamLoader(ClockFields):
    """The same, for a body that may say nothing of what the stream is made of."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_load
    def wanted(self, body: dict[str, Any], **_: Any) -> StreamRequest:
        return stream_of(services(), principal(), body, DEFAULT_SOURCE)


def trigger_of(pattern: str, body: dict[str, Any]) -> Trigger:
    return Trigger(pattern, body["factor"], body["seconds"])


class StreamsQuerySchema(PageQuerySchema):
    after = cursor("stream")


class StreamSummarySchema(ma.Schema):
    """A stream without its recipe, as in lists."""

    class Meta:
        description = "Endless data and a clock."

    id = f.String(required=True)
    state = f.String(
        required=True,
        metadata={"enum": list(STATES), "description": "as last ordered; completed after `max_events`"},
    )
    strategy = f.String(required=True)
    template = f.String(required=True, allow_none=True)
    table = f.String(required=True, metadata={"description": "whose rows are the events"})
    seed = f.Integer(required=True, metadata={"description": "as given, or as drawn where none was given"})
    events_per_second = f.Integer(required=True)
    max_events = f.Integer(required=True)
    position = f.Integer(required=True, metadata={"description": "number of the last event so far"})
    rate = f.Float(required=True, metadata={"description": "events a second at this moment"})
    pattern = f.String(
        required=True, allow_none=True, metadata={"description": "what was triggered, while it lasts"}
    )
    effective_seq = f.Integer(
        required=True, metadata={"description": "the first event for which the last order holds"}
    )
    effective_at = f.String(
        required=True, metadata={**_WHEN, "description": "when the last order takes effect"}
    )
    created_at = f.String(required=True, metadata=_WHEN)


class StreamSchema(StreamSummarySchema):
    recipe = f.Dict(
        required=True,
        metadata={"description": "strategy, whole parameters, seed and engine version: decides every value"},
    )


class StreamEventSchema(ma.Schema):
    id = f.String(required=True, metadata={"description": "the stream's"})
    seq = f.Integer(required=True, metadata={"description": "1, 2, 3 ... without a gap"})
    type = f.String(required=True, metadata={"description": "the table of which it is a row"})
    timestamp = f.String(
        required=True, metadata={**_WHEN, "description": "when it happened, to the microsecond"}
    )
    pattern = f.String(required=True, allow_none=True, metadata={"description": "what was triggered then"})
    data = f.Dict(required=True, metadata={"description": "the row, as the JSON Lines file has it"})
