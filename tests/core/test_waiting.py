"""A store that takes nothing: the job says so, waits without wearing itself out, and resumes by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, update

from synthmill.app.core import readiness
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import StorageError
from synthmill.app.core.execution import worker as execution_worker
from synthmill.app.core.execution.attempt import attempt_finalising, attempt_parts
from synthmill.app.core.execution.leases import ClaimBatch, claim_parts
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import lifecycle, queries, watch
from synthmill.app.core.readiness import failing_parts
from synthmill.app.core.services import Services
from synthmill.app.core.storage import storage as writes
from tests.work import Work

Submit = Callable[..., queries.JobView]

Job, Part = models.Job, models.Part


class RefusingStorage:
    """Another storage, of which every write is refused while `refuses` is set."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        self.refuses = True
        self.refused = 0

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._storage, name)
        if name not in ("put", "put_piece", "copy_piece", "begin", "finish", "check"):
            return real

        def guarded(*arguments: Any) -> Any:
            if self.refuses:
                self.refused += 1
                raise StorageError("the object store refused to store it: AccessDenied (403)")
            return real(*arguments)

        return guarded


@pytest.fixture
def refusing(services: Services) -> Iterator[RefusingStorage]:
    real = services.storage
    storage = RefusingStorage(real)
    object.__setattr__(services, "storage", storage)
    yield storage
    object.__setattr__(services, "storage", real)


def view(services: Services, principal: Principal, job: queries.JobView) -> queries.JobView:
    return queries.get_job(services, principal, job.id)


def types(services: Services, principal: Principal, job: queries.JobView) -> list[str]:
    return [event.type for event in watch.read_events(services, principal, job.id, limit=1000)]


def pass_time(services: Services, seconds: float) -> None:
    """Set back what the job's waiting is counted from."""
    with services.db.write() as session:
        session.execute(
            update(Job).values(waiting_since=Job.waiting_since - seconds, hold_until=Job.hold_until - seconds)
        )


def held_for(services: Services, job: queries.JobView) -> float:
    with services.db.read() as session:
        row = session.execute(select(Job.hold_until - db_now()).where(Job.id == job.id)).scalar_one()
    return float(row)


def test_a_job_whose_store_refuses_every_write_says_why_and_since_when_and_completes_when_it_takes_them(
    services: Services, principal: Principal, submit: Submit, work: Work, refusing: RefusingStorage
) -> None:
    job = submit()
    work(job.id)
    waiting = view(services, principal, job)
    assert (waiting.state, waiting.phase) == ("running", "waiting")
    assert waiting.waiting_for is not None and waiting.waiting_since is not None
    assert "AccessDenied (403)" in waiting.waiting_for and "resumes by itself" in waiting.waiting_for
    (event,) = (one for one in watch.read_events(services, principal, job.id) if one.type == "waiting")
    assert f"{event.data['reason']}: {event.data['fix']}" == waiting.waiting_for
    assert failing_parts(services) == ["storage"]
    refusing.refuses = False
    pass_time(services, 60)
    work(job.id)
    done = view(services, principal, job)
    assert (done.state, done.waiting_for, done.waiting_since) == ("completed", None, None)


def test_waiting_is_no_busy_loop_and_is_held_against_no_part(
    services: Services, principal: Principal, submit: Submit, work: Work, refusing: RefusingStorage
) -> None:
    job = submit(500_000)
    holds = []
    for tried in range(1, 20):
        work(job.id, job.id, job.id)
        assert refusing.refused == tried, "one part finds out"
        holds.append(held_for(services, job))
        pass_time(services, max(holds[-1], 0.0))
    assert holds[0] == pytest.approx(1.0, abs=0.9)
    assert max(holds) <= 15.0 and holds[-1] > 5.0
    assert types(services, principal, job).count("waiting") == 1
    with services.db.read() as session:
        counts = session.execute(select(Part.errors, Part.losses).where(Part.job_id == job.id)).all()
    assert {tuple(row) for row in counts} == {(0, 0)}
    refusing.refuses = False
    pass_time(services, 60)
    work(job.id)
    assert view(services, principal, job).state == "completed"


