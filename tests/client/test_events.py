from __future__ import annotations

import threading
from itertools import takewhile

import pytest

from synthmill.client.client import Client
from synthmill.client.job import Job
from synthmill.errors import NotFoundError, UnauthorizedError, UnreachableError
from tests.client.server import SHOP, RunningServer


def numbers(events: list[int | None]) -> list[int]:
    return [number for number in events if number is not None]


def test_events_come_live_numbered_without_a_gap_and_end_with_the_terminal_one(
    server: RunningServer, client: Client
) -> None:
    job = client.submit(**SHOP)
    with server.working():
        events = list(job.events())
    last = job.refresh().last_seq
    assert numbers([event.seq for event in events]) == list(range(1, last + 1))
    assert [events[0].type, events[-1].type] == ["init", "complete"]
    assert all(event.id == job.id for event in events)


def test_after_leaves_out_what_was_seen(client: Client, completed: Job) -> None:
    seqs = [event.seq for event in client.events(completed, after=2)]
    assert seqs == list(range(3, completed.last_seq + 1))


def test_every_numbered_event_comes_once_over_ten_torn_sockets(
    server: RunningServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthmill.client.follow.backoff", lambda attempt: 0.01)
    job = client.submit(**SHOP)
    for _ in range(6):
        job.pause()
        job.resume()
    server.work()
    server.network.tear_sockets(frames=2, times=10)  # the handshake, and one event
    seqs = [event.seq for event in client.events(job)]
    assert seqs == list(range(1, job.refresh().last_seq + 1))
    assert len(server.network.asked("GET", "/ws/")) == 11


def test_where_websockets_do_not_pass_events_are_polled(server: RunningServer, client: Client) -> None:
    server.network.refuse("/ws/", 426, times=100)
    job = client.submit(**SHOP)
    with server.working():
        events = list(client.events(job))
    assert numbers([event.seq for event in events]) == list(range(1, job.refresh().last_seq + 1))
    assert len(server.network.asked("GET", "/ws/")) == 1


def test_sockets_that_never_bring_anything_are_given_up_for_polling(
    server: RunningServer, client: Client, completed: Job
) -> None:
    server.network.tear_sockets(frames=1, times=100)
    assert [event.seq for event in client.events(completed) if event.seq] == list(
        range(1, completed.last_seq + 1)
    )
    assert len(server.network.asked("GET", "/ws/")) == 3


def test_a_server_that_is_away_for_a_moment_loses_no_event(server: RunningServer, client: Client) -> None:
    job = client.submit(**SHOP)
    events = client.events(job)
    first = next(events)
    server.network.refuse("/", 502, times=6, Retry_After="0")
    server.work()
    assert [first.seq, *numbers([event.seq for event in events])] == list(
        range(1, job.refresh().last_seq + 1)
    )


def test_a_server_that_stays_away_is_reported(
    server: RunningServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthmill.client.follow.PATIENCE", 0.0)
    job = client.submit(**SHOP)
    with (
        Client("http://127.0.0.1:9", "key") as nobody,
        pytest.raises(UnreachableError, match="is it running"),
    ):
        list(nobody.events(job.id))


def test_a_job_that_was_retried_is_followed_to_its_real_end(server: RunningServer, client: Client) -> None:
    job = client.submit(**SHOP)
    job.stop()
    job.retry()
    server.work()
    types = [event.type for event in client.events(job)]
    assert types.count("shutdown") == 1
    assert types[-1] == "complete"


def test_an_unknown_job_is_not_found(client: Client) -> None:
    with pytest.raises(NotFoundError):
        list(client.events("nope"))


def test_without_a_valid_key_nothing_is_followed(server: RunningServer, completed: Job) -> None:
    with Client(server.url, "wrong") as stranger, pytest.raises(UnauthorizedError):
        list(stranger.events(completed.id))


def test_deleting_a_job_ends_its_events(server: RunningServer, client: Client) -> None:
    job = client.submit(**SHOP)
    events = client.events(job)
    assert next(events).type == "init"

    def delete() -> None:
        with Client(server.url, server.key) as other:
            other.delete(job.id)

    deleting = threading.Timer(0.2, delete)
    deleting.start()
    assert [event.type for event in takewhile(lambda _: True, events)] == ["shutdown"]
    deleting.join()


def test_events_stop_waiting_when_their_time_is_up(client: Client) -> None:
    job = client.submit(**SHOP)
    with pytest.raises(TimeoutError, match=r"had not ended after 0\.3 s"):
        list(client.events(job, timeout=0.3))
