"""POST /generate: accept a job."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.app.api.preferences import ACCEPTANCE, accepted
from synthmill.app.api.resource import Resource
from synthmill.app.api.schemas.job import JobSchema
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.requests.generation import SubmissionFields, SubmissionRequest, submission_of

resource = Resource("generate", "Ask for a dataset.")


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
    **ACCEPTANCE,
)
def generate(submission: Submission) -> Any:
    """Make a dataset

    Answers 202 as soon as the job is stored durably; with `Prefer: wait=N` it waits for the end first.
    """
    return accepted(submission)
