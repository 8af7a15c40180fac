"""A refusal to a client whose request no view has seen, as the views would say it."""

from __future__ import annotations

import json
import secrets
from http import HTTPStatus

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def raw_refusal(status: int, detail: str, reason: str, fix: str, retry_after: int) -> bytes:
    """The whole answer: a problem (RFC 9457), after which the connection is closed."""
    phrase = HTTPStatus(status).phrase
    request_id = f"req_{secrets.token_hex(12)}"
    body = json.dumps(
        {
            "type": f"urn:synthmill:problem:{phrase.lower().replace(' ', '-')}",
            "title": phrase,
            "status": status,
            "detail": detail,
            "instance": "",
            "request_id": request_id,
            "errors": [{"field": "request", "reason": reason, "fix": fix}],
        }
    ).encode()
    head = [
        f"HTTP/1.1 {status} {phrase}",
        "Connection: close",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        f"X-Request-Id: {request_id}",
        "X-Content-Type-Options: nosniff",
        "Cache-Control: no-store",
        *([f"Retry-After: {retry_after}"] if status in (429, 503) else []),
        "",
        "",
    ]
    return "\r\n".join(head).encode() + body
