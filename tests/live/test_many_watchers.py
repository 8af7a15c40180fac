"""Hundreds of watchers of one job, and some who never read."""

from __future__ import annotations

import re
import time

import pytest

from synthmill.app.core.jobs import events
from synthmill.app.core.messaging.outbox import outbox
from synthmill.app.core.services import Services
from tests.live.crowd import add_event, crowd_of
from tests.live.web import Web
from tests.waiting import wait_until

PATIENCE = 60


def test_all_events_reach_all_of_300_watchers_once_and_in_order(
    web: Web, services: Services, job: str
) -> None:
    with crowd_of(web, job) as crowd:
        crowd.come(300)
        assert web.threads() < 100, "a watcher holds no thread"
        for _ in range(40):
            last = add_event(services, job)
            crowd.listen(0.02)
        crowd.listen_until(last, PATIENCE)
        web.post(f"/jobs/{job}/stop")
        crowd.listen(PATIENCE, until_closed=True)
        assert {watcher.seen for watcher in crowd.watchers} == {last + 1}
        assert sum(watcher.out_of_turn for watcher in crowd.watchers) == 0
        assert crowd.codes() == {1000: 300}


def test_a_broker_that_loses_messages_costs_nobody_of_many_an_event(
    web: Web, services: Services, job: str
) -> None:
    with crowd_of(web, job) as crowd:
        crowd.come(50)
        crowd.listen_until(1, PATIENCE)
        for number in range(20):
            with services.db.write() as session:
                event = events.append(session, job, "progress", {"number": number})
                if number % 3 == 0:
                    outbox(session).messages.clear()  # Lost on the way.
        assert event.seq is not None
        crowd.listen_until(event.seq, PATIENCE)
        assert sum(watcher.out_of_turn for watcher in crowd.watchers) == 0


def test_those_who_never_read_are_cut_off_with_1013_and_nobody_else_suffers(
    web: Web, services: Services, job: str
) -> None:
    with crowd_of(web, job) as crowd:
        crowd.come(50)
        crowd.come_silent(5)
        before = cut_off(web)
        for _ in range(250):
            last = add_event(services, job, pad="x" * 4000)
            crowd.listen(0.005)
        crowd.listen_until(last, PATIENCE)
        wait_until(lambda: cut_off(web) >= before + 5, "five silent watchers cut off")
        assert sum(watcher.out_of_turn for watcher in crowd.watchers) == 0
        assert crowd.codes() == {None: 50}


def cut_off(web: Web) -> float:
    """How many were closed as slow readers so far."""
    found = re.search(
        r'^synthmill_websockets_closed_total{code="1013"} (.*)$', web.http.get("/metrics").text, re.M
    )
    return 0.0 if found is None else float(found[1])


@pytest.mark.slow
def test_notes_are_told_to_everybody_but_only_the_latest_every_200_ms(
    web: Web, services: Services, job: str
) -> None:
    with crowd_of(web, job) as crowd:
        crowd.come(100)
        crowd.listen_until(1, PATIENCE)
        began = time.monotonic()
        for number in range(100):
            note = events.Event(job, None, "progress", "", {"sent": float(number + 1)})
            services.bus.publish([(events.job_channel(job), note.dumps())])
            crowd.listen(0.02)
        crowd.listen_until_noted(100.0, PATIENCE)
        turns = (time.monotonic() - began) / 0.2
        assert all(2 <= watcher.notes <= turns + 2 for watcher in crowd.watchers)
