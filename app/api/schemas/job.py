"""How a job reads in answers."""

from __future__ import annotations

import marshmallow as ma

from synthmill.app.core.jobs.state import JobState

f = ma.fields

_WHEN = {"format": "date-time"}


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


class JobSummarySchema(ma.Schema):
    """A job without its recipe, as in lists."""

    class Meta:
        description = "One request to make one dataset, in one format."

    id = f.String(required=True)
    state = f.String(required=True, metadata={"enum": [str(state) for state in JobState]})
    phase = f.String(
        required=True,
        allow_none=True,
        metadata={"description": "while running: `generating`, then `verifying`"},
    )
    strategy = f.String(required=True)
    template = f.String(required=True, allow_none=True)
    workspace = f.String(required=True)
    dataset = f.String(required=True, metadata={"description": "the name that the dataset gets"})
    dataset_version = f.Integer(
        required=True, allow_none=True, metadata={"description": "set when the job completes"}
    )
    format = f.String(required=True)
    compression = f.String(required=True)
    seed = f.Integer(required=True, metadata={"description": "as given, or as drawn where none was given"})
    rows_total = f.Integer(required=True)
    rows_done = f.Integer(required=True)
    bytes_done = f.Integer(required=True)
    percentage = f.Float(required=True)
    rate = f.Float(required=True, metadata={"description": "rows per second while it ran"})
    eta = f.Float(required=True, allow_none=True, metadata={"description": "seconds left at this rate"})
    parts_total = f.Integer(required=True)
    parts_done = f.Integer(required=True)
    part_rows = f.Integer(required=True, allow_none=True)
    max_parallel = f.Integer(required=True)
    created_at = f.String(required=True, metadata=_WHEN)
    started_at = f.String(required=True, allow_none=True, metadata=_WHEN)
    finished_at = f.String(required=True, allow_none=True, metadata=_WHEN)
    error = f.String(required=True, allow_none=True, metadata={"description": "why the job failed"})
    files = f.List(
        f.Nested(FileSchema), required=True, metadata={"description": "of a completed job; else empty"}
    )
    last_seq = f.Integer(required=True, metadata={"description": "number of the newest event"})


class JobSchema(JobSummarySchema):
    recipe = f.Dict(
        required=True,
        metadata={"description": "strategy, whole parameters, seed and engine version: decides every value"},
    )
