"""Workers that are killed all the time, played in one process: a second is a step, and no step waits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select, true, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.execution.hand import begin_block, pulse
from synthmill.app.core.execution.lease_expiry import give_back_expired
from synthmill.app.core.execution.leases import Claim, ClaimBatch, claim_parts
from synthmill.app.core.execution.outcomes import finish
from synthmill.app.core.jobs.queries import get_job
from synthmill.app.core.services import Services
from tests.job_kinds import submit_sum, sums_known
from tests.job_kinds.found.sums import Summed

RUNS = 20
WORKERS = 3
PARTS = 120
SECONDS = 90
STARTING = 2
"""Seconds from a worker's death to the next one's first claim."""
HAND = 8
MAKING = 3
"""Seconds that a hand takes: a worker of three lives through them three times of ten."""

Part = models.Part

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("backend", ["sqlite"])]


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    with sums_known():
        yield


@dataclass
class PlayedWorker:
    name: str
    ready: int = STARTING
    hand: list[Claim] = field(default_factory=list)

    def second(self, services: Services, job_id: str, now: int) -> None:
        """Begin a hand, or finish the one begun a while ago."""
        if now < self.ready:
            return
        self.ready = now + MAKING
        if self.hand:
            finish(services, [(claim, Summed(8, 0)) for claim in self.hand])
        self.hand = claim_parts(services, job_id, self.name, HAND)
        if self.hand and self.hand[0].losses:
            begin_block(services, self.hand[0], 0)
        elif self.hand:
            pulse(services, ClaimBatch(self.hand, self.hand[now % len(self.hand)]), 1)

    def die(self, services: Services, now: int) -> None:
        with services.db.write() as session:
            session.execute(
                update(Part).where(Part.worker == self.name, Part.state == "running").values(lease_until=1.0)
            )
        give_back_expired(services, true())
        with services.db.write() as session:
            session.execute(update(Part).where(Part.state == "pending").values(not_before=0.0))
        self.hand, self.ready = [], now + STARTING


@pytest.mark.parametrize("run", range(RUNS))
def test_a_worker_of_three_killed_every_second_fails_no_job_and_no_finished_part_is_made_again(
    services: Services, principal: Principal, run: int
) -> None:
    chance = random.Random(run)
    job = submit_sum(services, principal, numbers=10 * PARTS, part=10)
    workers = [PlayedWorker(f"worker-{number}") for number in range(WORKERS)]
    done: dict[int, int] = {}
    now = 0
    while (view := get_job(services, principal, job.id)).parts_done < PARTS:
        assert view.state != "failed", view.error
        now += 1
        for worker in workers:
            worker.second(services, job.id, now)
        if now <= SECONDS:
            chance.choice(workers).die(services, now)
        with services.db.read() as session:
            rows = session.execute(
                select(Part.number, Part.attempt).where(Part.job_id == job.id, Part.state == "done")
            )
            for number, attempt in rows:
                assert done.setdefault(number, attempt) == attempt
        assert now < 10 * SECONDS
    with services.db.read() as session:
        worst = session.execute(select(func.max(Part.losses)).where(Part.job_id == job.id)).scalar_one()
    print(f"run {run}: {now} s, a part lost at most {worst} workers")
