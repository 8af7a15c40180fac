"""A job's feed: whatever is lost, late or sent twice, every watcher sees each event once and in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.app.core.jobs.events import Event
from synthmill.app.core.jobs.watch import JobProgress
from synthmill.app.core.services import Services
from synthmill.app.live import job_feed
from synthmill.app.live.job_feed import JobFeed
from tests.fakes import MemoryBus

JOB = "job_1"


class Rows:
    """The job as the database knows it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.ended = False
        self.gone = False

    def append(self, kind: str = "progress") -> Event:
        self.events.append(Event(JOB, len(self.events) + 1, kind, "", {}))
        return self.events[-1]

    def read_on(
        self, _services: Any, _job: str, after: int, limit: int
    ) -> tuple[list[Event], JobProgress | None]:
        return self.events[after : after + limit], self.stand()

    def look(self, _services: Any, _jobs: Any) -> dict[str, JobProgress]:
        stand = self.stand()
        return {} if stand is None else {JOB: stand}

    def stand(self) -> JobProgress | None:
        return None if self.gone else JobProgress(len(self.events), self.ended)


class StepHub:
    """Does what it is asked to when the test says so."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], object]] = []
        self.results: list[Callable[[], object]] = []

    def call(self, function: Callable[..., object], *arguments: Any) -> None:
        self.calls.append(lambda: function(*arguments))

    def work(self, function: Callable[[], Any], then: Callable[[Any], object], failed: Any = None) -> None:
        # Read now, sent later: what happens in between is not in it.
        result = function()
        self.results.append(lambda: then(result))

    def later(self, seconds: float, function: Callable[[], object]) -> None:
        self.calls.append(function)

    def step(self, turn: int) -> None:
        """One thing that is due; calls stay in order, results come as they like."""
        if turn % 2 and self.results:
            self.results.pop(turn % len(self.results))()
        elif self.calls:
            self.calls.pop(0)()

    def settle(self) -> None:
        while self.calls or self.results:
            (self.results or self.calls).pop(0)()


@dataclass(eq=False)
class FakeConnection:
    """Takes everything; what it was sent."""

    after: int
    seen: list[int] = field(default_factory=list)
    open: bool = True
    code: int | None = None
    drained: bool = True
    on_drained: Any = None

    def send(self, frame: bytes) -> None:
        while frame and self.open:
            size, begin = (frame[1], 2) if frame[1] < 126 else (int.from_bytes(frame[2:4], "big"), 4)
            number = json.loads(frame[begin : begin + size])["seq"]
            if number is not None:
                self.seen.append(number)
            frame = frame[begin + size :]

    def close(self, code: int, reason: str) -> None:
        self.open, self.code = False, code


class World:
    def __init__(self) -> None:
        self.rows, self.hub, self.bus = Rows(), StepHub(), MemoryBus()
        services = cast(Services, type("Services", (), {"bus": self.bus})())
        self.feed = JobFeed(cast(Any, self.hub), services, JOB)
        self.connections: list[FakeConnection] = []
        self.late: list[Event] = []

    def join(self, after: int) -> FakeConnection:
        connection = FakeConnection(after)
        self.connections.append(connection)
        self.feed.join(cast(Any, connection), after)
        return connection

    def publish(self, event: Event) -> None:
        self.bus.publish([(f"synthmill:job:{JOB}", event.dumps())])

    def do(self, action: str, number: int) -> None:
        if action == "sent":
            self.publish(self.rows.append())
        elif action == "lost":
            self.rows.append()
        elif action == "late":
            self.late.append(self.rows.append())
        elif action == "arrives" and self.late:
            self.publish(self.late.pop(number % len(self.late)))
        elif action == "twice" and self.rows.events:
            self.publish(self.rows.events[number % len(self.rows.events)])
        elif action == "note":
            self.publish(Event(JOB, None, "progress", "", {}))
        elif action == "join":
            self.join(number % (len(self.rows.events) + 1))
        elif action == "leave" and self.connections:
            connection = self.connections.pop(number % len(self.connections))
            connection.open = False
            self.feed.leave(cast(Any, connection))
        elif action == "look":
            self.feed.looked(self.rows.stand())
        else:
            self.hub.step(number)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return make_world(monkeypatch)


def make_world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(job_feed, "read_on", world.rows.read_on)
    monkeypatch.setattr(job_feed, "look", world.rows.look)
    monkeypatch.setattr(job_feed, "_PAGE", 3)
    return world


ACTIONS = ["sent", "lost", "late", "arrives", "twice", "note", "join", "leave", "look", *["step"] * 6]


@settings(max_examples=400)
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 50)), max_size=60))
def test_every_watcher_sees_each_event_once_and_in_order(actions: list[tuple[str, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = make_world(patch)
        for action, number in actions:
            world.do(action, number)
            for connection in world.connections:
                first = connection.after + 1
                assert connection.seen == list(range(first, first + len(connection.seen)))
        world.hub.settle()
        world.feed.looked(world.rows.stand())
        world.hub.settle()
        last = len(world.rows.events)
        for connection in world.connections:
            assert connection.seen == list(range(connection.after + 1, last + 1))
            assert connection.open


def test_an_end_closes_only_who_has_seen_it_all(world: World) -> None:
    for _ in range(7):
        world.rows.append()
    watcher = world.join(0)
    world.rows.append("complete")
    world.rows.ended = True
    world.hub.settle()
    assert (watcher.seen, watcher.code) == (list(range(1, 9)), 1000)


def test_a_job_that_is_tried_again_goes_on(world: World) -> None:
    watcher = world.join(0)
    world.hub.settle()
    world.publish(world.rows.append("error"))
    world.hub.settle()
    assert (watcher.seen, watcher.code) == ([1], None)
    world.publish(world.rows.append("init"))
    world.hub.settle()
    assert (watcher.seen, watcher.code) == ([1, 2], None)


def test_a_job_that_is_gone_ends_the_watch(world: World) -> None:
    watcher = world.join(0)
    world.hub.settle()
    world.rows.gone = True
    world.feed.looked(world.rows.stand())
    assert watcher.code == 1000


def test_who_claims_to_have_seen_more_than_there_is_sees_what_comes(world: World) -> None:
    world.rows.append()
    watcher = world.join(100)
    world.hub.settle()
    world.publish(world.rows.append())
    world.hub.settle()
    assert watcher.seen == [2]


def test_a_reader_gets_its_next_page_when_it_has_taken_the_last(world: World) -> None:
    for _ in range(8):
        world.rows.append()
    watcher = world.join(0)
    watcher.drained = False
    world.hub.settle()
    assert watcher.seen == [1, 2, 3]
    for seen in ([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7, 8]):
        watcher.on_drained()
        world.hub.settle()
        assert watcher.seen == seen
