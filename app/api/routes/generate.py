"""POST /generate: accept a job."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import request

from synthmill.app.api.preferences import idempotency_key, job_answer, wait_preference
from synthmill.app.api.resource import Resource
from synthmill.app.api.schemas.job import COME_BACK, WHERE_IT_IS, JobSchema
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.requests.generation import SubmissionFields, SubmissionRequest, submission_of
from synthmill.app.http.context import principal, services

resource = Resource("generate", "Ask for a dataset.")

HOW_IT_WAS_ANSWERED: dict[str, Any] = {
    "Idempotency-Replayed": {"schema": {"type": "string"}, "description": "`true`: made earlier"},
    "Preference-Applied": {"schema": {"type": "string"}},
}


ACCEPTING_HEADERS: list[dict[str, Any]] = [
    {
        "name": "Idempotency-Key",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "Requests with the same key and body make one job, whichever arrives first.",
    },
    {
        "name": "Prefer",
        "schema": {"type": "string", "pattern": "wait=[0-9]+"},
        "description": "`wait=N`: 200 with the ended job if it ends within N (at most 60) seconds.",
    },
]
"""What a request for a job may say in its headers."""


class SubmissionLoader(SubmissionFields):
    """Loads a body into a Submission: the fields of the server's own first, then the whole."""

    class Meta:
        unknown = ma.INCLUDE

    @ma.post_load
    def submission(self, body: dict[str, Any], **_: Any) -> Submission:
        return submission_of(body)


@resource.operation(
    "POST",
    "/generate",
    returns=JobSchema,
    status=202,
    also={200: JobSchema},
    body=SubmissionLoader,
    body_described_by=SubmissionRequest,
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
def generate(submission: Submission) -> Any:
    """Make a dataset

    Answers 202 as soon as the job is stored durably; with `Prefer: wait=N` it waits for the end first.
    """
    preference = wait_preference(request)
    job, replayed = submit(services(), principal(), submission, idempotency_key(request))
    return job_answer(job, preference, replayed)
