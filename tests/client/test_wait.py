from __future__ import annotations

import pytest

from synthmill.client.client import Client
from synthmill.client.job import Job
from synthmill.client.job_events import Event
from tests.client.server import SHOP, RunningServer


def test_waiting_gives_the_job_as_it_ended(server: RunningServer, client: Client) -> None:
    job = client.submit(**SHOP)
    with server.working():
        ended = client.wait(job.id)
    assert (ended.state, ended.rows_done, ended.percentage) == ("completed", 70_050, 100.0)
    assert [file["name"] for file in ended.files] == ["customers.csv", "orders.csv"]


def test_the_waiting_job_itself_becomes_what_it_waited_for(server: RunningServer, client: Client) -> None:
    job = client.submit(**SHOP)
    with server.working():
        assert job.wait() is job
    assert job.ended


def test_the_listener_hears_every_event_after_what_the_job_knew(
    server: RunningServer, client: Client
) -> None:
    job = client.submit(**SHOP)
    heard: list[Event] = []
    with server.working():
        ended = job.wait(on_event=heard.append)
    assert [event.seq for event in heard if event.seq] == list(range(2, ended.last_seq + 1))


def test_a_job_that_has_ended_is_not_waited_for(
    server: RunningServer, client: Client, completed: Job
) -> None:
    assert client.wait(completed).state == "completed"
    assert not server.network.asked("GET", "/ws/")


def test_a_stopped_job_ends_the_waiting_without_an_error(client: Client) -> None:
    job = client.submit(**SHOP)
    client.stop(job)
    assert job.wait().state == "cancelled"


def test_waiting_has_an_end(client: Client) -> None:
    with pytest.raises(TimeoutError):
        client.submit(**SHOP).wait(timeout=0.2)
