"""/ws/streams/{id} and /ws/events: every watcher of every process sees the same numbers and values."""

from __future__ import annotations

import json
import time
from typing import Any

import psutil
import pytest
from redis import Redis

from synthmill.app.core.services import Services
from synthmill.servers.valkey import Valkey
from tests.live.web import Watcher, Web, hear, leave
from tests.streams import let_pass
from tests.waiting import wait_until

Events = list[dict[str, Any]]


def start(web: Web, **changes: Any) -> str:
    body = {"template": "retail", "table": "orders", "seed": 7, "events_per_second": 50, **changes}
    stream_id: str = web.post("/streams", body)["id"]
    return stream_id


def take(client: Any, count: int) -> Events:
    return [json.loads(client.recv()) for _ in range(count)]


def test_two_watchers_of_two_processes_see_the_same(web: Web, second_web: Web) -> None:
    stream_id = start(web)
    for one in (web, second_web):  # What a process needs for its first event takes its time.
        one.http.get(f"/streams/{stream_id}/events", params={"limit": 1})
    watchers = [Watcher(one.connect(f"/ws/streams/{stream_id}")) for one in (web, second_web)]
    triggered = second_web.post(f"/streams/{stream_id}/trigger/quarter_end", {"seconds": 1})
    watchers[0].wait_until_heard(triggered["effective_seq"])
    paused = web.post(f"/streams/{stream_id}/pause")
    wait_until(lambda: web.http.get(f"/streams/{stream_id}").json()["data"]["rate"] == 0, "the pause")
    resumed = second_web.post(f"/streams/{stream_id}/resume")
    assert resumed["effective_seq"] == paused["effective_seq"]
    watchers[0].wait_until_heard(resumed["effective_seq"] + 5)
    stopped = web.post(f"/streams/{stream_id}/stop")
    (first, code, reason), (second, _, _) = (watcher.result() for watcher in watchers)
    assert (code, reason) == (1000, "the stream has ended")
    assert first == second
    assert [event["seq"] for event in first] == list(range(1, stopped["effective_seq"]))
    begun = triggered["effective_seq"]
    assert [event["pattern"] for event in first[begun - 2 : begun]] == [None, "quarter_end"]
    before, after = first[paused["effective_seq"] - 2 : paused["effective_seq"]]
    assert after["timestamp"] > resumed["effective_at"] > paused["effective_at"] >= before["timestamp"]
    listed = web.http.get(f"/streams/{stream_id}/events", params={"limit": 1_000}).json()["data"]
    assert listed == first[:1_000]


def test_reconnecting_with_the_last_number_misses_nothing(web: Web, second_web: Web) -> None:
    stream_id = start(web, events_per_second=200, max_events=600)
    seen: list[int] = []
    while len(seen) < 600:
        one = web if len(seen) % 2 else second_web
        client = one.connect(f"/ws/streams/{stream_id}?after={len(seen)}")
        seen += [event["seq"] for event in take(client, min(71, 600 - len(seen)))]
        leave(client)
    assert seen == list(range(1, 601))
    assert hear(web.connect(f"/ws/streams/{stream_id}?after=600"))[:2] == ([], 1000)


@pytest.mark.parametrize("rate", [1, 100, 5_000])
def test_events_come_at_the_rate(web: Web, rate: int) -> None:
    count = rate + 1
    stream_id = start(web, events_per_second=rate, max_events=count)
    watcher = Watcher(web.connect(f"/ws/streams/{stream_id}"))
    events, code, _ = watcher.result()
    assert code == 1000
    assert len(events) == count
    stamps = [float(event["timestamp"][17:26]) for event in events]
    # Exact but for the rounding up to whole microseconds; the clock may pass a full minute.
    assert (stamps[-1] - stamps[0]) % 60 == pytest.approx(1, abs=2e-6)
    assert web.http.get(f"/streams/{stream_id}").json()["data"]["state"] == "completed"


