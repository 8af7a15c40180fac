"""The OpenAPI 3.1 document, generated from the routes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask, Response, json
from flask_smorest import Api

from synthmill.app.api.errors import MEDIA_TYPE, PROBLEM_TYPE
from synthmill.app.api.openapi_links import add_links
from synthmill.generators.version import VERSION

PREFIX = "/api/v1"

_DESCRIPTION = (
    "Synthetic data as a pure function of its recipe. Success is answered in one envelope, every refusal as "
    "`application/problem+json` that names the field, the reason and the fix. "
    "Send an API key as `X-API-Key` or as `Authorization: Bearer`."
)


class FieldErrorSchema(ma.Schema):
    field = ma.fields.String(required=True, metadata={"examples": ["parameters.tables[orders].rows"]})
    reason = ma.fields.String(required=True)
    fix = ma.fields.String(required=True, metadata={"description": "what would be right; may be empty"})


class ProblemSchema(ma.Schema):
    class Meta:
        description = "RFC 9457: why a request was refused."

    type = ma.fields.String(
        required=True, metadata={"format": "uri", "examples": [f"{PROBLEM_TYPE}invalid-request"]}
    )
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    instance = ma.fields.String(required=True, metadata={"description": "the path asked for"})
    request_id = ma.fields.String(required=True)
    errors = ma.fields.List(ma.fields.Nested(FieldErrorSchema), required=True)


class _Converter(OpenAPIConverter):
    """Writes no default of null: most fields don't even accept it."""

    def field2default(self, field: ma.fields.Field[Any], **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().field2default(field, **kwargs)
        return {} if found.get("default", ...) is None else found


class _Plugin(MarshmallowPlugin):
    Converter = _Converter


class Reference(Api):  # type: ignore[misc]
    """flask-smorest's document, with our errors and our security schemes."""

    ERROR_SCHEMA = ProblemSchema
    _written: bytes | None = None

    def _register_error_handlers(self) -> None:
        """Errors are rendered by app/api/errors.py, for routes outside the API too."""

    def _openapi_json(self) -> Response:
        """The document, written once: it takes 8 ms, and strangers may ask for it."""
        if self._written is None:
            document = self.spec.to_dict()
            add_links(document)
            self._written = json.dumps(document, indent=2, sort_keys=False).encode()
        return Response(self._written, content_type="application/json")

    def _register_responses(self) -> None:
        content = {MEDIA_TYPE: {"schema": ProblemSchema}}
        for status in HTTPStatus:
            refusal = {"content": content} if status >= 400 else {}
            self.spec.components.response(status.name, {"description": status.phrase, **refusal}, lazy=True)
        fallback = {"description": "Any other refusal", "content": content}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, fallback, lazy=True)


def make_reference(app: Flask) -> Reference:
    """The document of this application; served at /api/v1/openapi.json."""
    app.config.update(
        API_TITLE="Synthmill",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        API_SPEC_OPTIONS={
            "info": {"description": _DESCRIPTION},
            "security": [{"apiKey": []}, {"bearer": []}],
        },
    )
    reference = Reference(app, spec_kwargs={"marshmallow_plugin": _Plugin()})
    schemes: dict[str, dict[str, Any]] = {
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    for name, scheme in schemes.items():
        reference.spec.components.security_scheme(name, scheme)
    return reference
