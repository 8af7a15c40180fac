from __future__ import annotations

from itertools import islice

import pytest

from synthmill.client.client import Client
from synthmill.errors import NotFoundError
from tests.client.server import SHOP, RunningServer


def test_all_pages_are_read_the_newest_first(server: RunningServer, client: Client) -> None:
    ids = [client.submit(**SHOP).id for _ in range(60)]
    assert [job.id for job in client.jobs()] == ids[::-1]
    assert len(server.network.asked("GET", "/api/v1/jobs")) == 2


def test_further_pages_are_asked_for_only_when_needed(server: RunningServer, client: Client) -> None:
    ids = [client.submit(**SHOP).id for _ in range(51)]
    assert [job.id for job in islice(client.jobs(), 50)] == ids[:0:-1]
    assert len(server.network.asked("GET", "/api/v1/jobs")) == 1


def test_filters_leave_out_the_others(client: Client) -> None:
    paused = client.submit(**SHOP, dataset="a").pause()
    client.submit(**SHOP, dataset="b")
    assert [job.id for job in client.jobs(state="paused")] == [paused.id]
    assert [job.id for job in client.jobs(dataset="a", strategy="tabular")] == [paused.id]
    assert list(client.jobs(template="retail")) == []


def test_one_job_by_its_id(client: Client) -> None:
    job = client.submit(**SHOP)
    assert client.job(job.id).view == job.view
    with pytest.raises(NotFoundError, match="nope"):
        client.job("nope")


@pytest.mark.parametrize("name", ["../keys", "a/b", "a?b=c", "%2e%2e"])
def test_an_id_is_never_a_path(client: Client, name: str) -> None:
    with pytest.raises(NotFoundError):
        client.job(name)
