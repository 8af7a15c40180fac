"""The OpenAPI document of an application, and whether an answer is what it says."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException

_PAGES = frozenset({"api-docs.openapi_json", "try_page.show_reference", "try_page.start_reference"})


@cache
def document(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").json
    return found


def operation(app: Flask, method: str, path: str) -> dict[str, Any] | None:
    """What the document says of this request; None where it is for no operation."""
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method=method, return_rule=True)
    except HTTPException:
        return None
    if rule.endpoint in _PAGES:
        return None
    documented = document(app)["paths"].get(re.sub(r"<(\w+)>", r"{\1}", rule.rule), {})
    found: dict[str, Any] | None = documented.get("get" if method == "HEAD" else method.lower())
    return found


def check_documented(app: Flask, answer: Any) -> None:
    """An answer has a status and a type that the document names for it."""
    said = operation(app, answer.request.method, answer.request.path)
    if said is None:
        return
    about = f"{answer.request.method} {answer.request.path}: {answer.status_code} {answer.content_type}"
    responses = said["responses"]
    if answer.status_code >= 400 and str(answer.status_code) not in responses:
        assert answer.content_type == "application/problem+json", about
        return
    assert str(answer.status_code) in responses, about
    response = responses[str(answer.status_code)]
    if "$ref" in response:
        response = document(app)["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    types = set(response.get("content", ()))
    if answer.mimetype == "text/event-stream":
        # It may have no end, and whoever asked reads it.
        assert answer.mimetype in types, about
        return
    if answer.data:
        assert types & {answer.content_type, answer.mimetype, "*/*"}, f"{about}, documented: {sorted(types)}"
    assert answer.request.method == "HEAD" or bool(answer.data) is bool(types), about
    undocumented = {"Location", "Retry-After"} & set(answer.headers.keys()) - set(response.get("headers", ()))
    assert answer.status_code >= 400 or not undocumented, f"{about}: {undocumented}"
