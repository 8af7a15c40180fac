"""A job from submission to dataset, on both databases, with every worker call made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import update

from synthmill.app.core import datasets
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import ConflictError, NotFoundError
from synthmill.app.core.execution.leases import ClaimBatch, claim_parts
from synthmill.app.core.execution.outcomes import finish, release
from synthmill.app.core.execution.part import Made
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import lifecycle, queries, watch
from synthmill.app.core.services import Services
from tests.roots import root_of

Submit = Callable[..., queries.JobView]
Work = Callable[[], None]


@pytest.fixture
def one_part_a_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthmill.app.core.execution.slot.SLOT_SECONDS", 0.0)


def event_types(services: Services, principal: Principal, job: str) -> list[str]:
    return [event.type for event in watch.read_events(services, principal, job, limit=1000)]


def test_a_job_completes_with_files_that_match_their_hashes(
    services: Services, principal: Principal, submit: Submit, work: Work
) -> None:
    job = submit()
    assert job.state == "queued"
    work()
    done = queries.get_job(services, principal, job.id)
    assert (done.state, done.percentage, done.rows_done) == ("completed", 100.0, done.rows_total)
    [dataset] = datasets.list_datasets(services, principal).items
    entries = {entry["name"]: entry for entry in dataset.manifest["files"]}
    for file in done.files:
        stored = datasets.open_file(services, principal, job.id, file["name"])
        data = services.storage.get(stored.key)
        assert (root_of(data, entries[file["name"]]), len(data)) == (file["root"], file["size"])
        assert (stored.etag, stored.sha256) == (file["root"], None)


def test_the_cut_into_parts_does_not_change_the_files(
    services: Services, principal: Principal, submit: Submit, work: Work
) -> None:
    many, few = submit(part_rows=1), submit(part_rows=10_000_000)
    work()
    files = [queries.get_job(services, principal, job.id).files for job in (many, few)]
    assert files[0] == files[1]
    assert many.parts_total > few.parts_total


def test_events_are_numbered_without_a_gap_and_end_once(
    services: Services, principal: Principal, submit: Submit, work: Work
) -> None:
    job = submit()
    work()
    stored = watch.read_events(services, principal, job.id, limit=1000)
    assert [event.seq for event in stored] == list(range(1, len(stored) + 1))
    types = [event.type for event in stored]
    assert types[:2] == ["init", "start"]
    assert types[-1] == "complete"
    assert set(types[2:-1]) <= {"progress"}


def test_a_paused_job_claims_nothing_and_goes_on_where_it_was(
    services: Services, principal: Principal, submit: Submit, work: Work, worker: WorkerProcess
) -> None:
    job = submit()
    assert claim_parts(services, job.id, worker.id)
    assert lifecycle.pause(services, principal, job.id).state == "paused"
    assert claim_parts(services, job.id, worker.id) == []
    assert lifecycle.resume(services, principal, job.id).state == "running"
    assert event_types(services, principal, job.id) == ["init", "start", "paused", "resumed"]


def test_a_stopped_job_leaves_no_file(
    services: Services, principal: Principal, submit: Submit, worker: WorkerProcess, one_part_a_slot: None
) -> None:
    job = submit()
    work_slot(services, job.id, worker)
    assert lifecycle.stop(services, principal, job.id).state == "cancelled"
    assert list(services.storage.list("")) == []
    assert services.storage.uploads("") == []
    assert event_types(services, principal, job.id)[-1] == "shutdown"


def test_a_stopped_job_can_be_retried_and_gives_the_same_files(
    services: Services,
    principal: Principal,
    submit: Submit,
    work: Work,
    worker: WorkerProcess,
    one_part_a_slot: None,
) -> None:
    whole = submit()
    work()
    job = submit()
    work_slot(services, job.id, worker)
    lifecycle.stop(services, principal, job.id)
    assert lifecycle.retry(services, principal, job.id).state == "queued"
    work()
    assert (
        queries.get_job(services, principal, job.id).files
        == queries.get_job(services, principal, whole.id).files
    )


def test_a_clone_has_the_recipe_and_another_id(
    services: Services, principal: Principal, submit: Submit, work: Work
) -> None:
    job = submit()
    clone = lifecycle.clone(services, principal, job.id)
    assert (clone.recipe, clone.format, clone.dataset) == (job.recipe, job.format, job.dataset)
    assert clone.id != job.id


def test_a_deleted_job_leaves_nothing(
    services: Services, principal: Principal, submit: Submit, work: Work
) -> None:
    job = submit()
    work()
    lifecycle.delete(services, principal, job.id)
    assert list(services.storage.list("")) == []
    assert datasets.list_datasets(services, principal).items == []
    with pytest.raises(NotFoundError):
        queries.get_job(services, principal, job.id)


def test_an_ended_job_cannot_be_paused(
    services: Services, principal: Principal, submit: Submit, work: Work
) -> None:
    job = submit()
    work()
    with pytest.raises(ConflictError, match="completed"):
        lifecycle.pause(services, principal, job.id)


def test_a_worker_whose_lease_ran_out_cannot_finish_its_part(
    services: Services, principal: Principal, submit: Submit, worker: WorkerProcess
) -> None:
    job = submit()
    (stale,) = claim_parts(services, job.id, worker.id)
    with services.db.write() as session:
        session.execute(update(models.Part).values(lease_until=1.0))
    sweep(services, worker.id)
    with services.db.write() as session:
        # A part that lost its worker comes when the others are done: here it is to come now.
        session.execute(update(models.Part).values(losses=0))
    (fresh,) = claim_parts(services, job.id, "another")
    assert (fresh.number, fresh.attempt) == (stale.number, stale.attempt + 1)
    assert finish(services, [(stale, Made(1, None, b"[]"))]) == [stale]
    assert queries.get_job(services, principal, job.id).parts_done == 0


def test_small_parts_are_claimed_and_recorded_several_at_a_time(
    services: Services, principal: Principal, submit: Submit, worker: WorkerProcess
) -> None:
    job = submit(rows=2_000_000)
    claims = claim_parts(services, job.id, worker.id, 8)
    assert [claim.number for claim in claims] == list(range(8))
    with services.db.write() as session:
        session.execute(update(models.Part).values(lease_until=1.0))
        ClaimBatch(claims).renew(session)
    sweep(services, worker.id)
    lost, *kept = claims
    release(services, [lost])
    (again,) = claim_parts(services, job.id, "another")
    assert again.number == lost.number
    assert finish(services, [(claim, Made(10, None, b"[]")) for claim in claims]) == [lost]
    view = queries.get_job(services, principal, job.id)
    assert view.parts_done == len(kept)
    assert view.rows_done >= sum(claim.units for claim in kept)


def test_a_slot_of_a_job_that_has_all_it_may_have_at_once_does_not_go_round_and_round(
    services: Services, submit: Submit, worker: WorkerProcess
) -> None:
    job = submit(max_parallel=1)
    assert claim_parts(services, job.id, "another")
    services.queue.slots.clear()
    work_slot(services, job.id, worker)
    assert services.queue.slots == []


def test_the_jobs_of_a_workspace_together_have_no_more_parts_at_once_than_allowed(
    services: Services, submit: Submit, worker: WorkerProcess
) -> None:
    services = replace(services, settings=replace(services.settings, max_running_parts=3))
    first, second = submit(), submit(seed=8)
    assert len(claim_parts(services, first.id, worker.id, 2)) == 2
    (last,) = claim_parts(services, second.id, worker.id, 2)
    assert claim_parts(services, second.id, worker.id) == []
    release(services, [last])
    assert len(claim_parts(services, first.id, worker.id)) == 1


def test_nobody_claims_more_than_his_share_of_what_is_left(
    services: Services, submit: Submit, worker: WorkerProcess
) -> None:
    job = submit()
    assert len(claim_parts(services, job.id, worker.id, 1_000)) == job.parts_total // 2


def test_the_sweeper_asks_again_for_lost_slots(
    services: Services, principal: Principal, submit: Submit, work: Work, worker: WorkerProcess
) -> None:
    job = submit()
    services.queue.slots.clear()
    with services.db.write() as session:
        session.execute(update(models.Job).values(woken_at=0.0))
    sweep(services, worker.id)
    assert job.id in services.queue.slots
    work()
    assert queries.get_job(services, principal, job.id).state == "completed"
