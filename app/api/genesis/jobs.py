"""/v1/jobs: how a job is, with its rows once they are there, and its end."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response

from synthmill.app.api.genesis.answers import job_answer, job_fields
from synthmill.app.api.genesis.resource import PageResource
from synthmill.app.core.jobs import lifecycle, queries
from synthmill.app.http.context import principal, services

resource = PageResource("genesis_jobs", "Jobs as the Genesis page has them.")

f = ma.fields


class PageJobSchema(ma.Schema):
    """A job as the page shows it."""

    job_id = f.String(required=True)
    status = f.String(
        required=True, metadata={"enum": ["pending", "running", "completed", "failed", "cancelled"]}
    )
    progress = f.Float(required=True, metadata={"description": "0 to 100"})
    data = f.List(
        f.Dict(), metadata={"description": "the rows, of a completed job that has made some for an answer"}
    )
    result = f.Dict(required=True, allow_none=True, metadata={"description": "as `/api/v1/jobs/{id}` has it"})
    error = f.String(required=True, allow_none=True)
    created_at = f.String(required=True, metadata={"format": "date-time"})
    updated_at = f.String(required=True, metadata={"format": "date-time"})


@resource.operation("GET", "/jobs/<job_id>", returns=PageJobSchema, refuses=(404,))
def page_get_job(job_id: str) -> Response:
    """Get a job's status, and its rows when it has completed"""
    return job_answer(queries.get_job(services(), principal(), job_id))


@resource.operation("DELETE", "/jobs/<job_id>", returns=PageJobSchema, refuses=(404, 409))
def page_cancel_job(job_id: str) -> dict[str, Any]:
    """Cancel a job

    One that has ended is refused with 409; `DELETE /api/v1/jobs/{id}` removes it.
    """
    return job_fields(lifecycle.stop(services(), principal(), job_id))
