"""GET /jobs/{id}/events: what has happened to a job, as a list or as it happens."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import request

from synthmill.app.api.resource import Resource
from synthmill.app.core.jobs.queries import get_job
from synthmill.app.core.jobs.state import ENDED
from synthmill.app.core.jobs.watch import follow_job, read_events
from synthmill.app.http.context import principal, services
from synthmill.app.http.event_stream import (
    LAST_EVENT_ID,
    MEDIA_TYPE,
    event_stream,
    last_seen,
    nothing_more,
    wants_stream,
)

resource = Resource("events", "Numbered, stored facts about a job.")


class EventSchema(ma.Schema):
    id = ma.fields.String(required=True, metadata={"description": "the job's"})
    seq = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "1, 2, 3 ... without a gap; null for progress between two stored events"},
    )
    type = ma.fields.String(
        required=True,
        metadata={
            "enum": [
                "init",
                "start",
                "stage",
                "progress",
                "waiting",
                "paused",
                "resumed",
                "complete",
                "error",
                "shutdown",
            ],
            "description": "`complete`, `error` and `shutdown` end a job",
        },
    )
    timestamp = ma.fields.String(required=True, metadata={"format": "date-time"})
    data = ma.fields.Dict(required=True)


class EventsQuerySchema(ma.Schema):
    after = ma.fields.Integer(
        load_default=0,
        validate=ma.validate.Range(0, 2**53),
        metadata={"description": "number of the last event seen"},
    )
    limit = ma.fields.Integer(
        load_default=500, validate=ma.validate.Range(1, 1000), metadata={"description": "of a list"}
    )


@resource.operation(
    "GET",
    "/jobs/<job_id>/events",
    returns=EventSchema(many=True),
    query=EventsQuerySchema,
    refuses=(404,),
    request_headers=[LAST_EVENT_ID],
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}},
        204: {"description": "Of a stream: the job has ended and its last event was seen"},
    },
)
def list_events(query: dict[str, Any], job_id: str) -> Any:
    """Read the events after a number

    With `Accept: text/event-stream` they come as server-sent events, live ones too, until the job has ended.
    """
    if wants_stream(request):
        after = last_seen(request, query["after"])
        job = get_job(services(), principal(), job_id)
        if job.state in ENDED and after >= job.last_seq:
            return nothing_more()
        return event_stream(follow_job(services(), principal(), job_id, after))
    return read_events(services(), principal(), job_id, query["after"], query["limit"])
