"""What is let in before any view runs: who asks, how often, and for what can't be.

Every route needs an API key unless it is on the list of public ones. Requests with a valid key count for the
key; all others, wrong keys too, for the address they come from. The headers that say what is left are those
of draft-ietf-httpapi-ratelimit-headers-11.
"""

from __future__ import annotations

from flask import Flask, Request, Response, g, request
from werkzeug.exceptions import NotFound

from synthmill.app.core.access.allowance import Policy, require_allowed, spend
from synthmill.app.core.access.keys import Principal, authenticate
from synthmill.app.core.confined.caller import caller
from synthmill.app.core.errors import UnauthorizedError
from synthmill.app.core.rate_limit import WINDOW
from synthmill.app.http.context import services

NO_KEY = "an API key is needed: send it as X-API-Key or as Authorization: Bearer"


def identify(req: Request) -> Principal:
    """The principal of the key in the request's headers, this request counted for it.

    Raises UnauthorizedError, or TooManyRequestsError; a wrong key counts for the address it comes from.
    """
    try:
        principal = authenticate(services(), _token(req))
    except UnauthorizedError:
        count_address()
        raise
    _count("key", principal.key_id)
    return principal


def _token(req: Request) -> str:
    bearer = req.authorization.token if req.authorization and req.authorization.type == "bearer" else None
    token = req.headers.get("X-API-Key") or bearer
    if not token:
        raise UnauthorizedError(NO_KEY)
    if bearer and bearer != token:
        raise UnauthorizedError("X-API-Key and Authorization hold different keys; send one")
    return token


def count_address() -> None:
    """Count this request for the address that it comes from. Raises TooManyRequestsError."""
    _count("address", request.remote_addr or "unknown")


def _count(policy: Policy, client: str) -> None:
    verdict = spend(services(), policy, client)
    if verdict is not None:
        g.rate = policy, verdict
    require_allowed(policy, verdict)


def _add_headers(response: Response) -> Response:
    if "rate" in g:
        policy, verdict = g.rate
        response.headers["RateLimit-Policy"] = f'"{policy}";q={verdict.limit};w={WINDOW}'
        response.headers["RateLimit"] = f'"{policy}";r={verdict.remaining};t={verdict.reset}'
    return response


def _refuse_unstorable() -> None:
    """What stands in a path is a name of something stored, so a name that can't be stored names nothing."""
    # PostgreSQL takes no U+0000 in text, not even to look for it.
    if any("\0" in str(part) for part in (request.view_args or {}).values()):
        raise NotFound("a path with U+0000 names nothing")


def install(app: Flask, open_endpoints: frozenset[str]) -> None:
    """Ask for a key before every view but these. An unknown route has no view and stays a 404."""

    def admit() -> None:
        if request.endpoint is None:
            count_address()
        elif request.endpoint not in open_endpoints:
            g.principal = identify(request)
            caller.set(g.principal.key_id)
        _refuse_unstorable()

    app.before_request(admit)
    app.after_request(_add_headers)
