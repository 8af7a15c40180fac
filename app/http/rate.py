"""Rate limits over HTTP: whose request is counted, and the headers that say what is left.

Requests with a valid key count for the key; all others, wrong keys too, for the address they come from. The
headers are those of draft-ietf-httpapi-ratelimit-headers-11.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from synthmill.app.core.errors import TooManyRequestsError
from synthmill.app.core.rate_limit import WINDOW
from synthmill.app.http.context import services


def count_key(key_id: str) -> None:
    """Count this request for a key. Raises TooManyRequestsError beyond its limit."""
    _count("key", key_id, services().settings.rate_limit)


def count_address() -> None:
    """Count this request for the address that it comes from. Raises TooManyRequestsError."""
    _count("address", request.remote_addr or "unknown", services().settings.anonymous_rate_limit)


def _count(policy: str, client: str, limit: int) -> None:
    if limit <= 0:
        return
    verdict = services().rate_limit.spend(f"{policy}:{client}", limit)
    g.rate = policy, verdict
    if not verdict.allowed:
        whose = "key" if policy == "key" else "address"
        raise TooManyRequestsError(
            f"this {whose} has made {limit:,} requests within {WINDOW} seconds, which is all it may make",
            verdict.reset,
        )


def _add_headers(response: Response) -> Response:
    if "rate" in g:
        policy, verdict = g.rate
        response.headers["RateLimit-Policy"] = f'"{policy}";q={verdict.limit};w={WINDOW}'
        response.headers["RateLimit"] = f'"{policy}";r={verdict.remaining};t={verdict.reset}'
    return response


def install(app: Flask) -> None:
    app.after_request(_add_headers)