def test_the_sweeper_asks_for_no_slot_while_a_job_is_held(
    services: Services, submit: Submit, work: Work, worker: WorkerProcess, refusing: RefusingStorage
) -> None:
    job = submit()
    work(job.id)
    with services.db.write() as session:
        session.execute(update(Job).values(woken_at=0.0, hold_until=db_now() + 600))
    queue: Any = services.queue
    sweep(services, worker.id)
    assert queue.slots == []
    with services.db.write() as session:
        session.execute(update(Job).values(hold_until=0.0))
    sweep(services, worker.id)
    assert job.id in queue.slots


def test_the_first_part_that_is_stored_ends_the_waiting_with_an_event(
    services: Services,
    principal: Principal,
    submit: Submit,
    work: Work,
    worker: WorkerProcess,
    refusing: RefusingStorage,
) -> None:
    job = submit(500_000)
    work(job.id)
    refusing.refuses = False
    pass_time(services, 60)
    claims = claim_parts(services, job.id, worker.id, 64)
    assert len(claims) == 1
    attempt_parts(services, claims, worker)
    going = view(services, principal, job)
    assert (going.phase, going.waiting_for) == ("generating", None)
    assert types(services, principal, job)[-2:] == ["waiting", "progress"]
    assert len(claim_parts(services, job.id, worker.id, 4)) > 1


def test_files_that_cant_be_put_together_for_want_of_a_store_make_the_job_wait_too(
    services: Services,
    principal: Principal,
    submit: Submit,
    work: Work,
    worker: WorkerProcess,
    refusing: RefusingStorage,
) -> None:
    job = submit()
    refusing.refuses = False
    while claims := claim_parts(services, job.id, worker.id, 64):
        attempt_parts(services, claims, worker)
    refusing.refuses = True
    attempt_finalising(services, job.id, worker)
    refused = refusing.refused
    attempt_finalising(services, job.id, worker)
    assert refusing.refused == refused > 0
    waiting = view(services, principal, job)
    assert (waiting.state, waiting.phase) == ("running", "waiting")
    refusing.refuses = False
    pass_time(services, 60)
    work(job.id)
    assert view(services, principal, job).state == "completed"


def test_a_stopped_job_waits_for_nothing(
    services: Services, principal: Principal, submit: Submit, work: Work, refusing: RefusingStorage
) -> None:
    job = submit()
    work(job.id)
    refusing.refuses = False
    lifecycle.stop(services, principal, job.id)
    stopped = view(services, principal, job)
    assert (stopped.phase, stopped.waiting_for, stopped.waiting_since) == (None, None, None)
    lifecycle.retry(services, principal, job.id)
    assert view(services, principal, job).waiting_for is None
    work(job.id)
    assert view(services, principal, job).state == "completed"


@contextmanager
def a_write_that_takes(seconds: float, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with writes.writing("store jobs/1/files/orders.csv"), monkeypatch.context() as later:
        now = writes.time.monotonic()
        later.setattr(writes.time, "monotonic", lambda: now + seconds)
        yield


def test_a_store_that_gives_no_answer_is_noticed_before_it_gives_one(
    services: Services,
    principal: Principal,
    submit: Submit,
    worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = submit()
    worker.hold(ClaimBatch(claim_parts(services, job.id, worker.id)))
    with a_write_that_takes(execution_worker.STORAGE_SILENCE - 1, monkeypatch):
        worker.beat(services)
    assert view(services, principal, job).waiting_for is None
    with a_write_that_takes(execution_worker.STORAGE_SILENCE + 1, monkeypatch):
        worker.beat(services)
        worker.beat(services)
    waiting = view(services, principal, job).waiting_for
    assert waiting is not None
    assert "no answer to store jobs/1/files/orders.csv for 15 s" in waiting
    assert types(services, principal, job).count("waiting") == 1
    assert writes.unanswered(0.0) is None


def test_readiness_looks_at_storage_at_most_every_few_seconds_and_waits_for_no_answer(
    services: Services, refusing: RefusingStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        assert failing_parts(services) == ["storage"]
    assert refusing.refused == 1
    refusing.refuses = False
    assert failing_parts(services) == ["storage"]
    monkeypatch.setattr(readiness, "PROBE_SECONDS", 0.0)
    assert failing_parts(services) == []
    monkeypatch.setattr(readiness, "SILENCE_SECONDS", 0.0)
    monkeypatch.setattr(refusing, "check", lambda: execution_worker.time.sleep(0.5), raising=False)
    assert failing_parts(services) == ["storage"]
