"""A long job, with everything around it breaking, ends with the bytes of an undisturbed run."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
import redis

import synthmill
from synthmill.client.client import Client
from tests.endtoend.looking import hashes, objects_of, parts_of
from tests.stack.postgres import Postgres
from tests.stack.stack import BACKENDS, Backend, Stack, running_stack

ROWS = 2_500_000
PART_ROWS = 65_536
KILLS = 6
OUTPUT = {"format": "jsonl", "compression": "gzip"}
"""The slowest to write, so that there is time to break things."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("undisturbed")
    dataset = synthmill.generate("retail", rows=ROWS, seed=7, out=folder, **OUTPUT)
    return {file["name"]: file["root"] for file in dataset.manifest["files"]}


def flush_redis(stack: Stack) -> None:
    environment = json.loads((stack.data / "environment.json").read_text())
    with redis.Redis.from_url(environment["SYNTHMILL_REDIS_URL"]) as connection:
        connection.flushall()


def done_attempts(stack: Stack, job: synthmill.client.client.Job) -> dict[int, int]:  # type: ignore[name-defined]
    return {part.number: part.attempt for part in parts_of(stack, job) if part.state == "done"}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("backend", BACKENDS)
def test_killed_workers_a_forgetful_redis_and_a_pause_change_no_byte(
    undisturbed: dict[str, str], tmp_path: Path, backend: Backend, request: pytest.FixtureRequest
) -> None:
    postgres: Postgres | None = request.getfixturevalue("postgres") if "postgres" in backend else None
    with (
        running_stack(tmp_path / "data", backend, postgres=postgres) as stack,
        Client(data=stack.data) as client,
    ):
        job = client.submit(template="retail", rows=ROWS, seed=7, part_rows=PART_ROWS, **OUTPUT)
        once_done: dict[int, int] = {}
        for kills in range(1, KILLS + 1):
            workers = stack.wait_for("worker", 1)
            os.kill(workers[kills % len(workers)], signal.SIGKILL)
            if kills == 1:
                flush_redis(stack)
            if kills == 2:
                os.kill(stack.pids("valkey")[0], signal.SIGKILL)
                job.pause()
                time.sleep(1)
                job.resume()
            # Not enough for every worker to make a part before it is killed: its hand comes back, and counts
            # against no part that is not the one in work.
            time.sleep(3)
            for number, attempt in done_attempts(stack, job).items():
                assert once_done.setdefault(number, attempt) == attempt, "a part that was done was made again"
        job.wait(timeout=400)
        assert job.state == "completed", job.error
        assert hashes(job) == undisturbed
        assert once_done.items() <= done_attempts(stack, job).items(), "a part that was done was made again"
        assert Counter(part.state for part in parts_of(stack, job)) == {"done": job.view["parts_total"]}
        assert not [key for key in objects_of(stack, job) if "[" in key or "/pieces/" in key]
