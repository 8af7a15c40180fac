from __future__ import annotations

import grpc
import pytest

from synthmill.app.core.access import keys
from synthmill.app.core.access.keys import authenticate
from synthmill.app.core.services import Services
from synthmill.app.rpc.server import RpcServer
from synthmill.proto import jobs_pb2 as pb
from tests.rpc.caller import Caller, Refused, refused
from tests.waiting import wait_until


@pytest.mark.parametrize(
    "metadata",
    [
        [],
        [("x-api-key", "nonsense")],
        [("authorization", "Basic abc")],
        [("authorization", "Bearer smk_live_" + "a" * 38)],
    ],
)
def test_a_call_without_a_good_key_is_refused_by_every_method(
    caller: Caller, metadata: list[tuple[str, str]]
) -> None:
    calls = {
        "Submit": pb.SubmitRequest(),
        "Get": pb.GetRequest(),
        "Watch": pb.WatchRequest(),
        "Preview": pb.PreviewRequest(),
        "Rows": pb.RowsRequest(),
    }
    assert {*calls} == {method.name for method in pb.DESCRIPTOR.services_by_name["JobService"].methods}
    for name, request in calls.items():
        found = refused(
            lambda name=name, request=request: getattr(caller.jobs, name)(request, metadata=metadata)
        )
        assert (found.code, found.reason) == (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHORIZED"), name


def test_a_key_may_be_a_bearer_token(channel: grpc.Channel, token: str, caller: Caller, job: str) -> None:
    bearer = [("authorization", f"Bearer {token}")]
    assert caller.jobs.Get(pb.GetRequest(job_id=job), metadata=bearer).id == job
    both = [*bearer, ("x-api-key", "smk_live_" + "b" * 38)]
    assert "different keys" in refused(lambda: caller.jobs.Get(pb.GetRequest(job_id=job), metadata=both)).text


def test_a_revoked_key_opens_nothing_and_loses_its_streams(
    channel: grpc.Channel, services: Services, workspace: str, token: str, job: str
) -> None:
    key, own = keys.create(services, workspace, "for a while")
    holder = Caller(channel, own)
    events = holder.jobs.Watch(pb.WatchRequest(job_id=job), **holder.key)
    next(events)
    keys.revoke(services, authenticate(services, token), key.id)
    assert refused(lambda: holder.jobs.Get(pb.GetRequest(job_id=job), **holder.key)).text.endswith(
        "was revoked"
    )
    with pytest.raises(grpc.RpcError) as ended:
        list(events)
    assert Refused(ended.value).code == grpc.StatusCode.UNAUTHENTICATED


def test_a_key_has_half_of_the_places_and_gets_them_back(
    channel: grpc.Channel, services: Services, workspace: str, server: tuple[RpcServer, int], job: str
) -> None:
    desk, most = server[0].desk, services.settings.grpc_calls // 2
    wait_until(lambda: desk.open_calls() == 0, "earlier calls end")
    greedy = Caller(channel, keys.create(services, workspace, "greedy")[1])
    held = [greedy.jobs.Watch(pb.WatchRequest(job_id=job), **greedy.key) for _ in range(most)]
    for events in held:
        next(events)
    found = refused(lambda: greedy.jobs.Get(pb.GetRequest(job_id=job), **greedy.key))
    assert (found.code, found.retry_seconds) == (grpc.StatusCode.RESOURCE_EXHAUSTED, 1)
    other = Caller(channel, keys.create(services, workspace, "modest")[1])
    assert other.jobs.Get(pb.GetRequest(job_id=job), **other.key).id == job
    for events in held:
        events.cancel()
    wait_until(lambda: desk.open_calls() == 0, "cancelled calls end")


def test_more_calls_than_a_minute_allows_are_refused_with_when_to_come_back(
    channel: grpc.Channel, services: Services, workspace: str, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    eager = Caller(channel, keys.create(services, workspace, "eager")[1])
    monkeypatch.setitem(vars(services.settings), "rate_limit", 2)
    for _ in range(2):
        eager.jobs.Get(pb.GetRequest(job_id=job), **eager.key)
    found = refused(lambda: eager.jobs.Get(pb.GetRequest(job_id=job), **eager.key))
    assert (found.code, found.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_REQUESTS")
    assert found.retry_seconds is not None and 1 <= found.retry_seconds <= 120
