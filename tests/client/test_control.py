"""Pause, resume, stop, retry, clone and delete, on a job and on a client."""

from __future__ import annotations

import pytest

from synthmill.client.client import Client
from synthmill.client.job import Job
from synthmill.errors import ConflictError, NotFoundError
from tests.client.server import SHOP, RunningServer


def test_each_verb_leaves_the_job_as_the_server_says(server: RunningServer, client: Client) -> None:
    job = client.submit(**SHOP)
    assert [job.pause().state, job.resume().state, job.stop().state] == ["paused", "queued", "cancelled"]
    assert job.retry().state == "queued"
    server.work()
    assert job.refresh().state == "completed"


def test_a_verb_whose_answer_was_lost_is_sent_again(server: RunningServer, client: Client) -> None:
    job = client.submit(**SHOP)
    server.network.lose_answer("/pause")
    assert client.pause(job.id).state == "paused"
    assert len(server.network.asked("POST", "/pause")) == 2


def test_cloning_is_never_sent_twice(server: RunningServer, client: Client) -> None:
    job = client.submit(**SHOP)
    server.network.lose_answer("/clone")
    with pytest.raises(ConnectionError):
        client.clone(job)
    assert len(server.network.asked("POST", "/clone")) == 1


def test_a_clone_is_another_job_of_the_same_recipe(client: Client) -> None:
    job = client.submit(**SHOP)
    copy = job.clone()
    assert copy.id != job.id
    assert copy.view["recipe"] == job.view["recipe"]


def test_what_the_state_does_not_allow_is_a_conflict(client: Client, completed: Job) -> None:
    for verb in (client.pause, client.resume, client.stop, client.retry):
        with pytest.raises(ConflictError, match="the job is completed"):
            verb(completed)


def test_a_deleted_job_is_gone(client: Client, completed: Job) -> None:
    completed.delete()
    with pytest.raises(NotFoundError):
        completed.refresh()


def test_a_deleted_dataset_takes_its_job_along(client: Client, completed: Job) -> None:
    (dataset,) = client.datasets()
    client.delete_dataset(dataset["id"])
    assert list(client.datasets()) == []
    assert list(client.jobs()) == []
