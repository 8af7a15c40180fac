"""POST /tickets: a one-time pass for a WebSocket."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.app.api.resource import Resource
from synthmill.app.core import tickets
from synthmill.app.http.context import principal, services

resource = Resource("tickets", "One-time passes for WebSockets, so that no key stands in an address.")


class TicketSchema(ma.Schema):
    ticket = ma.fields.String(
        required=True, metadata={"description": "for `?ticket=` of the WebSocket's address"}
    )
    expires_in = ma.fields.Integer(required=True, metadata={"description": "seconds; it is good for one use"})


class TicketRequestSchema(ma.Schema):
    job_id = ma.fields.String(
        load_default=None,
        validate=ma.validate.Length(1, 64),
        metadata={"description": "for `/ws/jobs/{job_id}`; left out: for any other WebSocket"},
    )


@resource.operation(
    "POST",
    "/tickets",
    returns=TicketSchema,
    status=201,
    body=TicketRequestSchema,
    body_required=False,
    refuses=(404,),
)
def issue_ticket(body: dict[str, Any]) -> tickets.Ticket:
    """Ask for a ticket"""
    return tickets.issue(services(), principal(), body["job_id"])
