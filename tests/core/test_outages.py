"""A database that was away, a disk that is full, a worker without memory: delays, never losses."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from synthmill.app.core import resources
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import FullError
from synthmill.app.core.execution import attempt
from synthmill.app.core.execution import part as execution_part
from synthmill.app.core.execution.leases import claim_parts
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries
from synthmill.app.core.messaging.queue import QUEUES
from synthmill.app.core.readiness import failing_parts
from synthmill.app.core.services import Services
from synthmill.workers import host as worker_host
from tests.waiting import wait_until

Submit = Callable[..., queries.JobView]
Work = Callable[[], None]
AWAY = OperationalError("SELECT 1", {}, Exception("the server closed the connection"))


def part(services: Services, job: queries.JobView) -> models.Part:
    with services.db.read() as session:
        return session.execute(
            select(models.Part).where(models.Part.job_id == job.id).order_by(models.Part.number).limit(1)
        ).scalar_one()


def lock(services: Services, **values: object) -> None:
    with services.db.write() as session:
        session.execute(update(models.Lock).values(**values))


@pytest.fixture
def unhurried(services: Services) -> None:
    """A sweeper's turn is a fifth of a lease: long enough for a machine that is busy."""
    object.__setattr__(services, "settings", replace(services.settings, lease_seconds=50.0))


def expire(services: Services) -> None:
    with services.db.write() as session:
        session.execute(
            update(models.Part).where(models.Part.state == "running").values(lease_until=db_now() - 1)
        )


@pytest.mark.usefixtures("unhurried")
def test_after_an_outage_no_lease_is_taken_for_lost_until_it_could_be_renewed(
    services: Services, submit: Submit, worker: WorkerProcess
) -> None:
    job = submit()
    assert claim_parts(services, job.id, worker.id)
    sweep(services, worker.id)
    expire(services)
    lock(services, until=db_now() - 60, reap_after=0.0)
    sweep(services, worker.id)
    assert part(services, job).state == "running"
    lock(services, until=db_now() + 1, reap_after=db_now())
    sweep(services, worker.id)
    assert (part(services, job).state, part(services, job).losses) == ("pending", 1)


@pytest.mark.usefixtures("unhurried")
def test_a_sweeper_whose_turn_passed_while_the_database_stood_still_reaps_nothing(
    services: Services, submit: Submit, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit()
    assert claim_parts(services, job.id, worker.id)
    expire(services)

    def freeze(*_: object) -> Any:
        lock(services, until=db_now() - 60)
        return reap(*_)

    from synthmill.app.core.execution import sweeper

    reap = sweeper.give_back_expired
    monkeypatch.setattr(sweeper, "give_back_expired", freeze)
    sweep(services, worker.id)
    assert part(services, job).state == "running"


def test_a_database_that_is_away_is_not_held_against_the_part(
    services: Services,
    principal: Principal,
    submit: Submit,
    work: Work,
    worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = submit()

    def away(*_: object) -> None:
        raise AWAY

    with monkeypatch.context() as broken:
        broken.setattr(attempt, "finish", away)
        for _ in range(5):
            claims = claim_parts(services, job.id, worker.id)
            assert claims
            attempt.attempt_parts(services, claims, worker)
    assert (part(services, job).errors, part(services, job).losses) == (0, 0)
    work()
    assert queries.get_job(services, principal, job.id).state == "completed"


@pytest.mark.parametrize("error", [AWAY, MemoryError()])
def test_nothing_that_an_outage_raises_leaves_the_slot(
    services: Services,
    submit: Submit,
    worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    def away(*_: object) -> None:
        raise error

    monkeypatch.setattr("synthmill.app.core.execution.slot.claim_parts", away)
    work_slot(services, submit().id, worker)


def test_a_full_disk_takes_no_job_and_begins_no_part_and_says_so(
    services: Services, principal: Principal, submit: Submit, work: Work, worker: WorkerProcess
) -> None:
    job = submit()
    plenty = services.settings
    object.__setattr__(services, "settings", replace(plenty, min_free_bytes=2**62))
    with pytest.raises(FullError, match="disk is full"):
        submit()
    work_slot(services, job.id, worker)
    assert part(services, job).attempt == 0
    assert failing_parts(services) == ["disk"]
    object.__setattr__(services, "settings", plenty)
    assert failing_parts(services) == []
    services.queue.wake(job.id, "bulk")
    work()
    assert queries.get_job(services, principal, job.id).state == "completed"


def test_a_worker_beyond_its_memory_fails_the_part_and_names_the_setting(
    services: Services, principal: Principal, submit: Submit, work: Work
) -> None:
    object.__setattr__(services, "settings", replace(services.settings, worker_memory_bytes=1 << 20))
    job = submit()
    work()
    failed = queries.get_job(services, principal, job.id)
    assert failed.state == "failed"
    assert "SYNTHMILL_WORKER_MEMORY_BYTES allows 1" in (failed.error or "")


def test_resident_memory_is_what_the_system_says() -> None:
    before = resources.resident_bytes()
    block = ctypes.create_string_buffer(64 << 20)
    ctypes.memset(block, 1, len(block))
    assert resources.resident_bytes() - before > 60 << 20


def test_a_memory_limit_of_nothing_is_no_limit() -> None:
    resources.limit_memory(0)
    resources.check_memory(0)


def blocks_then(error: BaseException) -> Callable[..., Iterator[Any]]:
    real = execution_part.make_blocks

    def make(*arguments: Any) -> Iterator[Any]:
        yield from real(*arguments)
        raise error

    return make


def test_a_part_that_lacks_memory_once_is_made_by_the_next_attempt(
    services: Services, principal: Principal, submit: Submit, work: Work, worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    job = submit()
    with monkeypatch.context() as poor:
        poor.setattr(execution_part, "make_blocks", blocks_then(MemoryError()))
        claims = claim_parts(services, job.id, worker.id)
        assert claims
        attempt.attempt_parts(services, claims, worker)
    assert part(services, job).errors == 1
    work()
    assert queries.get_job(services, principal, job.id).state == "completed"


def test_a_worker_that_starts_while_the_database_is_away_is_there_when_it_is_back(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_host, "limit_memory", lambda _: None)
    monkeypatch.setattr(worker_host, "sweep", lambda *_: None)
    # A heartbeat comes five times in a lease.
    host = worker_host.WorkerHost(replace(services.settings, lease_seconds=1.0))
    host.services = services

    def away(_: object) -> None:
        raise AWAY

    monkeypatch.setattr(host.process, "register", away)
    monkeypatch.setattr(worker_host, "wake_all", away)
    host.start(QUEUES)
    host.ask_for_work()
    try:
        wait_until(lambda: _workers(services), "the worker in the list")
        assert _workers(services) == [host.process.id]
    finally:
        host.close()


def _workers(services: Services) -> list[str]:
    with services.db.read() as session:
        return list(session.execute(select(models.Worker.id)).scalars())
