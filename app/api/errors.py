"""Every refusal as RFC 9457 problem+json; the one place that gives errors their HTTP statuses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeAlias, get_args

from flask import Flask, Response, current_app, json, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge
from werkzeug.routing.exceptions import WebsocketMismatch

from synthmill.app.core import errors as core
from synthmill.app.core.observability import counters
from synthmill.app.http.context import request_id
from synthmill.app.http.json_guard import MalformedJsonError
from synthmill.generators.errors import FieldError, InvalidRequestError, UnknownNameError

PROBLEM_TYPE = "urn:synthmill:problem:"
MEDIA_TYPE = "application/problem+json"
AUTHENTICATE = 'Bearer realm="synthmill"'

_log = logging.getLogger(__name__)

STATUSES = {
    "invalid-request": 422,
    "malformed-json": 400,
    "not-found": 404,
    "conflict": 409,
    "precondition-failed": 412,
    "unauthorized": 401,
    "request-entity-too-large": 413,
    "incomplete-body": 400,
    "limit-exceeded": 422,
    "too-many-requests": 429,
    "idempotency-mismatch": 422,
    "disk-full": 507,
    "storage-unavailable": 503,
    "busy": 503,
    "client-gone": 400,
}
"""By the code of an error, which is the last word of the problem's type, too."""

Expected: TypeAlias = core.CoreError | InvalidRequestError | UnknownNameError | MalformedJsonError


def problem(
    status: int,
    name: str,
    detail: str,
    errors: Iterable[FieldError] = (),
    headers: Iterable[tuple[str, str]] = (),
) -> Response:
    """A problem document; `errors` says field by field what is wrong, why, and what would be right."""
    body: dict[str, Any] = {
        "type": f"{PROBLEM_TYPE}{name}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": request_id(),
        "errors": [{"field": e.field, "reason": e.reason, "fix": e.fix} for e in errors],
    }
    response = Response(json.dumps(body), status, content_type=MEDIA_TYPE)
    for header, value in headers:
        response.headers.setdefault(header, value)
    return response


def _expected(error: Expected) -> Response:
    if error.code not in STATUSES:
        return _unexpected(error)
    if error.code == core.StorageError.code:
        counters.count("storage_errors")
    name = error.code
    if isinstance(error, UnknownNameError) and not _is_in_body(error):
        name = core.NotFoundError.code
    status = STATUSES[name]
    return problem(status, name, _detail(error), error.errors, _headers(status, error))


def _is_in_body(error: UnknownNameError) -> bool:
    return error.name not in (request.view_args or {}).values()


def _detail(error: Exception) -> str:
    if isinstance(error, InvalidRequestError):
        count = len(error.errors)
        return str(error) if count == 1 else f"{count} fields can't be accepted as they are"
    return str(error) or "no valid API key; send one as X-API-Key or as Authorization: Bearer"


def _headers(status: int, error: Exception) -> list[tuple[str, str]]:
    if isinstance(error, core.TooManyRequestsError):
        return [("Retry-After", str(error.retry_after))]
    return {
        401: [("WWW-Authenticate", AUTHENTICATE)],
        503: [("Retry-After", "5")],
        507: [("Retry-After", "60")],
    }.get(status, [])


def _http(error: HTTPException) -> Response:
    """Refusals of the framework (unknown route, wrong method, body too large) in the same form."""
    status = error.code or 500
    kept = [(name, value) for name, value in error.get_headers() if name.lower() != "content-type"]
    name = HTTPStatus(status).phrase.lower().replace(" ", "-")
    errors: tuple[FieldError, ...] = ()
    if isinstance(error, RequestEntityTooLarge):
        limit = f"{current_app.config['MAX_CONTENT_LENGTH']:,} bytes"
        errors = (FieldError("body", f"is larger than {limit}", f"at most {limit}"),)
    return problem(status, name, _http_detail(error), errors, kept)


def _http_detail(error: HTTPException) -> str:
    if isinstance(error, WebsocketMismatch):
        return "a WebSocket handshake and nothing else is answered at /ws/..., and nowhere but there"
    if error.description == type(error).description and type(error) in _DETAILS:
        return _DETAILS[type(error)]
    return error.description or HTTPStatus(error.code or 500).phrase


_DETAILS: dict[type[HTTPException], str] = {
    NotFound: "there is no such path; /api/v1/docs lists them",
    MethodNotAllowed: "this path has no such method; the header Allow lists those it has",
    RequestEntityTooLarge: "the body is too large",
}


def _unexpected(error: Exception) -> Response:
    _log.error("request %s to %s failed", request_id(), request.path, exc_info=error)
    return problem(
        500, "internal-error", "an unexpected error; the server's log has it under this request_id"
    )


def install(app: Flask) -> None:
    expected: tuple[type[Exception], ...] = get_args(Expected)
    handlers: dict[type[Exception], Callable[[Any], Response]] = dict.fromkeys(expected, _expected)
    for kind, handler in {**handlers, HTTPException: _http, Exception: _unexpected}.items():
        app.register_error_handler(kind, handler)
