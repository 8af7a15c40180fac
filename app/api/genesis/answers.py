"""How jobs and their rows read in the page's answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import chain
from typing import Any

from flask import Response, url_for

from synthmill.app.core.jobs.queries import JobView
from synthmill.app.core.jobs.rows_answer import open_rows
from synthmill.app.core.jobs.state import JobState
from synthmill.app.http.context import principal, services
from synthmill.app.http.file_answer import download_slot

_STATUSES = {JobState.QUEUED: "pending", JobState.PAUSED: "running"}
_MARK = '"data": null'


def status_of(job: JobView) -> str:
    """The page's word for the job's state."""
    state = JobState(job.state)
    return _STATUSES.get(state, str(state))


def job_fields(job: JobView) -> dict[str, Any]:
    """A job as the page has it, without rows."""
    return {
        "job_id": job.id,
        "status": status_of(job),
        "progress": 100.0 if job.state == JobState.COMPLETED else job.percentage,
        "result": job.result,
        "error": job.error,
        "created_at": job.created_at,
        "updated_at": job.finished_at or job.started_at or job.created_at,
    }


def job_answer(job: JobView) -> Response:
    """The job, and its rows in `data` where it has made some for an answer."""
    fields = job_fields(job)
    return with_rows(job, fields) if has_rows(job) else _json(json.dumps(fields).encode())


def has_rows(job: JobView) -> bool:
    return job.kind == "synthesize" and job.state == JobState.COMPLETED


def with_rows(job: JobView, fields: Mapping[str, Any], status: int = 200) -> Response:
    """An answer with the job's rows as `data`, sent from storage as they lie there."""
    size, rows = open_rows(services(), principal(), job.id)
    release = download_slot(size)
    before, after = json.dumps({"data": None, **fields}).split(_MARK, 1)
    head, tail = f'{before}"data": '.encode(), after.encode()
    response = Response(chain([head], rows, [tail]), status, content_type="application/json")
    response.content_length = len(head) + size + len(tail)
    if release is not None:
        response.call_on_close(release)
    return response


def pending(job: JobView, fields: Mapping[str, Any]) -> Response:
    """202 with the job that goes on, and where it is."""
    response = _json(
        json.dumps({"success": True, "job_id": job.id, "status": status_of(job), **fields}).encode()
    )
    response.status_code = 202
    response.headers.update({"Location": place_of(job), "Retry-After": "1"})
    return response


def place_of(job: JobView) -> str:
    """The page's path of a job."""
    return url_for("genesis_jobs.page_get_job", job_id=job.id)


def _json(content: bytes) -> Response:
    return Response(content, content_type="application/json")
