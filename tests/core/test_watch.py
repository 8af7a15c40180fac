"""Watchers see every numbered event once, whatever is lost on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.jobs import events, lifecycle, queries, watch
from synthmill.app.core.jobs.events import Event
from synthmill.app.core.services import Services

Submit = Callable[..., queries.JobView]
Work = Callable[[], None]


@pytest.mark.parametrize("deaf", [False, True], ids=["live", "redis loses everything"])
def test_a_watcher_that_reconnects_sees_every_number_once(
    services: Services, principal: Principal, submit: Submit, work: Work, deaf: bool
) -> None:
    services.bus.deaf = deaf  # type: ignore[attr-defined]
    job = submit(rows=300_000)
    worker = threading.Thread(target=work)
    worker.start()
    seen: list[int] = []
    kinds: list[str] = []
    while not kinds or kinds[-1] != "complete":
        for event in watch.follow_job(services, principal, job.id, after=seen[-1] if seen else 0):
            if event is not None and event.seq is not None:
                seen.append(event.seq)
                kinds.append(event.type)
                break  # Hang up after every event.
    worker.join()
    assert seen == list(range(1, len(seen) + 1))
    assert queries.get_job(services, principal, job.id).last_seq == seen[-1]


def test_a_watch_of_an_ended_job_replays_and_ends(
    services: Services, principal: Principal, submit: Submit, work: Work
) -> None:
    job = submit()
    work()
    types = [event.type for event in watch.follow_job(services, principal, job.id) if event]
    assert (types[0], types[-1]) == ("init", "complete")
    last = queries.get_job(services, principal, job.id).last_seq
    assert list(watch.follow_job(services, principal, job.id, after=last)) == []


def test_an_unknown_job_is_refused_at_once(services: Services, principal: Principal) -> None:
    with pytest.raises(NotFoundError):
        watch.follow_job(services, principal, "job_unknown")


def test_waiting_ends_with_the_job(
    services: Services, principal: Principal, submit: Submit, work: Work
) -> None:
    job = submit()
    worker = threading.Thread(target=work)
    worker.start()
    assert queries.wait(services, principal, job.id, 60).state == "completed"
    worker.join()


def test_a_watcher_misses_no_event_of_which_some_messages_are_lost(
    services: Services, principal: Principal, submit: Submit
) -> None:
    job = submit()
    watcher = watch.follow_job(services, principal, job.id)
    assert next_seq(watcher) == 1
    bus: Any = services.bus
    for seq in range(2, 8):
        bus.deaf = seq in (3, 4, 6)
        with services.db.write() as session:
            events.append(session, job.id, "progress", {"number": seq})
    assert [next_seq(watcher) for _ in range(6)] == [2, 3, 4, 5, 6, 7]


def test_who_watches_a_job_that_is_deleted_is_told_of_its_end(
    services: Services, principal: Principal, submit: Submit
) -> None:
    job = submit()
    with services.bus.listen(events.job_channel(job.id)) as listener:
        lifecycle.delete(services, principal, job.id)
        message = listener.get(10)
    assert message is not None
    reported = Event.loads(message)
    assert (reported.type, reported.data) == ("shutdown", {"deleted": True})


def next_seq(watcher: Iterator[Event | None]) -> int | None:
    """The number of the next event."""
    return next(event.seq for event in watcher if event is not None)
