"""POST /evaluate: accept a job that compares synthetic data with real data."""

from __future__ import annotations

from typing import Any

from synthmill.app.api.preferences import ACCEPTANCE, accepted
from synthmill.app.api.resource import Resource
from synthmill.app.api.schemas.job import JobSchema
from synthmill.app.core.requests.evaluation import EvaluateFields, evaluation_of
from synthmill.app.http.context import principal, services

resource = Resource("evaluate", "Compare synthetic data with real data.")


@resource.operation(
    "POST",
    "/evaluate",
    returns=JobSchema,
    status=202,
    also={200: JobSchema},
    body=EvaluateFields,
    refuses=(404, 503),
    **ACCEPTANCE,
)
def evaluate_data(body: dict[str, Any]) -> Any:
    """Compare synthetic data with real data

    A job of the kind `evaluate`, whose result names the evaluation. Each says more about the real rows, so
    one real file may be asked about `SYNTHMILL_EVALUATIONS_PER_FILE` times.
    """
    return accepted(evaluation_of(services(), principal(), body))
