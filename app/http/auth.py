"""Who asks. Every route needs an API key unless it is on the list of public ones."""

from __future__ import annotations

from flask import Flask, Request, g, request

from synthmill.app.core.access.keys import Principal, authenticate
from synthmill.app.core.errors import UnauthorizedError
from synthmill.app.http import rate
from synthmill.app.http.context import services

NO_KEY = "an API key is needed: send it as X-API-Key or as Authorization: Bearer"


def identify(req: Request) -> Principal:
    """The principal of the key in the request's headers, this request counted for it.

    Raises UnauthorizedError, or TooManyRequestsError; a wrong key counts for the address it comes from.
    """
    try:
        principal = authenticate(services(), _token(req))
    except UnauthorizedError:
        rate.count_address()
        raise
    rate.count_key(principal.key_id)
    return principal


def _token(req: Request) -> str:
    bearer = req.authorization.token if req.authorization and req.authorization.type == "bearer" else None
    token = req.headers.get("X-API-Key") or bearer
    if not token:
        raise UnauthorizedError(NO_KEY)
    if bearer and bearer != token:
        raise UnauthorizedError("X-API-Key and Authorization hold different keys; send one")
    return token


def install(app: Flask, open_endpoints: frozenset[str]) -> None:
    """Ask for a key before every view but these. An unknown route has no view and stays a 404."""

    def require_key() -> None:
        if request.endpoint is None:
            rate.count_address()
        elif request.endpoint not in open_endpoints:
            g.principal = identify(request)

    app.before_request(require_key)
