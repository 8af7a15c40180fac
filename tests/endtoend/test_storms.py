"""Workers that are killed all the time, and a generator that kills them: no job fails by another's deaths."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import synthmill
from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.chaos.world import SABOTAGE
from tests.endtoend.looking import hashes, parts_of
from tests.stack.stack import BACKENDS, Backend, Stack, running_stack

ROWS = 10_000_000
STORM_SECONDS = 120
WORKERS = 3
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def stack(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    backend: Backend = getattr(request, "param", "folder+sqlite")
    postgres = request.getfixturevalue("postgres") if "postgres" in backend else None
    (tmp_path / "orders").mkdir()
    environment = {
        "PYTHONPATH": os.pathsep.join(map(str, (SABOTAGE, PROJECT))),
        "CHAOS_FOLDER": str(tmp_path / "orders"),
    }
    with running_stack(
        tmp_path / "data", backend, workers=WORKERS, postgres=postgres, environment=environment
    ) as running:
        yield running


@pytest.mark.night
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("stack", BACKENDS, indirect=True)
def test_a_worker_of_three_killed_every_second_for_two_minutes_changes_no_byte_of_a_large_job(
    stack: Stack, tmp_path: Path
) -> None:
    chance = random.Random(7)
    request: dict[str, Any] = {"template": "retail", "rows": ROWS, "seed": 7, "format": "jsonl"}
    with Client(data=stack.data) as client:
        job = client.submit(**request, part_rows=65_536)
        end, kills = time.monotonic() + STORM_SECONDS, 0
        done: dict[int, int] = {}
        while time.monotonic() < end and not job.refresh().ended:
            workers = stack.pids("worker")
            if workers:
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(workers), signal.SIGKILL)
                kills += 1
            for part in parts_of(stack, job):
                if part.state == "done":
                    assert done.setdefault(part.number, part.attempt) == part.attempt
            time.sleep(1)
        during = job.rows_done
        ended = client.wait(job, timeout=1_200)
        assert ended.state == "completed", ended.error
        losses = [part.losses for part in parts_of(stack, job)]
    print(f"{kills} kills, {during:,} rows made meanwhile, {sum(losses)} losses, {max(losses)} of one part")
    dataset = synthmill.generate(**request, out=tmp_path / "undisturbed")
    assert hashes(ended) == {file["name"]: file["root"] for file in dataset.manifest["files"]}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_generator_that_segfaults_at_one_block_fails_its_job_alone_and_names_the_block(
    stack: Stack,
) -> None:
    with Client(data=stack.data) as client:

        def bystander(seed: int) -> tuple[Job, float]:
            began = time.monotonic()
            job = client.submit(
                template="retail", rows=6_000_000, seed=seed, format="jsonl", part_rows=65_536
            )
            return job, began

        job, began = bystander(1)
        client.wait(job, timeout=600)
        alone = time.monotonic() - began
        # Block 5 is in the second part of two blocks each.
        parameters = {"rows": 80_000, "poison": "segfault_always", "poison_row": 5 * 8_192}
        poisoned = client.submit(strategy="chaos", parameters=parameters, seed=3, part_rows=16_384)
        job, began = bystander(2)
        beside = client.wait(job, timeout=600)
        seconds = time.monotonic() - began
        failed = client.wait(poisoned, timeout=300)
        (part,) = (part for part in parts_of(stack, failed) if part.losses > 1)
    print(
        f"beside the dying workers {seconds:.1f} s, alone {alone:.1f} s: {seconds / alone:.2f} times as long"
    )
    assert beside.state == "completed"
    assert failed.state == "failed"
    assert failed.error == f"part {part.number} (rows) lost its worker 10 times at block 5"
    assert part.losses == 11
