"""POST /fit: accept a job that learns from uploads."""

from __future__ import annotations

from typing import Any

from synthmill.app.api.preferences import ACCEPTANCE, accepted
from synthmill.app.api.resource import Resource
from synthmill.app.api.schemas.job import JobSchema
from synthmill.app.core.requests.learning import FitFields, FitRequest, fit_of
from synthmill.app.http.context import principal, services

resource = Resource("fit", "Learn a model from uploads.")


@resource.operation(
    "POST",
    "/fit",
    returns=JobSchema,
    status=202,
    also={200: JobSchema},
    body=FitFields,
    body_described_by=FitRequest,
    refuses=[503],
    **ACCEPTANCE,
)
def fit_model(body: dict[str, Any]) -> Any:
    """Fit a model

    A job of the kind `fit`, whose result names the model. The uploads may be deleted when it has ended.
    """
    return accepted(fit_of(services(), principal(), body))
