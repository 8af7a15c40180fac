"""Jobs and events as messages of the contract."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from synthmill.app.core.jobs import events
from synthmill.app.core.jobs.queries import JobView
from synthmill.proto import jobs_pb2 as pb

_PLAIN = (
    "id",
    "kind",
    "phase",
    "workspace",
    "unit",
    "rows_total",
    "rows_done",
    "bytes_done",
    "percentage",
    "rate",
    "eta",
    "parts_total",
    "parts_done",
    "max_parallel",
    "error",
    "waiting_for",
    "last_seq",
    "strategy",
    "template",
    "dataset",
    "dataset_version",
    "format",
    "compression",
    "seed",
    "part_rows",
)
"""Fields that are the same in both."""
_TIMES = ("created_at", "started_at", "finished_at", "waiting_since")


def job_message(job: JobView) -> pb.Job:
    """What is None in the view isn't set in the message."""
    given = vars(job)
    fields: dict[str, Any] = {name: given[name] for name in _PLAIN}
    fields |= {name: _timestamp(given[name]) for name in _TIMES if given[name] is not None}
    fields |= {"result_json": _json_or_none(job.result), "recipe_json": _json_or_none(job.recipe)}
    if job.stage is not None:
        fields["stage"] = pb.Stage(**vars(job.stage))
    return pb.Job(
        state=f"JOB_STATE_{job.state.upper()}",
        files=[_file(one) for one in job.files],
        **{name: value for name, value in fields.items() if value is not None},
    )


def event_message(event: events.Event) -> pb.Event:
    message = pb.Event(
        id=event.id,
        type=event.type,
        timestamp=_timestamp(event.timestamp),
        data_json=_json(event.data),
    )
    if event.seq is not None:
        message.seq = event.seq
    return message


def _file(file: dict[str, Any]) -> pb.File:
    return pb.File(**{name: file[name] for name in pb.File.DESCRIPTOR.fields_by_name if name in file})


def _timestamp(text: str) -> Timestamp:
    moment = Timestamp()
    moment.FromDatetime(datetime.fromisoformat(text))
    return moment


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _json_or_none(value: Any) -> str | None:
    return None if value is None else _json(value)
