"""/health and /ready: for the operator of the server. They need no key and reveal nothing that needs one."""

from __future__ import annotations

import marshmallow as ma
from flask import Response

from synthmill.app.api.errors import problem
from synthmill.app.api.resource import Resource
from synthmill.app.core.readiness import failing_parts
from synthmill.app.http.context import services
from synthmill.generators.errors import FieldError

resource = Resource("operation", "For operators of the server.")


class ProbeSchema(ma.Schema):
    state = ma.fields.String(required=True)


@resource.operation("GET", "/health", returns=ProbeSchema, public=True)
def health() -> dict[str, str]:
    """Check that the process answers; also at `/health`"""
    return {"state": "alive"}


@resource.operation("GET", "/ready", returns=ProbeSchema, public=True, refuses=(503,))
def ready() -> dict[str, str] | Response:
    """Check whether database, broker, storage and the processes for previews can be used; also at `/ready`"""
    failing = failing_parts(services())
    if failing:
        errors = [FieldError(part, "can't be used", "see the server's log") for part in failing]
        return problem(503, "not-ready", f"not ready: {', '.join(failing)}", errors, [("Retry-After", "2")])
    return {"state": "ready"}
