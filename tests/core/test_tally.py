"""Counts of all processes together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.core import jobs, tally
from app.core.census import take_census
from app.core.keys import Principal
from app.core.services import Services
from app.core.work.process import WorkerProcess


def test_what_workers_made_is_counted_with_their_heartbeat(
    services: Services,
    principal: Principal,
    worker: WorkerProcess,
    submit: Callable[..., jobs.JobView],
    work: Callable[[], None],
) -> None:
    with tally.taken():
        pass
    job = submit()
    work()
    worker.beat(services)
    with services.db.read() as session:
        counted = tally.read(session)
    assert counted["parts_made"] == job.parts_total
    assert counted["rows_made"] == job.rows_total
    assert counted["bytes_made"] > job.rows_total
    assert counted["events"] == jobs.get_job(services, principal, job.id).last_seq


def test_counts_only_grow_when_jobs_go(
    services: Services, principal: Principal, submit: Callable[..., jobs.JobView], work: Callable[[], None]
) -> None:
    job = submit()
    work()
    before = take_census(services).counted
    jobs.delete(services, principal, job.id)
    after = take_census(services).counted
    assert all(after[name] >= before[name] for name in before)


def test_counts_that_can_not_be_stored_are_stored_later() -> None:
    with tally.taken():
        pass
    tally.count("broker_errors", 3)
    with pytest.raises(OSError), tally.taken():
        raise OSError("the database is away")
    with tally.taken() as counts:
        assert counts == {"broker_errors": 3}
