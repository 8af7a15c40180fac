"""/jobs: look at jobs, and say what is to become of them."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response

from synthmill.app.api.envelope import no_content, page
from synthmill.app.api.preferences import job_answer
from synthmill.app.api.resource import Resource
from synthmill.app.api.schemas.job import COME_BACK, WHERE_IT_IS, JobSchema, JobSummarySchema
from synthmill.app.api.schemas.page_query import PageQuerySchema, cursor
from synthmill.app.core.jobs import lifecycle, queries
from synthmill.app.core.jobs.state import JobState
from synthmill.app.http.context import principal, services

resource = Resource("jobs", "One request of a kind, with parts and a result.")


class JobsQuerySchema(PageQuerySchema):
    after = cursor("job")
    state = ma.fields.String(
        load_default=None, validate=ma.validate.OneOf([str(state) for state in JobState])
    )
    kind = ma.fields.String(load_default=None, metadata={"description": "such as `dataset`"})
    strategy = ma.fields.String(load_default=None)
    template = ma.fields.String(load_default=None)
    dataset = ma.fields.String(load_default=None)


@resource.operation("GET", "/jobs", returns=JobSummarySchema(many=True), query=JobsQuerySchema)
def list_jobs(query: dict[str, Any]) -> Any:
    """List jobs, the newest first"""
    after, limit = query.pop("after"), query.pop("limit")
    return page(queries.list_jobs(services(), principal(), queries.JobFilter(**query), after, limit))


@resource.operation("GET", "/jobs/<job_id>", returns=JobSchema, refuses=(404,))
def get_job(job_id: str) -> queries.JobView:
    """Get a job"""
    return queries.get_job(services(), principal(), job_id)


@resource.operation("DELETE", "/jobs/<job_id>", status=204, refuses=(404,))
def delete_job(job_id: str) -> Response:
    """Delete a job with its dataset, files and events

    An active job is stopped first.
    """
    lifecycle.delete(services(), principal(), job_id)
    return no_content()


@resource.operation("POST", "/jobs/<job_id>/pause", returns=JobSchema, refuses=(404, 409))
def pause_job(job_id: str) -> queries.JobView:
    """Pause a job

    After the answer no further part is begun; those in hand are finished.
    """
    return lifecycle.pause(services(), principal(), job_id)


@resource.operation("POST", "/jobs/<job_id>/resume", returns=JobSchema, refuses=(404, 409))
def resume_job(job_id: str) -> queries.JobView:
    """Resume a paused job where it was"""
    return lifecycle.resume(services(), principal(), job_id)


@resource.operation("POST", "/jobs/<job_id>/stop", returns=JobSchema, refuses=(404, 409))
def stop_job(job_id: str) -> queries.JobView:
    """Stop a job for good

    Parts in hand are abandoned, and no files are left.
    """
    return lifecycle.stop(services(), principal(), job_id)


@resource.operation(
    "POST",
    "/jobs/<job_id>/retry",
    returns=JobSchema,
    status=202,
    refuses=(404, 409),
    responses={202: {"headers": WHERE_IT_IS | COME_BACK}},
)
def retry_job(job_id: str) -> Any:
    """Begin a failed or cancelled job again"""
    return job_answer(lifecycle.retry(services(), principal(), job_id), None)


@resource.operation(
    "POST",
    "/jobs/<job_id>/clone",
    returns=JobSchema,
    status=202,
    refuses=(404, 503),
    responses={202: {"headers": WHERE_IT_IS | COME_BACK}},
)
def clone_job(job_id: str) -> Any:
    """Make a new job with the same request, seed included"""
    return job_answer(lifecycle.clone(services(), principal(), job_id), None)
