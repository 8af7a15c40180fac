"""Generators that raise, storage that is away, workers that vanish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import StorageError
from synthmill.app.core.execution import part
from synthmill.app.core.execution.lease_expiry import give_back_process
from synthmill.app.core.execution.leases import claim_parts
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries, watch
from synthmill.app.core.services import Services

Submit = Callable[..., queries.JobView]
Work = Callable[[], None]


def raising(error: BaseException) -> Callable[..., Iterator[Any]]:
    def make_blocks(*_: object) -> Iterator[Any]:
        raise error
        yield

    return make_blocks


@pytest.mark.parametrize("error", [ValueError("no such word"), MemoryError()])
def test_a_part_that_raises_three_times_fails_its_job_with_the_reason(
    services: Services,
    principal: Principal,
    submit: Submit,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    monkeypatch.setattr(part, "make_blocks", raising(error))
    job = submit()
    work()
    failed = queries.get_job(services, principal, job.id)
    assert failed.state == "failed"
    assert failed.error is not None
    assert "no such word" in failed.error or "memory" in failed.error
    assert watch.read_events(services, principal, job.id)[-1].type == "error"
    assert list(services.storage.list("")) == []
    assert services.storage.uploads("") == []


def test_storage_that_is_away_delays_a_job_and_does_not_fail_it(
    services: Services,
    principal: Principal,
    submit: Submit,
    work: Work,
    worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = submit()
    with monkeypatch.context() as broken:
        broken.setattr(part, "make_blocks", raising(StorageError("SlowDown")))
        for _ in range(20):
            work_slot(services, job.id, worker)
            with services.db.write() as session:
                session.execute(update(models.Part).values(not_before=0.0))
    work()
    assert queries.get_job(services, principal, job.id).state == "completed"


def test_a_dead_workers_parts_are_free_at_once(
    services: Services, submit: Submit, worker: WorkerProcess
) -> None:
    job = submit()
    (held,) = claim_parts(services, job.id, worker.id)
    give_back_process(services, worker.host, worker.pid)
    (again,) = claim_parts(services, job.id, "another")
    assert (again.number, again.attempt) == (held.number, held.attempt + 1)


def test_a_part_that_loses_its_worker_ten_times_fails_its_job(
    services: Services, principal: Principal, submit: Submit, worker: WorkerProcess
) -> None:
    # A sweeper's turn is a fifth of a lease: long enough for a machine that is busy.
    object.__setattr__(services, "settings", replace(services.settings, lease_seconds=600.0))
    job = submit()
    for _ in range(10):
        with services.db.write() as session:
            session.execute(update(models.Part).values(not_before=0.0))
        assert claim_parts(services, job.id, "gone")
        with services.db.write() as session:
            session.execute(update(models.Part).where(models.Part.state == "running").values(lease_until=1.0))
        sweep(services, worker.id)
    failed = queries.get_job(services, principal, job.id)
    assert (failed.state, "10 times" in (failed.error or "")) == ("failed", True)


@pytest.mark.parametrize(
    "moment",
    [
        "synthmill.app.core.execution.finaliser._complete",
        "synthmill.app.core.execution.files.finalise.manifest.manifest",
    ],
)
def test_a_finaliser_that_died_is_followed_by_another_and_no_part_is_made_again(
    services: Services,
    principal: Principal,
    submit: Submit,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    class PowerCutError(BaseException): ...

    def die(*_: object) -> None:
        raise PowerCutError

    job = submit()
    with monkeypatch.context() as dying, pytest.raises(PowerCutError):
        dying.setattr(moment, die)
        work()
    services.queue.wake(job.id, "bulk")
    work()
    assert queries.get_job(services, principal, job.id).state == "completed"
    with services.db.read() as session:
        attempts = session.execute(select(models.Part.attempt).where(models.Part.job_id == job.id)).scalars()
        assert set(attempts) == {1}
