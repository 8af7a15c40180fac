"""A worker that was away too long changes nothing: its part, or the job's end, belongs to another by now.

In each test a first worker claims, its lease runs out, and another claims the same. Whatever the first does
then, the database says the same as before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.execution import attempt, finaliser
from synthmill.app.core.execution.attempt import attempt_finalising
from synthmill.app.core.execution.finaliser import Finalising, claim_finalising, finalise
from synthmill.app.core.execution.hand import begin_block, pulse
from synthmill.app.core.execution.leases import (
    AbandonedError,
    Claim,
    ClaimBatch,
    LeaseLostError,
    claim_parts,
)
from synthmill.app.core.execution.outcomes import ERRORS_ALLOWED, fail, finish, release
from synthmill.app.core.execution.part import Made
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries
from synthmill.app.core.services import Services

Submit = Callable[..., queries.JobView]


def rows_of(services: Services, job_id: str) -> list[dict[str, Any]]:
    """Everything that the database says of the job, its files and parts."""
    with services.db.read() as session:
        return [
            {column.name: getattr(one, column.key) for column in model.__mapper__.columns}
            for model, of_job in (
                (models.Job, models.Job.id == job_id),
                (models.File, models.File.job_id == job_id),
                (models.Part, models.Part.job_id == job_id),
                (models.Dataset, models.Dataset.job_id == job_id),
            )
            for one in session.execute(select(model).where(of_job)).scalars()  # type: ignore[arg-type]
        ]


@contextmanager
def nothing_changed(services: Services, job_id: str) -> Iterator[None]:
    before = rows_of(services, job_id)
    yield
    assert rows_of(services, job_id) == before


@pytest.fixture
def stale(services: Services, submit: Submit, worker: WorkerProcess) -> Claim:
    """The claim of a worker whose part another one is making."""
    job = submit()
    (stale,) = claim_parts(services, job.id, worker.id)
    with services.db.write() as session:
        session.execute(update(models.Part).values(lease_until=1.0))
    sweep(services, worker.id)
    with services.db.write() as session:
        # A part that lost its worker comes when the others are done.
        session.execute(
            update(models.Part).where(models.Part.number != stale.number).values(not_before=db_now() + 3_600)
        )
    (fresh,) = claim_parts(services, job.id, "another")
    assert (fresh.number, fresh.attempt) == (stale.number, stale.attempt + 1)
    return stale


def test_a_stale_worker_is_told_when_it_says_how_far_it_is(services: Services, stale: Claim) -> None:
    with nothing_changed(services, stale.job_id), pytest.raises(LeaseLostError):
        pulse(services, ClaimBatch([stale], stale), 10)


def test_a_stale_worker_renews_no_lease(services: Services, stale: Claim) -> None:
    with nothing_changed(services, stale.job_id), services.db.write() as session:
        ClaimBatch([stale]).renew(session)


def test_a_stale_worker_marks_no_part_and_no_block_as_begun(services: Services, stale: Claim) -> None:
    with nothing_changed(services, stale.job_id), services.db.write() as session:
        ClaimBatch([stale], stale).renew(session)
    with nothing_changed(services, stale.job_id), pytest.raises(LeaseLostError):
        begin_block(services, stale, 0)


def test_a_stale_worker_gives_no_part_back(services: Services, stale: Claim) -> None:
    with nothing_changed(services, stale.job_id):
        release(services, [stale])


def test_a_stale_worker_finishes_no_part(services: Services, stale: Claim) -> None:
    with nothing_changed(services, stale.job_id):
        assert finish(services, [(stale, Made(1, None, b"[]", 1, "0" * 64, None, b""))]) == [stale]


def test_the_errors_of_a_stale_worker_count_for_nothing(services: Services, stale: Claim) -> None:
    with nothing_changed(services, stale.job_id):
        for _ in range(ERRORS_ALLOWED):
            fail(services, stale, "it raised")


@pytest.fixture
def stale_finaliser(
    services: Services, submit: Submit, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
) -> Finalising:
    """The lease of a finaliser whose job another one is putting together; no file of it is whole yet."""
    # It looks now and then whether it still has the lease: here it comes to the end without having looked.
    monkeypatch.setattr(finaliser, "_CHECK_SECONDS", 3_600.0)
    job = submit()
    with services.db.write() as session:
        # A piece of its own for each part, so that there is something to put together, and to lose.
        session.execute(update(models.File).values(direct=False))
    while claims := claim_parts(services, job.id, worker.id, 64):
        attempt.attempt_parts(services, claims, worker)
    stale = claim_finalising(services, job.id, worker.id)
    assert stale is not None
    assert claim_finalising(services, job.id, "another") is None
    with services.db.write() as session:
        session.execute(update(models.Job).values(finalise_until=1.0))
    fresh = claim_finalising(services, job.id, "another")
    assert fresh is not None and fresh.attempt == stale.attempt + 1
    return stale


def test_a_stale_finaliser_renews_no_lease(services: Services, stale_finaliser: Finalising) -> None:
    with nothing_changed(services, stale_finaliser.job_id), services.db.write() as session:
        stale_finaliser.renew(session)


def test_a_stale_finaliser_completes_no_job(
    services: Services, principal: Principal, stale_finaliser: Finalising
) -> None:
    job_id = stale_finaliser.job_id
    with pytest.raises(AbandonedError):
        finalise(services, stale_finaliser)
    assert queries.get_job(services, principal, job_id).state == "running"
    with services.db.read() as session:
        assert session.execute(select(models.Dataset.id)).all() == []


def test_a_stale_finaliser_that_misses_pieces_has_no_part_made_again(
    services: Services, stale_finaliser: Finalising
) -> None:
    job_id = stale_finaliser.job_id
    services.storage.delete([key for key in services.storage.list(f"jobs/{job_id}/") if "/pieces/" in key])
    parts = [row for row in rows_of(services, job_id) if "piece" in row]
    finalise(services, stale_finaliser)
    assert [row for row in rows_of(services, job_id) if "piece" in row] == parts
    assert all(row["state"] == "done" for row in parts)


def test_a_stale_finaliser_that_breaks_fails_no_job_and_takes_no_lease(
    services: Services, stale_finaliser: Finalising, worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("the disk is broken")

    monkeypatch.setattr(attempt, "claim_finalising", lambda *_: stale_finaliser)
    monkeypatch.setattr(attempt, "finalise", broken)
    with nothing_changed(services, stale_finaliser.job_id):
        attempt_finalising(services, stale_finaliser.job_id, worker)