def test_a_backlog_comes_whole_and_then_what_is_live(web: Web, services: Services) -> None:
    stream_id = start(web, events_per_second=1_000, max_events=9_000)
    let_pass(services, stream_id, 8)
    events, code, _ = Watcher(web.connect(f"/ws/streams/{stream_id}?after=10")).result()
    assert code == 1000
    assert [event["seq"] for event in events] == list(range(11, 9_001))


def test_a_reader_who_takes_his_time_misses_nothing(web: Web, services: Services) -> None:
    stream_id = start(web, events_per_second=5_000, max_events=20_000)
    let_pass(services, stream_id, 4)
    client = web.connect(f"/ws/streams/{stream_id}")
    seen = 0
    for _ in range(5):
        time.sleep(0.4)
        for event in take(client, 2_000):
            seen += 1
            assert event["seq"] == seen
    leave(client)


def test_a_deleted_stream_ends_its_watches(web: Web) -> None:
    stream_id = start(web)
    watcher = web.watch(f"/ws/streams/{stream_id}")
    assert web.http.delete(f"/streams/{stream_id}").status_code == 204
    assert watcher.result()[1] == 1000


def test_what_cannot_be_watched_is_closed_with_1008(web: Web) -> None:
    stream_id = start(web, max_events=1)
    for path in ("/ws/streams/stream_ghost", f"/ws/streams/{stream_id}?after=x", "/ws/events?before=1"):
        assert hear(web.connect(path))[1] == 1008


def test_the_default_stream_is_watched_over_its_restarts(web: Web) -> None:
    before = web.sockets()
    client = web.connect("/ws/events")
    wait_until(lambda: web.sockets() > before, "the WebSocket is held")
    web.http.post("/stream/stop")
    first = web.post("/stream/start", {"events_per_second": 100, "max_events": 20})["id"]
    events = take(client, 20)
    assert {event["id"] for event in events} == {first}
    second = web.post("/stream/start", {"events_per_second": 100})["id"]
    events = take(client, 5)
    assert [(event["id"], event["seq"]) for event in events] == [(second, number) for number in range(1, 6)]
    late = web.connect("/ws/events?after=2")
    assert take(late, 1)[0]["seq"] == 3
    new = web.connect("/ws/events")
    assert take(new, 1)[0]["seq"] > 5
    for one in (client, late, new):
        leave(one)
    web.post("/stream/stop")


def test_a_hundred_streams_cost_no_process_no_thread_and_no_message(web: Web, valkey: Valkey) -> None:
    server = psutil.Process(web.process.pid)
    watcher = web.connect(f"/ws/streams/{start(web, events_per_second=1)}")
    take(watcher, 1)
    before = (len(server.children(recursive=True)), web.threads())
    on_message: list[object] = []
    queues = ("interactive", "bulk")
    with Redis.from_url(valkey.url) as broker, broker.pubsub() as listener:
        listener.psubscribe("*")
        waiting = [broker.llen(queue) for queue in queues]
        for _ in range(100):
            start(web, events_per_second=1_000)
        take(watcher, 2)
        while (message := listener.get_message(timeout=0.1)) is not None:
            on_message += [message] if message["type"] == "pmessage" else []
        assert [broker.llen(queue) for queue in queues] == waiting
    assert on_message == []
    after = (len(server.children(recursive=True)), web.threads())
    assert after[0] == before[0]
    assert after[1] < before[1] + 50, "the web server's own threads come as requests do"
    leave(watcher)


def test_many_watchers_see_the_same(web: Web) -> None:
    stream_id = start(web, events_per_second=100, max_events=150)
    watchers = [Watcher(web.connect(f"/ws/streams/{stream_id}")) for _ in range(20)]
    on_message = [watcher.result()[0] for watcher in watchers]
    assert all(events == on_message[0] for events in on_message)
    assert len(on_message[0]) == 150
