from __future__ import annotations

import json

import grpc
import pytest

from synthmill.app.core.access.keys import authenticate
from synthmill.app.core.requests.preview import preview_of, show_preview
from synthmill.app.core.services import Services
from synthmill.app.rpc import job_service
from synthmill.proto import jobs_pb2 as pb
from tests.rpc.caller import Caller, refused
from tests.rpc.conftest import REQUEST


def test_a_preview_is_the_one_of_rest(caller: Caller, services: Services, token: str) -> None:
    request = pb.PreviewRequest(request_json=json.dumps({**REQUEST, "limit": 3}))
    shown = json.loads(caller.jobs.Preview(request, **caller.key).preview_json)
    wanted = preview_of({**REQUEST, "limit": 3, "table": None, "columns": None})
    assert shown == show_preview(services, authenticate(services, token), wanted).value()


def test_a_preview_longer_than_an_answer_says_what_to_call_instead(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_service, "MAX_ANSWER_BYTES", 8_192)
    request = pb.PreviewRequest(request_json=json.dumps({**REQUEST, "limit": 100}))
    found = refused(lambda: caller.jobs.Preview(request, **caller.key))
    assert found.code == grpc.StatusCode.INVALID_ARGUMENT
    assert "Rows" in found.fields["limit"]
