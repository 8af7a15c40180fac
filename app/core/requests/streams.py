"""Requests for streams and bursts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.questions import questions_of
from synthmill.app.core.requests.generation import library_part
from synthmill.app.core.services import Services
from synthmill.app.core.streams.control import StreamRequest
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.limits import MAX_TABLE_ROWS
from synthmill.generators.recipes.request import WholeNumber
from synthmill.generators.streams import Endless, EndlessRequest

MAX_EVENTS_PER_SECOND = 10_000
MAX_FACTOR = 100.0
MAX_TRIGGER_SECONDS = 3_600
DEFAULT_SOURCE: Mapping[str, Any] = {"template": "retail", "table": "orders"}
"""What a default stream is made of, unless its start says something else."""


class ClockFields(ma.Schema):
    """How fast a stream's events come, and how many."""

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


class StreamFields(EndlessRequest, ClockFields):
    """All that a stream can be asked with."""

    class Meta(EndlessRequest.Meta):
        description = "A strategy or a template, what to change of it, the table, and how fast its rows come."


class TriggerFields(ma.Schema):
    """How much more happens, and for how long."""

    factor = ma.fields.Float(
        load_default=None,
        validate=ma.validate.Range(0.1, MAX_FACTOR),
        metadata={"description": "multiplies `events_per_second`; the pattern's own if left out"},
    )
    seconds = WholeNumber(
        load_default=None,
        validate=ma.validate.Range(1, MAX_TRIGGER_SECONDS),
        metadata={"description": "how long; 10 if left out"},
    )


def stream_of(
    services: Services, principal: Principal, body: dict[str, Any], default: Mapping[str, Any] | None = None
) -> StreamRequest:
    """The stream that a body means whose `ClockFields` are loaded. Raises InvalidRequestError.

    `default` is what it is made of where the body doesn't say.
    """
    source = library_part(body, ClockFields, StreamFields)
    if default is not None and "strategy" not in source and "template" not in source:
        source = {**default, **source}
    with questions_of(services, principal.workspace_id) as questions:
        found = services.executor.run("endless", {"request": source}, questions).value()
    endless = Endless(**{**found, "recipe": Recipe.from_dict(found["recipe"])})
    return StreamRequest(endless, body["events_per_second"], body["max_events"])
