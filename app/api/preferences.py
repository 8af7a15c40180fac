"""Headers with which a caller says how a new job is to be answered."""

from __future__ import annotations

import re
import time
from typing import Any

from flask import Request, request, url_for

from synthmill.app.api.schemas.job import COME_BACK, WHERE_IT_IS
from synthmill.app.core.jobs import queries
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.state import ENDED
from synthmill.app.core.jobs.submit import submit
from synthmill.app.http.client_socket import client_has_left
from synthmill.app.http.context import principal, services, stopping
from synthmill.app.http.waiting_slots import slots
from synthmill.generators.errors import InvalidRequestError

MAX_WAIT_SECONDS = 60
_WAIT = re.compile(r'(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?(?=$|[,;\s])', re.IGNORECASE)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


_HOW_IT_WAS_ANSWERED: dict[str, Any] = {
    "Idempotency-Replayed": {"schema": {"type": "string"}, "description": "`true`: made earlier"},
    "Preference-Applied": {"schema": {"type": "string"}},
}
ACCEPTANCE: dict[str, Any] = {
    "request_headers": [
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
    ],
    "responses": {
        200: {
            "description": "It ended within the time that `Prefer: wait=N` allowed",
            "headers": WHERE_IT_IS | _HOW_IT_WAS_ANSWERED,
        },
        202: {"headers": WHERE_IT_IS | COME_BACK | _HOW_IT_WAS_ANSWERED},
    },
}
"""What the document says of an operation whose answer is `accepted`."""


def accepted(submission: Submission) -> tuple[queries.JobView, int, dict[str, str]]:
    """The answer to a request for a job: it is accepted, or was by an equal request, and is waited for where
    the caller prefers that. Raises what submitting it raises."""
    preference = wait_preference(request)
    job, replayed = submit(services(), principal(), submission, idempotency_key(request))
    return job_answer(job, preference, replayed)


def idempotency_key(req: Request) -> str | None:
    """The Idempotency-Key, if one was sent. Raises InvalidRequestError for one that can't be stored."""
    key = req.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidRequestError.one(
            "Idempotency-Key", "is no key", "1 to 255 visible ASCII characters, no spaces: a UUID for example"
        )
    return key


def wait_preference(req: Request) -> int | None:
    """Seconds of `Prefer: wait=N`, at most 60; None where none can be read there."""
    match = _WAIT.search(",".join(req.headers.getlist("Prefer")))
    return min(int(match[1]), MAX_WAIT_SECONDS) if match else None


def job_answer(
    job: queries.JobView, preference: int | None, replayed: bool = False
) -> tuple[queries.JobView, int, dict[str, str]]:
    """A job just accepted: 202 and where to look; or 200 if it ended within the seconds wished for."""
    headers = {"Location": url_for("jobs.get_job", job_id=job.id), "Retry-After": "1"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    # A preference may be passed over (RFC 7240): here where this key, or the process, has no slot for it.
    waited = None if preference is None else wait_for_end(job, preference)
    if waited is None:
        return job, 202, headers
    headers["Preference-Applied"] = f"wait={preference}"
    if waited.state not in ENDED:
        return waited, 202, headers
    del headers["Retry-After"]
    return waited, 200, headers


def wait_for_end(job: queries.JobView, seconds: int) -> queries.JobView | None:
    """The job when it has ended, or as it is after so many seconds; None where no slot is free for a wait."""
    release = slots().wait(principal().key_id)
    if release is None:
        return None
    try:
        return _wait(job, seconds)
    finally:
        release()


def _wait(job: queries.JobView, seconds: int) -> queries.JobView:
    """Wait in steps of at most a second, so that a process which is asked to end isn't kept."""
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        job = queries.wait(services(), principal(), job.id, max(0.0, min(left, 1.0)))
        if job.state in ENDED or left <= 1 or stopping().is_set() or client_has_left(request.environ):
            return job
