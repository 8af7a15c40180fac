"""Pause and stop are exact: nothing is claimed after the answer, nothing is left behind."""

from __future__ import annotations

import time

import pytest

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.endtoend.looking import objects_of, parts_of, services_of
from tests.stack.stack import Stack
from tests.waiting import wait_until

ROWS = 8_000_000


@pytest.fixture
def running(client: Client) -> Job:
    job = client.submit(template="retail", rows=ROWS, seed=5, part_rows=65_536, format="csv")
    wait_until(lambda: job.refresh().rows_done > 0, "the first rows")
    return job


def in_hand(stack: Stack, job: Job) -> int:
    return sum(part.state == "running" for part in parts_of(stack, job))


def attempts(stack: Stack, job: Job) -> int:
    return sum(part.attempt for part in parts_of(stack, job))


@pytest.mark.slow
def test_after_a_pause_no_part_is_claimed_and_those_in_hand_are_finished(stack: Stack, running: Job) -> None:
    running.pause()
    claimed = attempts(stack, running)
    wait_until(lambda: not in_hand(stack, running), "no part in hand")
    time.sleep(1)  # A moment in which nothing may happen.
    assert (in_hand(stack, running), attempts(stack, running)) == (0, claimed)
    assert running.refresh().state == "paused"
    running.stop()


def test_a_stopped_job_abandons_its_parts_and_leaves_no_file(stack: Stack, running: Job) -> None:
    wait_until(lambda: objects_of(stack, running), "an object in storage")
    running.stop()
    claimed = attempts(stack, running)
    wait_until(lambda: not in_hand(stack, running), "no part in hand")
    assert attempts(stack, running) == claimed
    wait_until(lambda: not objects_of(stack, running), "no object in storage")
    assert running.refresh().state == "cancelled"


def test_a_deleted_job_leaves_nothing(stack: Stack, client: Client, running: Job) -> None:
    client.delete(running)
    wait_until(
        lambda: not (objects_of(stack, running) or parts_of(stack, running)), "neither an object nor a part"
    )


def test_a_completed_job_has_one_file_a_table_and_no_unfinished_upload(stack: Stack, client: Client) -> None:
    job = client.submit(template="retail", rows=300_000, seed=5, part_rows=65_536).wait(timeout=200)
    names = sorted(file["name"] for file in job.view["files"])
    expected = sorted(
        [
            *(f"jobs/{job.id}/files/{name}" for name in names),
            f"jobs/{job.id}/files/manifest.json",
            f"jobs/{job.id}/files/profile.json",
        ]
    )
    assert sorted(objects_of(stack, job)) == expected


def test_a_file_has_at_most_one_upload(stack: Stack, running: Job) -> None:
    with services_of(stack) as services:
        for _ in range(20):
            keys = [key for key, _ in services.storage.uploads(f"jobs/{running.id}/")]
            assert len(keys) == len(set(keys))
            time.sleep(0.05)
    running.stop()
