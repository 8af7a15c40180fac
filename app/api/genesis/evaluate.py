"""POST /v1/evaluate: how near synthetic rows in the request are to real rows in it."""

from __future__ import annotations

import time
from typing import Any

import marshmallow as ma
from flask import request

from synthmill.app.api.genesis.answers import pending
from synthmill.app.api.genesis.inline_data import read_with_data
from synthmill.app.api.genesis.resource import PageResource
from synthmill.app.api.preferences import MAX_WAIT_SECONDS, idempotency_key, wait_for_end
from synthmill.app.core.errors import ConflictError
from synthmill.app.core.evaluations import get_evaluation
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.queries import JobView
from synthmill.app.core.jobs.state import ENDED, JobState
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.requests.fields import load_object
from synthmill.app.core.requests.synthesis import TABLE
from synthmill.app.http.context import principal, services
from synthmill.generators.errors import InvalidRequestError

resource = PageResource("genesis_evaluate", "How near synthetic rows are, as the Genesis page asks.")

f = ma.fields

_SIDES = {"real_data": "real", "synthetic_data": "synthetic"}
_SAMPLE = 10_000


class PageEvaluateFields(ma.Schema):
    """Real and synthetic rows, objects of the same names."""

    real_data = f.List(f.Dict(), metadata={"description": "at most 64 MiB with the others"})
    synthetic_data = f.List(f.Dict())


class PageEvaluationSchema(ma.Schema):
    """Scores by their names in docs/evaluation.md, each from 0 to 1."""

    success = f.Boolean(required=True)
    overall_score = f.Float(
        required=True,
        metadata={"description": "1 where trees can't tell synthetic rows from real ones, 0: always"},
    )
    statistical = f.Dict(required=True, metadata={"description": "scores of likeness"})
    ml_utility = f.Dict(required=True, metadata={"description": "scores of prediction"})
    privacy = f.Dict(required=True, metadata={"description": "scores of what is given away"})
    passed = f.Boolean(
        required=True, metadata={"description": "no score is worse than of real rows, beyond chance"}
    )
    evaluation_id = f.String(required=True)
    job_id = f.String(required=True)
    execution_time_ms = f.Integer(required=True)


class PendingEvaluationSchema(ma.Schema):
    """The job that compares them."""

    success = f.Boolean(required=True)
    job_id = f.String(required=True)
    status = f.String(required=True)


_PRIVACY = ("identical", "dcr", "nndr", "membership", "singling_out")


@resource.operation(
    "POST",
    "/evaluate",
    returns=PageEvaluationSchema,
    also={202: PendingEvaluationSchema},
    refuses=(400, 409, 413, 503, 507),
    requestBody={
        "required": True,
        "description": "at most 64 MiB; both arrays go into uploads as they come",
        "content": {"application/json": {"schema": PageEvaluateFields}},
    },
    responses={
        202: {
            "headers": {
                "Location": {"schema": {"type": "string"}, "description": "where the job is"},
                "Retry-After": {"schema": {"type": "integer"}},
            }
        }
    },
)
def page_evaluate() -> Any:
    """Compare synthetic rows with real ones

    Waits for at most 60 seconds; 202 with the job where that isn't enough.
    """
    began = time.monotonic()
    rest, uploads = read_with_data(tuple(_SIDES))
    load_object(PageEvaluateFields(), rest)
    for name in _SIDES:
        if name not in uploads:
            raise InvalidRequestError.one(name, "is missing", "rows, an array of objects")
    submission = _submission(uploads)
    job, _ = submit(services(), principal(), submission, idempotency_key(request))
    ended = wait_for_end(job, MAX_WAIT_SECONDS)
    if ended is None or ended.state not in ENDED:
        return pending(ended or job, {})
    return _evaluated(ended, time.monotonic() - began)


def _submission(uploads: dict[str, str]) -> Submission:
    sides = {side: {TABLE: {"upload": uploads[name], "format": "json"}} for name, side in _SIDES.items()}
    unsaid = dict.fromkeys(("dataset_id", "holdout", "keys", "roles", "targets"))
    body = {**unsaid, **sides, "seed": 0, "sample": _SAMPLE}
    return Submission(body, raw=body, kind="evaluate")


def _evaluated(job: JobView, seconds: float) -> dict[str, Any]:
    if job.state == JobState.CANCELLED:
        raise ConflictError(f"the job {job.id} was cancelled", "ask again")
    if job.state == JobState.FAILED or job.result is None:
        raise InvalidRequestError.one("real_data", str(job.error), "see the reason")
    found = get_evaluation(services(), principal(), job.result["evaluation_id"])
    scores = {one["metric"]: one["value"] for one in found.report["scores"]}
    private = {name: value for name, value in scores.items() if name.split(".")[0] in _PRIVACY}
    useful = {name: value for name, value in scores.items() if name.startswith("tstr")}
    return {
        "success": True,
        "overall_score": round(1 - 2 * max(0.0, scores["c2st"] - 0.5), 3),
        "statistical": {n: v for n, v in scores.items() if n not in private and n not in useful},
        "ml_utility": useful,
        "privacy": private,
        "passed": found.report["passed"],
        "evaluation_id": found.id,
        "job_id": job.id,
        "execution_time_ms": round(seconds * 1_000),
    }
