"""POST /fit: accept a job that learns from uploads."""

from __future__ import annotations

from typing import Any

from flask import request

from synthmill.app.api.preferences import idempotency_key, job_answer, wait_preference
from synthmill.app.api.resource import Resource
from synthmill.app.api.routes.generate import ACCEPTING_HEADERS, HOW_IT_WAS_ANSWERED
from synthmill.app.api.schemas.job import COME_BACK, WHERE_IT_IS, JobSchema
from synthmill.app.core.jobs.submit import submit
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
    request_headers=ACCEPTING_HEADERS,
    responses={
        200: {
            "description": "It ended within the time that `Prefer: wait=N` allowed",
            "headers": WHERE_IT_IS | HOW_IT_WAS_ANSWERED,
        },
        202: {"headers": WHERE_IT_IS | COME_BACK | HOW_IT_WAS_ANSWERED},
    },
)
def fit_model(body: dict[str, Any]) -> Any:
    """Fit a model

    A job of the kind `fit`, whose result names the model. The uploads may be deleted when it has ended.
    """
    preference = wait_preference(request)
    submission = fit_of(services(), principal(), body)
    job, replayed = submit(services(), principal(), submission, idempotency_key(request))
    return job_answer(job, preference, replayed)
