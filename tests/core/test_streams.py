"""Streams: a row and the time decide what happens; every watcher sees the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from synthmill.app.core.access import keys
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import Database
from synthmill.app.core.errors import ConflictError, NotFoundError, TooManyRequestsError
from synthmill.app.core.services import Services
from synthmill.app.core.streams import bursts, control, queries
from synthmill.app.core.streams.control import LEAD_US
from synthmill.app.core.streams.queries import moment
from synthmill.app.core.streams.state import SECOND_US
from synthmill.app.core.streams.watch import HORIZON_US, LOOK_SECONDS, StreamWatch, follow_stream, read_stream
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.streams import parse_endless
from tests.streams import let_pass

SOURCE = {"template": "retail", "table": "orders", "seed": 7}


def start(services: Services, principal: Principal, rate: int = 10, most: int | None = None) -> str:
    wanted = control.StreamRequest(parse_endless(SOURCE), rate, most)
    return control.create(services, principal, wanted).id


@pytest.fixture
def replica(services: Services) -> Iterator[Services]:
    """What another process has: the same database, nothing else in common."""
    database = Database(services.settings.database_url)
    yield replace(services, db=database)
    database.close()


def test_nobody_sees_further_than_orders_reach() -> None:
    assert HORIZON_US + SECOND_US <= LEAD_US
    assert LOOK_SECONDS * SECOND_US < HORIZON_US


def test_position_is_rate_times_running_time(services: Services, principal: Principal) -> None:
    stream_id = start(services, principal, 50)
    let_pass(services, stream_id, 100)
    view = queries.get_stream(services, principal, stream_id)
    assert 5_000 <= view.position < 5_500
    assert (view.state, view.rate, view.pattern) == ("running", 50.0, None)


def test_pause_and_resume_take_effect_at_the_numbers_that_they_say(
    services: Services, principal: Principal
) -> None:
    stream_id = start(services, principal)
    let_pass(services, stream_id, 10)
    paused = control.pause(services, principal, stream_id)
    assert paused.state == "paused"
    assert paused.effective_seq > paused.position + 15
    let_pass(services, stream_id, 60)
    view = queries.get_stream(services, principal, stream_id)
    assert (view.position, view.rate) == (paused.effective_seq - 1, 0.0)
    resumed = control.resume(services, principal, stream_id)
    assert resumed.effective_seq == paused.effective_seq
    let_pass(services, stream_id, 3)
    events = read_stream(services, principal, stream_id, resumed.effective_seq - 3, 5)
    assert [event["seq"] for event in events] == [resumed.effective_seq + n for n in range(-2, 3)]
    effective_at = queries.get_stream(services, principal, stream_id).effective_at
    assert events[1]["timestamp"] < effective_at < events[2]["timestamp"]


def test_orders_that_change_nothing_and_orders_that_cannot_be(
    services: Services, principal: Principal
) -> None:
    stream_id = start(services, principal)
    first = control.pause(services, principal, stream_id)
    again = control.pause(services, principal, stream_id)
    assert again.effective_at == first.effective_at
    with pytest.raises(ConflictError, match="paused"):
        control.trigger(services, principal, stream_id, bursts.Trigger("month_end", None, None))
    control.stop(services, principal, stream_id)
    control.stop(services, principal, stream_id)
    with pytest.raises(ConflictError, match="stopped"):
        control.resume(services, principal, stream_id)


def test_a_trigger_is_part_of_the_stream_from_the_number_that_it_says(
    services: Services, principal: Principal
) -> None:
    stream_id = start(services, principal)
    let_pass(services, stream_id, 1)
    triggered = control.trigger(services, principal, stream_id, bursts.Trigger("quarter_end", None, 5))
    let_pass(services, stream_id, 10)
    first = triggered.effective_seq
    events = read_stream(services, principal, stream_id, first - 3, 205)
    triggered_by = [event["pattern"] for event in events]
    assert triggered_by == [None] * 2 + ["quarter_end"] * 200 + [None] * 3
    assert queries.get_stream(services, principal, stream_id).pattern is None
    assert events[0]["data"]["id"] == 100_000 + events[0]["seq"]


def test_uniform_ends_what_was_triggered(services: Services, principal: Principal) -> None:
    stream_id = start(services, principal)
    control.trigger(services, principal, stream_id, bursts.Trigger("custom:sale", 50.0, 3_600))
    let_pass(services, stream_id, 10)
    assert queries.get_stream(services, principal, stream_id).rate == 500.0
    ended = control.trigger(services, principal, stream_id, bursts.Trigger("uniform", None, None))
    let_pass(services, stream_id, 10)
    view = queries.get_stream(services, principal, stream_id)
    assert (view.rate, view.pattern) == (10.0, None)
    before, after = read_stream(services, principal, stream_id, ended.effective_seq - 2, 2)
    assert (before["pattern"], after["pattern"]) == ("custom:sale", None)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (bursts.Trigger("fraud", None, None), "pattern"),
        (bursts.Trigger("custom:", 2.0, None), "pattern"),
        (bursts.Trigger("custom:sale", None, None), "factor"),
        (bursts.Trigger("year_end", 99.0, None), "factor"),
        (bursts.Trigger("uniform", 2.0, None), "factor"),
        (bursts.Trigger("uniform", None, 5), "seconds"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_by_name(
    services: Services, principal: Principal, wanted: bursts.Trigger, field: str
) -> None:
    stream_id = start(services, principal, 1_000)
    with pytest.raises(InvalidRequestError) as refusal:
        control.trigger(services, principal, stream_id, wanted)
    assert [error.field for error in refusal.value.errors] == [field]
    assert queries.get_stream(services, principal, stream_id).effective_seq == 1


def test_a_stream_completes_with_its_last_event(services: Services, principal: Principal) -> None:
    stream_id = start(services, principal, 10, 25)
    let_pass(services, stream_id, 3)
    view = queries.get_stream(services, principal, stream_id)
    assert (view.state, view.position, view.rate) == ("completed", 25, 0.0)
    assert len(read_stream(services, principal, stream_id, 0, 100)) == 25
    watch = StreamWatch(services, principal, stream_id)
    assert [event.seq for event in follow_stream(watch) if event] == list(range(1, 26))
    with pytest.raises(ConflictError, match="completed"):
        control.pause(services, principal, stream_id)


def test_watchers_of_two_processes_see_the_same_while_it_is_ordered_about(
    services: Services, replica: Services, principal: Principal
) -> None:
    stream_id = start(services, principal, 200)
    seen: dict[str, list[str]] = {"here": [], "there": []}

    def watch(name: str, own: Services) -> None:
        watching = StreamWatch(own, principal, stream_id)
        seen[name] = [event.dumps() for event in follow_stream(watching) if event]

    watchers = [
        threading.Thread(target=watch, args=arguments)
        for arguments in (("here", services), ("there", replica))
    ]
    for watcher in watchers:
        watcher.start()
    time.sleep(0.3)
    triggered = control.trigger(replica, principal, stream_id, bursts.Trigger("month_end", None, 1))
    time.sleep(0.7)
    paused = control.pause(services, principal, stream_id)
    time.sleep(2.5)
    resumed = control.resume(replica, principal, stream_id)
    assert paused.effective_seq == resumed.effective_seq
    stopped = control.stop(services, principal, stream_id)
    for watcher in watchers:
        watcher.join(20)
    assert seen["here"] == seen["there"]
    assert len(seen["here"]) == stopped.effective_seq - 1
    assert '"pattern":"month_end"' in seen["here"][triggered.effective_seq - 1]
    assert '"pattern":null' in seen["here"][triggered.effective_seq - 2]


def test_events_come_when_their_moment_has_come(services: Services, principal: Principal) -> None:
    stream_id = start(services, principal, 20, 30)
    watch = StreamWatch(services, principal, stream_id)
    for event in follow_stream(watch):
        if event is not None:
            assert event.timestamp <= moment(time.time_ns() // 1_000 + 1_000)


def test_going_on_after_a_number_misses_nothing(services: Services, principal: Principal) -> None:
    stream_id = start(services, principal, 500, 1_500)
    seen = 0
    while True:
        watch = StreamWatch(services, principal, stream_id, seen)
        if watch.over:
            break
        for event in follow_stream(watch):
            if event is not None:
                assert event.seq == seen + 1
                seen = event.seq
                if seen % 97 == 0:
                    break  # Hang up.
    assert seen == 1_500


def test_a_deleted_stream_ends_its_watches(services: Services, principal: Principal) -> None:
    stream_id = start(services, principal)
    watch = StreamWatch(services, principal, stream_id)
    control.delete(services, principal, stream_id)
    assert all(event is None or event.seq < 20 for event in follow_stream(watch))
    with pytest.raises(NotFoundError):
        StreamWatch(services, principal, stream_id)


def test_a_key_has_so_many_streams_that_have_not_ended(services: Services, principal: Principal) -> None:
    few = replace(services, settings=replace(services.settings, max_streams=2))
    first = start(few, principal)
    start(few, principal, 10, 5)
    with pytest.raises(TooManyRequestsError, match="2 streams"):
        start(few, principal)
    _, token = keys.create(services, principal.workspace_id, "another")
    start(few, keys.authenticate(services, token))
    control.stop(few, principal, first)
    let_pass(few, first, 3)
    start(few, principal)


def test_a_hundred_streams_send_no_message_and_start_nothing(
    services: Services, principal: Principal
) -> None:
    threads = threading.active_count()
    for _ in range(100):
        start(services, principal, 1_000)
    queue: object = services.queue
    assert vars(queue) == {"slots": [], "days": []}
    assert threading.active_count() == threads


def test_there_is_one_default_stream_at_a_time(services: Services, principal: Principal) -> None:
    wanted = control.StreamRequest(parse_endless(SOURCE))
    with pytest.raises(NotFoundError):
        control.default_id(services, principal)
    first = control.create(services, principal, wanted, default=True)
    with pytest.raises(ConflictError, match="default stream is running"):
        control.create(services, principal, wanted, default=True)
    control.stop(services, principal, first.id)
    second = control.create(services, principal, wanted, default=True)
    assert control.default_id(services, principal) == second.id


def test_a_clock_that_is_set_back_undoes_nothing_that_was_ordered(
    services: Services, principal: Principal
) -> None:
    stream_id = start(services, principal)
    let_pass(services, stream_id, 10)
    triggered = control.trigger(services, principal, stream_id, bursts.Trigger("quarter_end", None, 5))
    let_pass(services, stream_id, -3_600)
    ordered = queries.get_stream(services, principal, stream_id)
    paused = control.pause(services, principal, stream_id)
    assert paused.effective_at == ordered.effective_at
    assert paused.effective_seq == triggered.effective_seq
