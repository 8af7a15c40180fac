from __future__ import annotations

import json

import grpc

from synthmill.app.core.access.keys import authenticate
from synthmill.app.core.jobs.queries import get_job
from synthmill.app.core.services import Services
from synthmill.proto import jobs_pb2 as pb
from tests.rpc.caller import Caller, refused
from tests.rpc.conftest import REQUEST


def test_a_submitted_job_is_stored_and_is_the_one_that_rest_shows(
    caller: Caller, services: Services, token: str
) -> None:
    job = caller.submit({**REQUEST, "dataset": "shop"})
    stored = get_job(services, authenticate(services, token), job.id)
    assert (job.state, job.kind, job.seed, job.dataset) == (pb.JOB_STATE_QUEUED, "dataset", 7, "shop")
    assert job.rows_total == stored.rows_total
    assert json.loads(job.recipe_json) == stored.recipe
    assert not job.HasField("error") and not job.HasField("finished_at")


def test_equal_requests_with_one_idempotency_key_make_one_job(caller: Caller) -> None:
    first = caller.submit(REQUEST, idempotency_key="once")
    assert caller.submit(REQUEST, idempotency_key="once").id == first.id
    other = refused(lambda: caller.submit({**REQUEST, "seed": 8}, idempotency_key="once"))
    assert (other.code, other.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "IDEMPOTENCY_MISMATCH")


def test_an_idempotency_key_that_cannot_be_stored_is_refused(caller: Caller) -> None:
    for key in ("", "two words", "k" * 256):
        assert (
            "idempotency_key" in refused(lambda key=key: caller.submit(REQUEST, idempotency_key=key)).fields
        )


def test_every_field_at_fault_is_named_with_reason_and_fix(caller: Caller) -> None:
    found = refused(lambda: caller.submit({"template": "retail", "rows": -1, "sede": 7}))
    assert (found.code, found.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")
    assert "unknown field" in found.fields["sede"] and "known:" in found.fields["sede"]


def test_what_is_no_json_object_is_refused(caller: Caller) -> None:
    for text, reason in (("nonsense", "MALFORMED_JSON"), ("[1]", "INVALID_REQUEST"), ("", "MALFORMED_JSON")):
        found = refused(
            lambda text=text: caller.jobs.Submit(pb.SubmitRequest(request_json=text), **caller.key)
        )
        assert (found.code, found.reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)


def test_a_request_beyond_the_body_limit_is_refused_with_the_limit(
    caller: Caller, services: Services
) -> None:
    most = services.settings.max_body_bytes
    found = refused(lambda: caller.submit({**REQUEST, "dataset": "x" * most}))
    assert (found.code, found.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "REQUEST_ENTITY_TOO_LARGE")
    assert f"{most:,}" in found.fields["request_json"]


def test_a_refusal_of_thousands_of_fields_still_arrives(caller: Caller) -> None:
    tables = [{"name": f"t{n}", "rows": -1, "nonsense" * 40: 1} for n in range(300)]
    found = refused(lambda: caller.submit({"strategy": "tabular", "parameters": {"tables": tables}}))
    assert found.code == grpc.StatusCode.INVALID_ARGUMENT
    assert found.fields
