"""JobService: jobs of every strategy, with the refusals and the limits of REST."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import marshmallow as ma

from synthmill.app.core.errors import LimitExceededError, TooLargeError
from synthmill.app.core.jobs.queries import get_job
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.jobs.watch import follow_job
from synthmill.app.core.requests.fields import load_object
from synthmill.app.core.requests.generation import SubmissionFields, submission_of
from synthmill.app.core.requests.preview import PreviewFields, preview_of, show_preview
from synthmill.app.core.requests.rows import RowsWanted, read_pieces
from synthmill.app.http.json_guard import read_json
from synthmill.app.rpc.calls import Call, Desk, stream, unary
from synthmill.app.rpc.messages import event_message, job_message
from synthmill.generators.errors import InvalidRequestError
from synthmill.proto import jobs_pb2 as pb
from synthmill.proto.jobs_pb2_grpc import JobServiceServicer

MAX_ANSWER_BYTES = 4 * 2**20
"""Clients take no larger message unless they are told to."""
_ROOM = 4_096
PIECE_BYTES = 2**18
"""Of rows: a reader who doesn't read has some copies of one held for him."""
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class JobService(JobServiceServicer):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @unary
    def Submit(self, call: Call, request: pb.SubmitRequest) -> pb.Job:
        body = load_object(SubmissionFields(unknown=ma.INCLUDE), _object(call, request.request_json))
        key = request.idempotency_key if request.HasField("idempotency_key") else None
        if key is not None and not _KEY.fullmatch(key):
            raise InvalidRequestError.one(
                "idempotency_key",
                "is no key",
                "1 to 255 visible ASCII characters, no spaces: a UUID for example",
            )
        return job_message(submit(call.services, call.principal, submission_of(body), key)[0])

    @unary
    def Get(self, call: Call, request: pb.GetRequest) -> pb.Job:
        return job_message(get_job(call.services, call.principal, _name(request.job_id)))

    @stream
    def Watch(self, call: Call, request: pb.WatchRequest) -> Iterator[pb.Event]:
        seen = request.after
        if seen > _MOST_SEQ:
            raise InvalidRequestError.one(
                "after", f"{seen} is no event's number", f"a number from 0 to {_MOST_SEQ}"
            )
        for event in follow_job(call.services, call.principal, _name(request.job_id), seen):
            if not call.goes_on(seen):
                return
            if event is not None:
                seen = event.seq or seen
                yield event_message(event)

    @unary
    def Preview(self, call: Call, request: pb.PreviewRequest) -> pb.PreviewResponse:
        body = load_object(PreviewFields(unknown=ma.INCLUDE), _object(call, request.request_json))
        answer = show_preview(call.services, call.principal, preview_of(body))
        if answer.size > MAX_ANSWER_BYTES - _ROOM:
            raise LimitExceededError(
                "limit",
                f"the preview has {answer.size:,} bytes, and an answer at most {MAX_ANSWER_BYTES - _ROOM:,}",
                "fewer rows, one table, some columns; or call Rows, which answers piece by piece",
            )
        return pb.PreviewResponse(preview_json=b"".join(answer.chunks()).decode())

    @stream
    def Rows(self, call: Call, request: pb.RowsRequest) -> Iterator[pb.RowsResponse]:
        body = load_object(SubmissionFields(unknown=ma.INCLUDE), _object(call, request.request_json))
        wanted = RowsWanted(
            submission_of(body).request,
            request.table,
            request.start,
            request.stop if request.HasField("stop") else None,
            list(request.columns) or None,
        )
        waits = partial(call.goes_on, wanted.start)
        for piece in read_pieces(call.services, call.principal, wanted, PIECE_BYTES, waits):
            if not call.goes_on(piece.start):
                return
            yield pb.RowsResponse(start=piece.start, rows=piece.rows, lines=piece.lines, seed=piece.seed)


_MOST_SEQ = 2**53


def _object(call: Call, text: str) -> dict[str, Any]:
    """The JSON object of a request. Raises what the guard refuses, which knows no field but the body."""
    most = call.services.settings.max_body_bytes
    content = text.encode()
    if len(content) > most:
        raise TooLargeError("request_json", f"is larger than {most:,} bytes", f"at most {most:,} bytes")
    body = read_json(content)
    if not isinstance(body, dict):
        raise InvalidRequestError.one(
            "request_json", "must be a JSON object", 'such as {"template": "retail", "rows": 1000}'
        )
    return body


def _name(job_id: str) -> str:
    # PostgreSQL takes no U+0000 in text, not even to look for it.
    return job_id.replace("\0", "\ufffd")
