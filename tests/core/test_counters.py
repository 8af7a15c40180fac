"""Counts of all processes together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import lifecycle, queries
from synthmill.app.core.metrics import take_snapshot
from synthmill.app.core.observability import counters
from synthmill.app.core.services import Services


def test_what_workers_made_is_counted_with_their_heartbeat(
    services: Services,
    principal: Principal,
    worker: WorkerProcess,
    submit: Callable[..., queries.JobView],
    work: Callable[[], None],
) -> None:
    with counters.taken():
        pass
    job = submit()
    work()
    worker.beat(services)
    with services.db.read() as session:
        counted = counters.read(session)
    assert counted["parts_made"] == job.parts_total
    assert counted["rows_made"] == job.rows_total
    assert counted["bytes_made"] > job.rows_total
    assert counted["events"] == queries.get_job(services, principal, job.id).last_seq


def test_counts_only_grow_when_jobs_go(
    services: Services, principal: Principal, submit: Callable[..., queries.JobView], work: Callable[[], None]
) -> None:
    job = submit()
    work()
    before = take_snapshot(services).counted
    lifecycle.delete(services, principal, job.id)
    after = take_snapshot(services).counted
    assert all(after[name] >= before[name] for name in before)


def test_counts_that_can_not_be_stored_are_stored_later() -> None:
    with counters.taken():
        pass
    counters.count("broker_errors", 3)
    with pytest.raises(OSError), counters.taken():
        raise OSError("the database is away")
    with counters.taken() as counts:
        assert counts == {"broker_errors": 3}
