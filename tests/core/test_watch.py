"""Watchers see every numbered event once, whatever is lost on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.jobs import queries, watch
from synthmill.app.core.services import Services

Submit = Callable[..., queries.JobView]
Work = Callable[[], None]


@pytest.mark.parametrize("deaf", [False, True], ids=["live", "redis loses everything"])
def test_a_watcher_that_reconnects_sees_every_number_once(
    services: Services, principal: Principal, submit: Submit, work: Work, deaf: bool
) -> None:
    services.bus.deaf = deaf  # type: ignore[attr-defined]
    job = submit(rows=600_000)
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
