"""POST /v1/generate: rows like those in the request."""

from __future__ import annotations

import time
from typing import Any

import marshmallow as ma
from flask import Response, request

from synthmill.app.api.genesis.answers import pending, place_of, status_of, with_rows
from synthmill.app.api.genesis.inline_data import read_with_data
from synthmill.app.api.genesis.resource import PageResource
from synthmill.app.api.preferences import MAX_WAIT_SECONDS, idempotency_key, wait_for_end
from synthmill.app.core.errors import ConflictError
from synthmill.app.core.jobs.queries import JobView
from synthmill.app.core.jobs.state import ENDED, JobState
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.requests.fields import load_object
from synthmill.app.core.requests.synthesis import SynthesisFields, synthesis_of
from synthmill.app.http.context import principal, services
from synthmill.generators.errors import InvalidRequestError

resource = PageResource("genesis_generate", "Rows like those in a request, as the Genesis page asks.")

f = ma.fields


class GeneratedSchema(ma.Schema):
    """Rows, with what they were made by."""

    success = f.Boolean(required=True)
    data = f.List(f.Dict(), required=True)
    n_samples = f.Integer(required=True)
    model_id = f.String(required=True, metadata={"description": "of the model, which stays"})
    job_id = f.String(required=True)
    status = f.String(required=True)
    execution_time_ms = f.Integer(required=True)
    generation_time = f.Float(required=True, metadata={"description": "the same in seconds"})
    message = f.String(required=True)
    metadata = f.Dict(
        required=True,
        metadata={"description": "method, method_used, privacy, warnings, seed, upload_sha256"},
    )


class PendingSchema(ma.Schema):
    """The job that makes them."""

    success = f.Boolean(required=True)
    data = f.Raw(required=True, allow_none=True, metadata={"description": "null"})
    job_id = f.String(required=True)
    status = f.String(required=True)
    message = f.String(required=True)


_WHERE_IT_IS: dict[str, Any] = {
    "Location": {"schema": {"type": "string"}, "description": "where the job is"},
    "Retry-After": {"schema": {"type": "integer"}},
}


@resource.operation(
    "POST",
    "/generate",
    returns=GeneratedSchema,
    also={202: PendingSchema},
    refuses=(400, 404, 409, 413, 503, 507),
    request_headers=[{"name": "Idempotency-Key", "schema": {"type": "string"}}],
    requestBody={
        "required": True,
        "description": "at most 64 MiB; `data` goes into an upload as it comes",
        "content": {"application/json": {"schema": SynthesisFields}},
    },
    responses={202: {"headers": _WHERE_IT_IS}},
)
def page_generate() -> Any:
    """Learn from rows, and make others like them

    Waits for at most 60 seconds; 202 with the job where that isn't enough, or `async_mode` is true.
    """
    began = time.monotonic()
    rest, uploads = read_with_data(("data",))
    body = load_object(SynthesisFields(), rest)
    submission = synthesis_of(services(), principal(), body, uploads.get("data"))
    job, _ = submit(services(), principal(), submission, idempotency_key(request))
    waited = None if body["async_mode"] else wait_for_end(job, MAX_WAIT_SECONDS)
    if waited is None or waited.state not in ENDED:
        message = f"the job has begun; {place_of(job)} has its rows when it has completed"
        return pending(waited or job, {"data": None, "message": message})
    return _generated(waited, body, uploads, time.monotonic() - began)


def _generated(job: JobView, body: dict[str, Any], uploads: dict[str, str], seconds: float) -> Response:
    if job.state == JobState.CANCELLED:
        raise ConflictError(f"the job {job.id} was cancelled", "ask again")
    if job.state == JobState.FAILED or job.result is None:
        raise InvalidRequestError.one("data" if uploads else "model_id", str(job.error), "see the reason")
    found = job.result
    learnt: dict[str, Any] = {
        name: found[name] for name in ("method_used", "privacy", "warnings") if name in found
    }
    method = body["method"] or body["generator_config"].get("method") or "auto"
    asked: dict[str, Any] = {"method": method, "upload_sha256": uploads["data"]} if uploads else {}
    fields = {
        "success": True,
        "n_samples": found["rows"],
        "model_id": found["model_id"],
        "job_id": job.id,
        "status": status_of(job),
        "execution_time_ms": round(seconds * 1_000),
        "generation_time": round(seconds, 3),
        "message": "; ".join(found.get("warnings", ())) or f"{found['rows']} rows",
        "metadata": {**asked, **learnt, "seed": found["seed"]},
    }
    return with_rows(job, fields)
