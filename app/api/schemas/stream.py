"""What the routes of streams take and give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.app.api.schemas.page_query import PageQuerySchema, cursor
from synthmill.app.api.schemas.submission import known_template, library_part
from synthmill.app.core.streams.bursts import Trigger
from synthmill.app.core.streams.control import StreamRequest
from synthmill.app.core.streams.state import STATES
from synthmill.generators.limits import MAX_TABLE_ROWS
from synthmill.generators.recipes.request import WholeNumber
from synthmill.generators.streams import EndlessRequest, parse_endless

f = ma.fields

MAX_EVENTS_PER_SECOND = 10_000
MAX_FACTOR = 100.0
MAX_TRIGGER_SECONDS = 3_600
USUAL: Mapping[str, Any] = {"template": "retail", "table": "orders"}
"""What a default stream is made of, unless its start says something else."""
_WHEN = {"format": "date-time"}


class _ClockFields(ma.Schema):
    events_per_second = WholeNumber(
        load_default=10,
        validate=ma.validate.Range(1, MAX_EVENTS_PER_SECOND),
        metadata={"description": "while nothing is triggered"},
    )
    max_events = WholeNumber(
        load_default=None,
        validate=ma.validate.Range(1, MAX_TABLE_ROWS),
        metadata={"description": f"the stream completes with this one; left out: {MAX_TABLE_ROWS}, or fewer"},
    )


class StreamRequestSchema(EndlessRequest, _ClockFields):
    """The whole body of POST /streams, for the OpenAPI document."""

    class Meta(EndlessRequest.Meta):
        description = "A strategy or a template, what to change of it, the table, and how fast its rows come."


class StreamLoader(_ClockFields):
    """Loads a body into a Wish."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_load
    def wanted(self, body: dict[str, Any], **_: Any) -> StreamRequest:
        source = library_part(self, StreamRequestSchema(), body)
        return StreamRequest(
            parse_endless(self.completed(source), known_template),
            body["events_per_second"],
            body["max_events"],
        )

    def completed(self, source: dict[str, Any]) -> Mapping[str, Any]:
        return source


class UsualStreamLoader(StreamLoader):
    """The same, for a body that may say nothing of what the stream is made of."""

    def completed(self, source: dict[str, Any]) -> Mapping[str, Any]:
        return source if "strategy" in source or "template" in source else {**USUAL, **source}


class TriggerSchema(ma.Schema):
    factor = f.Float(
        load_default=None,
        validate=ma.validate.Range(0.1, MAX_FACTOR),
        metadata={"description": "multiplies `events_per_second`; the pattern's own if left out"},
    )
    seconds = WholeNumber(
        load_default=None,
        validate=ma.validate.Range(1, MAX_TRIGGER_SECONDS),
        metadata={"description": "how long; 10 if left out"},
    )


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
