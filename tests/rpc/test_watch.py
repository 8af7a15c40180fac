from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import grpc

from synthmill.app.core.access.keys import authenticate
from synthmill.app.core.jobs.lifecycle import delete
from synthmill.app.core.services import Services
from synthmill.proto import jobs_pb2 as pb
from tests.rpc.caller import Caller, refused
from tests.rpc.test_get import another_workspace
from tests.work import Work


def watch(caller: Caller, job: str, after: int = 0) -> Iterator[pb.Event]:
    events: Iterator[pb.Event] = caller.jobs.Watch(pb.WatchRequest(job_id=job, after=after), **caller.key)
    return events


def numbered(events: Iterator[pb.Event]) -> list[tuple[int, str]]:
    return [(event.seq, event.type) for event in events if event.HasField("seq")]


def test_a_watcher_who_comes_first_and_one_who_comes_last_see_the_same(
    caller: Caller, work: Work, job: str
) -> None:
    early: list[tuple[int, str]] = []
    events = watch(caller, job)
    early.append((next(events).seq, "init"))
    watching = threading.Thread(target=lambda: early.extend(numbered(events)))
    watching.start()
    work(job)
    watching.join(60)
    late = numbered(watch(caller, job))
    assert early == late
    assert [seq for seq, _ in late] == list(range(1, len(late) + 1))
    assert late[-1][1] == "complete"


def test_a_watch_goes_on_after_any_number(caller: Caller, work: Work, job: str) -> None:
    work(job)
    whole = numbered(watch(caller, job))
    for after in (0, 1, len(whole) - 1, len(whole)):
        assert numbered(watch(caller, job, after)) == whole[after:]


def test_an_event_says_what_rest_says(caller: Caller, job: str) -> None:
    first = next(watch(caller, job))
    assert (first.id, first.seq, first.type) == (job, 1, "init")
    assert json.loads(first.data_json)["tables"]["order_items"] == 400
    assert first.timestamp.seconds > 1_700_000_000


def test_a_job_of_another_workspace_cannot_be_watched(
    channel: grpc.Channel, services: Services, job: str
) -> None:
    stranger = Caller(channel, another_workspace(services))
    assert refused(lambda: watch(stranger, job)).code == grpc.StatusCode.NOT_FOUND


def test_a_number_that_no_event_has_is_refused(caller: Caller, job: str) -> None:
    assert "after" in refused(lambda: watch(caller, job, 2**63)).fields


def test_a_job_that_is_deleted_ends_its_watches(
    caller: Caller, services: Services, token: str, job: str
) -> None:
    events = watch(caller, job)
    next(events)
    delete(services, authenticate(services, token), job)
    list(events)
