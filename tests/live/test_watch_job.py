from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from synthmill.app.core.access import keys
from synthmill.app.core.services import Services
from synthmill.servers.valkey import Valkey
from tests.job_kinds import submit_sum, sums_known
from tests.live.web import Watcher, Web, hear, leave

Work = Callable[[str], None]
TYPES = {"init", "start", "progress", "paused", "resumed", "complete", "error", "shutdown"}


def test_a_finished_job_is_told_from_its_first_event_to_its_last(web: Web, completed: str) -> None:
    events, code, _ = hear(web.connect(f"/ws/jobs/{completed}"))
    assert code == 1000
    assert events == web.events(completed)
    assert events[-1]["type"] == "complete"
    for event in events:
        assert set(event) == {"id", "seq", "type", "timestamp", "data"}
        assert event["id"] == completed
        assert event["type"] in TYPES


def test_a_live_job_is_told_as_it_goes(web: Web, job: str, work: Work) -> None:
    watcher = web.watch(f"/ws/jobs/{job}")
    work(job)
    events, code, _ = watcher.result()
    assert code == 1000
    numbered = [event for event in events if event["seq"] is not None]
    assert numbered == web.events(job)
    for event in events:
        if event["type"] == "progress":
            assert set(event["data"]) >= {"current", "total", "rate", "percentage", "eta"}


@pytest.mark.parametrize("after", [0, 1, 2])
def test_events_begin_after_the_number_given(web: Web, completed: str, after: int) -> None:
    events, code, _ = hear(web.connect(f"/ws/jobs/{completed}?after={after}"))
    assert (events, code) == (web.events(completed)[after:], 1000)


def test_a_watcher_who_has_seen_the_end_is_told_that_it_is_over(web: Web, completed: str) -> None:
    last = web.events(completed)[-1]["seq"]
    events, code, _ = hear(web.connect(f"/ws/jobs/{completed}?after={last}"))
    assert (events, code) == ([], 1000)


def test_reconnecting_with_the_last_number_shows_every_event_once(web: Web, job: str, work: Work) -> None:
    begun = threading.Event()

    def later() -> None:
        assert begun.wait(60), "no event came"
        work(job)

    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(later)
        seen: list[int] = []
        connections = 0
        while True:
            client = web.connect(f"/ws/jobs/{job}?after={seen[-1] if seen else 0}")
            connections += 1
            _, frame = client.recv_data_frame()
            event = json.loads(frame.data)
            leave(client)
            begun.set()
            if event["seq"] is not None:
                seen.append(event["seq"])
            if event["type"] == "complete":
                break
        ending.result()
    assert connections >= 3
    assert seen == [event["seq"] for event in web.events(job)]


def test_a_broker_that_loses_everything_costs_no_event(
    web: Web, job: str, work: Work, valkey: Valkey
) -> None:
    watcher = web.watch(f"/ws/jobs/{job}")
    with Redis.from_url(valkey.url) as broker:
        broker.flushall()
        broker.client_kill_filter(_type="pubsub")
    work(job)
    events, code, _ = watcher.result()
    assert code == 1000
    assert [event for event in events if event["seq"] is not None] == web.events(job)


def test_pause_resume_and_stop_are_told(web: Web, job: str) -> None:
    watcher = Watcher(web.connect(f"/ws/jobs/{job}"))
    for verb in ("pause", "resume", "stop"):
        web.post(f"/jobs/{job}/{verb}")
    events, code, _ = watcher.result()
    assert [event["type"] for event in events] == ["init", "paused", "resumed", "shutdown"]
    assert code == 1000


def test_a_job_that_is_deleted_ends_the_watch(web: Web, job: str) -> None:
    watcher = web.watch(f"/ws/jobs/{job}")
    assert web.http.delete(f"/jobs/{job}").status_code == 204
    _, code, _ = watcher.result()
    assert code == 1000


def test_many_watchers_see_the_same(web: Web, job: str, work: Work) -> None:
    watchers = [Watcher(web.connect(f"/ws/jobs/{job}")) for _ in range(20)]
    work(job)
    stored = web.events(job)
    for watcher in watchers:
        events, code, _ = watcher.result()
        assert code == 1000
        assert [event for event in events if event["seq"] is not None] == stored


def test_a_job_of_another_kind_is_told_like_any_other(
    web: Web, services: Services, token: str, work: Work
) -> None:
    with sums_known():
        job = submit_sum(services, keys.authenticate(services, token)).id
        work(job)
    events, code, _ = hear(web.connect(f"/ws/jobs/{job}"))
    assert (events, code) == (web.events(job), 1000)
    assert events[-1]["data"]["sum"] == sum(range(1_000))
