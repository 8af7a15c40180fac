"""What every success looks like: `{"status": "success", "data": ..., "metadata": {...}}`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any, TypeVar
from urllib.parse import urlencode

import marshmallow as ma
from flask import Response, g, request
from werkzeug.urls import iri_to_uri

from synthmill.app.core.confined.answer import Answer
from synthmill.app.core.pagination import Page
from synthmill.app.http.context import request_id
from synthmill.generators.version import VERSION

Item = TypeVar("Item")


class MetadataSchema(ma.Schema):
    class Meta:
        description = "When and by which server this was answered."

    timestamp = ma.fields.String(required=True, metadata={"format": "date-time"})
    request_id = ma.fields.String(required=True, metadata={"description": "also in the header X-Request-Id"})
    version = ma.fields.String(required=True, metadata={"description": "of the server"})
    next = ma.fields.String(metadata={"description": "of a list: pass it as `after` to get the next page"})


def envelope(data: Any) -> dict[str, Any]:
    metadata = {
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "request_id": request_id(),
        "version": VERSION,
    }
    if "next_page" in g:
        metadata["next"] = g.next_page
    return {"status": "success", "data": data, "metadata": metadata}


def enveloped_answer(answer: Answer) -> Response:
    """What was made elsewhere, sent as it came, in the envelope."""
    before, after = json.dumps(envelope(None)).split('"data": null', 1)
    head, tail = f'{before}"data": '.encode(), after.encode()
    response = Response(chain([head], answer.chunks(), [tail]), content_type="application/json")
    response.content_length = len(head) + answer.size + len(tail)
    return response


def page(found: Page[Item]) -> tuple[list[Item], dict[str, str]]:
    """A page's items for the body, with `metadata.next` and the header `Link` where another page follows."""
    if found.next is None:
        return found.items, {}
    g.next_page = found.next
    query = urlencode({**request.args.to_dict(), "after": found.next})
    return found.items, {"Link": f'<{iri_to_uri(request.path)}?{query}>; rel="next"'}


def no_content() -> Response:
    """204, with nothing in it."""
    return Response(status=204)


def enveloped(schema: ma.Schema | None) -> type[ma.Schema] | None:
    """The schema of an answer whose `data` has the given one: for the OpenAPI document."""
    return None if schema is None else _enveloped(type(schema), bool(schema.many))


@cache
def _enveloped(schema: type[ma.Schema], many: bool) -> type[ma.Schema]:
    name = schema.__name__.removesuffix("Schema") + ("List" if many else "") + "AnswerSchema"
    fields: dict[str, Any] = {
        "status": ma.fields.String(required=True, validate=ma.validate.Equal("success")),
        "data": ma.fields.Nested(schema, many=many, required=True),
        "metadata": ma.fields.Nested(MetadataSchema, required=True),
    }
    return type(name, (ma.Schema,), fields)
