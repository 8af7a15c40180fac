"""POST /evaluate: accept a job that compares synthetic data with real data."""

from __future__ import annotations

from typing import Any

from flask import request

from synthmill.app.api.preferences import idempotency_key, job_answer, wait_preference
from synthmill.app.api.resource import Resource
from synthmill.app.api.routes.generate import ACCEPTING_HEADERS, HOW_IT_WAS_ANSWERED
from synthmill.app.api.schemas.job import COME_BACK, WHERE_IT_IS, JobSchema
from synthmill.app.core.jobs.submit import submit
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
    request_headers=ACCEPTING_HEADERS,
    responses={
        200: {
            "description": "It ended within the time that `Prefer: wait=N` allowed",
            "headers": WHERE_IT_IS | HOW_IT_WAS_ANSWERED,
        },
        202: {"headers": WHERE_IT_IS | COME_BACK | HOW_IT_WAS_ANSWERED},
    },
)
def evaluate_data(body: dict[str, Any]) -> Any:
    """Compare synthetic data with real data

    A job of the kind `evaluate`, whose result names the evaluation. Each says more about the real rows, so
    one real file may be asked about `SYNTHMILL_EVALUATIONS_PER_FILE` times.
    """
    preference = wait_preference(request)
    submission = evaluation_of(services(), principal(), body)
    job, replayed = submit(services(), principal(), submission, idempotency_key(request))
    return job_answer(job, preference, replayed)
