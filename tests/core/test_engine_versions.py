"""A part is made only by the engine version of its recipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.execution.finaliser import claim_finalising
from synthmill.app.core.execution.leases import claim_parts
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.sweeper import sweep, tidy_up
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries, watch, workers
from synthmill.app.core.services import Services
from tests.fakes import RecordingQueue

Submit = Callable[..., queries.JobView]


@pytest.fixture
def foreign(services: Services, submit: Submit, monkeypatch: pytest.MonkeyPatch) -> queries.JobView:
    """A job of an engine version that isn't ours."""
    monkeypatch.setattr(workers, "_PASS_ON_SECONDS", 0.0)
    job = submit()
    with services.db.write() as session:
        session.execute(update(models.Job).values(engine="0"))
    return job


def slots(services: Services) -> list[str]:
    assert isinstance(services.queue, RecordingQueue)
    return services.queue.slots


def be_of_version(services: Services, worker: WorkerProcess, engine: str) -> None:
    with services.db.write() as session:
        session.execute(
            update(models.Worker)
            .where(models.Worker.id == worker.id)
            .values(engine=engine, heartbeat_at=db_now())
        )


def test_a_worker_claims_no_part_and_finalises_no_job_of_another_version(
    services: Services, foreign: queries.JobView, worker: WorkerProcess
) -> None:
    assert claim_parts(services, foreign.id, worker.id) == []
    with services.db.write() as session:
        session.execute(update(models.Job).values(state="running", parts_done=models.Job.parts_total))
    assert claim_finalising(services, foreign.id, worker.id) is None


def test_its_slot_is_passed_on_where_that_version_has_a_worker_and_dropped_where_not(
    services: Services, foreign: queries.JobView, worker: WorkerProcess
) -> None:
    slots(services).clear()
    work_slot(services, foreign.id, worker)
    assert slots(services) == []
    be_of_version(services, worker, "0")
    work_slot(services, foreign.id, worker)
    assert slots(services) == [foreign.id]


def test_nobody_is_woken_for_a_job_that_nobody_can_make(
    services: Services, foreign: queries.JobView, worker: WorkerProcess
) -> None:
    slots(services).clear()
    with services.db.write() as session:
        session.execute(update(models.Job).values(woken_at=0.0))
    sweep(services, worker.id)
    assert slots(services) == []


def test_a_job_whose_version_has_no_worker_for_too_long_fails_with_that_reason(
    services: Services, principal: Principal, foreign: queries.JobView, worker: WorkerProcess
) -> None:
    tidy_up(services, worker.id)
    assert queries.get_job(services, principal, foreign.id).state == "queued"
    with services.db.write() as session:
        session.execute(update(models.Job).values(unmanned_since=models.Job.unmanned_since - 600))
    tidy_up(services, worker.id)
    failed = queries.get_job(services, principal, foreign.id)
    assert (failed.state, failed.error) == (
        "failed",
        "there was no worker of engine version 0 for 600 s: start one with engine version 0",
    )
    assert watch.read_events(services, principal, foreign.id)[-1].type == "error"


def test_a_worker_that_comes_back_in_time_saves_the_job(
    services: Services, principal: Principal, foreign: queries.JobView, worker: WorkerProcess
) -> None:
    object.__setattr__(services, "settings", replace(services.settings, engine_wait_seconds=0.0))
    be_of_version(services, worker, "0")
    tidy_up(services, worker.id)
    with services.db.read() as session:
        assert session.execute(select(models.Job.unmanned_since)).scalar_one() is None
    assert queries.get_job(services, principal, foreign.id).state == "queued"
