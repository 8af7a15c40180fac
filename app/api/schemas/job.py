"""How a job reads in answers."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.app.core.jobs.state import JobState

f = ma.fields

_WHEN = {"format": "date-time"}
_OF_A_DATASET: dict[str, Any] = {
    "allow_none": True,
    "metadata": {"description": "null for a job of another kind"},
}


WHERE_IT_IS: dict[str, Any] = {"Location": {"schema": {"type": "string"}, "description": "where the job is"}}
COME_BACK: dict[str, Any] = {
    "Retry-After": {"schema": {"type": "integer"}, "description": "seconds until a look is worth it"}
}


class FileSchema(ma.Schema):
    name = f.String(required=True, metadata={"description": "as in `/downloads/{job_id}/{file_name}`"})
    table = f.String(required=True)
    rows = f.Integer(required=True)
    size = f.Integer(required=True, metadata={"description": "bytes"})
    root = f.String(
        required=True,
        metadata={"description": "one hash for all of the file's bytes, its ETag; see docs/manifest.md"},
    )
    sha256 = f.String(metadata={"description": "of the whole file, where the request asked for it"})


class StageSchema(ma.Schema):
    """Work that must be done before rows can be made."""

    name = f.String(required=True)
    units_total = f.Integer(required=True)
    units_done = f.Integer(required=True)
    percentage = f.Float(required=True)


class JobSummarySchema(ma.Schema):
    """A job without its recipe, as in lists."""

    class Meta:
        description = "One request of a kind, with parts and a result."

    id = f.String(required=True)
    kind = f.String(
        required=True,
        metadata={"description": "what was asked for: `dataset`, `fit`, `evaluate` or `synthesize`"},
    )
    state = f.String(required=True, metadata={"enum": [str(state) for state in JobState]})
    phase = f.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "while running: `staging` if it has stages, `generating`, then `verifying`; "
            "`waiting` where it can't go on, as `waiting_for` says"
        },
    )
    strategy = f.String(required=True, **_OF_A_DATASET)
    template = f.String(required=True, allow_none=True)
    workspace = f.String(required=True)
    dataset = f.String(
        required=True, allow_none=True, metadata={"description": "the name that the dataset gets"}
    )
    dataset_version = f.Integer(
        required=True, allow_none=True, metadata={"description": "set when the job completes"}
    )
    format = f.String(required=True, **_OF_A_DATASET)
    compression = f.String(required=True, **_OF_A_DATASET)
    seed = f.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "as given, or as drawn where none was given"},
    )
    unit = f.String(
        required=True,
        metadata={"description": "what `rows_total` and `rows_done` count: `rows` of a dataset"},
    )
    rows_total = f.Integer(required=True)
    rows_done = f.Integer(required=True)
    bytes_done = f.Integer(required=True)
    percentage = f.Float(required=True)
    rate = f.Float(required=True, metadata={"description": "rows per second while it ran"})
    eta = f.Float(required=True, allow_none=True, metadata={"description": "seconds left at this rate"})
    stage = f.Nested(
        StageSchema, required=True, allow_none=True, metadata={"description": "while the job is at one"}
    )
    parts_total = f.Integer(
        required=True,
        metadata={"description": "that there are by now: those of a stage come when it begins"},
    )
    parts_done = f.Integer(required=True)
    part_rows = f.Integer(required=True, allow_none=True)
    max_parallel = f.Integer(required=True)
    created_at = f.String(required=True, metadata=_WHEN)
    started_at = f.String(required=True, allow_none=True, metadata=_WHEN)
    finished_at = f.String(required=True, allow_none=True, metadata=_WHEN)
    error = f.String(required=True, allow_none=True, metadata={"description": "why the job failed"})
    waiting_for = f.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "where no worker can do the job, or storage takes nothing of it: "
            "what it lacks, and the fix"
        },
    )
    waiting_since = f.String(required=True, allow_none=True, metadata=_WHEN)
    result = f.Dict(
        required=True,
        allow_none=True,
        metadata={
            "description": "what a completed job gave: of a dataset its name, version and size, and `rules`,"
            " what its rows say to the domain rules, where the request asked for that; of a fit the model's"
            " id and sha256, of an evaluation its id"
        },
    )
    files = f.List(
        f.Nested(FileSchema), required=True, metadata={"description": "of a completed job; else empty"}
    )
    last_seq = f.Integer(required=True, metadata={"description": "number of the newest event"})


class JobSchema(JobSummarySchema):
    recipe = f.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "strategy, whole parameters, seed and engine version: decides every value"},
    )
