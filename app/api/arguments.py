"""Parsing what a request brings: bodies through the JSON guard, queries with nothing unknown in them."""

from __future__ import annotations

from typing import Any, NoReturn

import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from synthmill.app.core.requests.fields import field_errors
from synthmill.app.http.json_guard import read_json
from synthmill.generators.errors import InvalidRequestError


class Parser(FlaskParser):
    """Refusals are InvalidRequestError with readable field paths, whatever a schema found wrong."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": ma.RAISE}  # noqa: RUF012

    def load_json(self, req: Request, schema: ma.Schema) -> dict[str, Any]:
        return read_object(req)

    def load_querystring(self, req: Request, schema: ma.Schema) -> dict[str, str]:
        return read_query(req)

    def handle_error(self, error: ma.ValidationError, req: Request, schema: ma.Schema, **_: Any) -> NoReturn:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        location, found = next(iter(messages.items()))
        raise InvalidRequestError(field_errors(found, "" if location == "json" else location, schema))


def read_object(req: Request) -> dict[str, Any]:
    """The body's JSON object; `{}` where there is neither a body nor a content type."""
    if not req.content_type and not req.content_length and "Transfer-Encoding" not in req.headers:
        return {}
    if not req.is_json:
        raise UnsupportedMediaType("the body must be JSON: send Content-Type: application/json")
    content = req.get_data()
    # Of a body without a length, what is beyond the limit is cut off without a word.
    if req.content_length is None and len(content) == req.max_content_length:
        raise RequestEntityTooLarge
    body = read_json(content)
    if not isinstance(body, dict):
        raise InvalidRequestError.one("body", "must be a JSON object", 'such as {"template": "retail"}')
    return body


def read_query(req: Request) -> dict[str, str]:
    """The query string's parameters. Raises InvalidRequestError for one given twice or with a NUL inside."""
    for name, values in req.args.lists():
        if len(values) > 1:
            raise InvalidRequestError.one(name, "is given more than once", "give each parameter once")
        if "\0" in values[0]:
            raise InvalidRequestError.one(name, "holds a character that can't be stored", "no U+0000")
    return req.args.to_dict()
