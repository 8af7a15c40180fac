"""A job of another kind than `dataset` lives as any other does, from its request to its result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import LimitExceededError, NotFoundError
from synthmill.app.core.execution.leases import claim_parts
from synthmill.app.core.execution.outcomes import finish
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import lifecycle, watch
from synthmill.app.core.jobs.kind import job_kind
from synthmill.app.core.jobs.queries import JobFilter, JobView, get_job, list_jobs
from synthmill.app.core.services import Services
from tests.job_kinds import submit_sum, sums_known

Sum = Callable[..., JobView]
Work = Callable[[], None]
TOTAL = sum(range(1_000))


@pytest.fixture(autouse=True)
def known() -> Iterator[None]:
    with sums_known():
        yield


@pytest.fixture
def add(services: Services, principal: Principal) -> Sum:
    """Ask for a sum."""
    return lambda **changes: submit_sum(services, principal, **changes)


def types(services: Services, principal: Principal, job: JobView) -> list[str]:
    return [event.type for event in watch.read_events(services, principal, job.id, limit=1000)]


def test_it_completes_with_its_result_and_numbered_events(
    services: Services, principal: Principal, add: Sum, work: Work
) -> None:
    job = add()
    assert (job.kind, job.unit, job.state, job.rows_total) == ("sum", "numbers", "queued", 1_000)
    work()
    done = get_job(services, principal, job.id)
    assert (done.state, done.result, done.rows_done, done.parts_done) == (
        "completed", {"sum": TOTAL}, 1_000, 10,
    )  # fmt: skip
    stored = watch.read_events(services, principal, job.id, limit=1000)
    assert [event.seq for event in stored] == list(range(1, len(stored) + 1))
    assert [stored[0].type, stored[1].type, stored[-1].type] == ["init", "start", "complete"]
    assert stored[-1].data["sum"] == TOTAL
    assert list(services.storage.list("")) == []


def test_it_is_of_no_strategy_and_has_no_files(services: Services, principal: Principal, add: Sum) -> None:
    job = add()
    assert (job.strategy, job.dataset, job.recipe, job.format, job.files) == (None, None, None, None, [])


def test_lists_can_be_of_one_kind(
    services: Services, principal: Principal, add: Sum, submit: Callable[..., JobView]
) -> None:
    dataset, summed = submit(rows=1_000), add()

    def ids(**filters: Any) -> list[str]:
        return [job.id for job in list_jobs(services, principal, JobFilter(**filters)).items]

    assert ids(kind="sum") == [summed.id]
    assert ids(kind="dataset") == [dataset.id]
    assert ids() == [summed.id, dataset.id]


def test_a_paused_one_claims_nothing_and_goes_on_where_it_was(
    services: Services, principal: Principal, add: Sum, work: Work, worker: WorkerProcess
) -> None:
    job = add()
    (claim,) = claim_parts(services, job.id, worker.id)
    lifecycle.pause(services, principal, job.id)
    assert claim_parts(services, job.id, worker.id) == []
    outcome = job_kind("sum").run(services, claim, lambda units: None)
    assert finish(services, [(claim, outcome)]) == []
    lifecycle.resume(services, principal, job.id)
    work()
    assert get_job(services, principal, job.id).result == {"sum": TOTAL}
    assert types(services, principal, job)[:4] == ["init", "start", "paused", "progress"]


def test_a_stopped_one_leaves_nothing_and_can_be_retried(
    services: Services,
    principal: Principal,
    add: Sum,
    work: Work,
    worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as one_part:
        one_part.setattr("synthmill.app.core.execution.slot.SLOT_SECONDS", 0.0)
        job = add()
        work_slot(services, job.id, worker)
    assert list(services.storage.list("")) != []
    assert lifecycle.stop(services, principal, job.id).state == "cancelled"
    assert list(services.storage.list("")) == []
    lifecycle.retry(services, principal, job.id)
    work()
    done = get_job(services, principal, job.id)
    assert (done.state, done.result) == ("completed", {"sum": TOTAL})


def test_one_that_raises_three_times_fails_with_the_part_and_the_reason(
    services: Services, principal: Principal, add: Sum, work: Work
) -> None:
    job = add(broken=3)
    work()
    failed = get_job(services, principal, job.id)
    assert (failed.state, failed.error) == ("failed", "part 3: ValueError: 300 is no number to add")
    assert types(services, principal, job)[-1] == "error"
    assert list(services.storage.list("")) == []


def test_a_clone_asks_for_the_same_and_a_deleted_one_is_gone(
    services: Services, principal: Principal, add: Sum, work: Work
) -> None:
    job = add(numbers=50)
    clone = lifecycle.clone(services, principal, job.id)
    work()
    assert get_job(services, principal, clone.id).result == {"sum": sum(range(50))}
    lifecycle.delete(services, principal, job.id)
    with pytest.raises(NotFoundError):
        get_job(services, principal, job.id)


def test_a_worker_whose_lease_ran_out_changes_nothing_of_it(
    services: Services, principal: Principal, add: Sum, work: Work, worker: WorkerProcess
) -> None:
    job = add()
    (stale,) = claim_parts(services, job.id, worker.id)
    with services.db.write() as session:
        session.execute(update(models.Part).values(lease_until=1.0))
    sweep(services, worker.id)
    with services.db.write() as session:
        # A part that lost its worker comes when the others are done: here it is to come now.
        session.execute(update(models.Part).values(losses=0))
    (fresh,) = claim_parts(services, job.id, "another")
    assert (fresh.number, fresh.attempt) == (stale.number, stale.attempt + 1)

    class Wrong:
        size, total = 8, 10**9

    assert finish(services, [(stale, Wrong())]) == [stale]
    with services.db.read() as session:
        results = session.execute(select(models.Part.result).where(models.Part.job_id == job.id)).scalars()
        assert set(results) == {None}


def test_limits_are_those_of_every_job(services: Services, principal: Principal) -> None:
    small = replace(services, settings=replace(services.settings, max_rows=999))
    with pytest.raises(LimitExceededError, match="1,000 numbers in all are too many"):
        submit_sum(small, principal)
