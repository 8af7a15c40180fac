"""A client of the gRPC server, and how it hears refusals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from grpc_status import rpc_status

from synthmill.proto import jobs_pb2 as pb
from synthmill.proto.jobs_pb2_grpc import JobServiceStub

SECONDS = 60


class Caller:
    def __init__(self, channel: grpc.Channel, token: str) -> None:
        self.jobs = JobServiceStub(channel)
        self.key: dict[str, Any] = {"metadata": [("x-api-key", token)], "timeout": SECONDS}

    def submit(self, request: Mapping[str, Any], **more: Any) -> pb.Job:
        job: pb.Job = self.jobs.Submit(pb.SubmitRequest(request_json=json.dumps(request), **more), **self.key)
        return job

    def rows(self, request: Mapping[str, Any], table: str, **more: Any) -> Iterable[pb.RowsResponse]:
        wanted = pb.RowsRequest(request_json=json.dumps(request), table=table, **more)
        answers: Iterable[pb.RowsResponse] = self.jobs.Rows(wanted, **self.key)
        return answers


class Refused:
    """What a refusal says: its status code, its text and its details."""

    def __init__(self, error: grpc.RpcError) -> None:
        self.code: grpc.StatusCode = error.code()
        self.text: str = error.details()
        self.reason, self.metadata = "", {}
        self.fields: dict[str, str] = {}
        self.retry_seconds: int | None = None
        status = rpc_status.from_call(error)
        for detail in () if status is None else status.details:
            for kind, read in self._readers().items():
                if detail.Is(kind.DESCRIPTOR):
                    message = kind()
                    detail.Unpack(message)
                    read(message)

    def _readers(self) -> dict[Any, Callable[[Any], None]]:
        return {ErrorInfo: self._info, BadRequest: self._bad_request, RetryInfo: self._retry}

    def _info(self, info: ErrorInfo) -> None:
        self.reason, self.metadata = info.reason, dict(info.metadata)

    def _bad_request(self, found: BadRequest) -> None:
        self.fields = {one.field: one.description for one in found.field_violations}

    def _retry(self, retry: RetryInfo) -> None:
        self.retry_seconds = retry.retry_delay.seconds


def refused(call: Callable[[], Any]) -> Refused:
    """How this call is refused; one that isn't fails the test."""
    with pytest.raises(grpc.RpcError) as raised:
        answer = call()
        if hasattr(answer, "__next__"):
            list(answer)
    return Refused(raised.value)
