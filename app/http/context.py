"""What a view may ask about the request in hand: the services, who asks, and the request's id."""

from __future__ import annotations

import re
import secrets
import threading
from dataclasses import dataclass

from flask import current_app, g, request

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.services import Services

EXTENSION = "synthmill"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(frozen=True)
class Context:
    """What the factory gives to every view of one application."""

    services: Services
    stopping: threading.Event
    """Set once when this process is about to end; code that waits for long looks at it."""


def _context() -> Context:
    context: Context = current_app.extensions[EXTENSION]
    return context


def services() -> Services:
    return _context().services


def stopping() -> threading.Event:
    return _context().stopping


def principal() -> Principal:
    """Who sent this request; set before any view that needs a key."""
    found: Principal = g.principal
    return found


def request_id() -> str:
    """The caller's own X-Request-Id if it is a plain word of at most 128 characters, else one drawn here."""
    if "request_id" not in g:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else f"req_{secrets.token_hex(12)}"
    drawn: str = g.request_id
    return drawn
