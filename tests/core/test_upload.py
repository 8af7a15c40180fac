"""The one upload of a file, begun by whoever is first, also where that one is slow or storage forgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import StorageError
from synthmill.app.core.execution.attempt import attempt_parts
from synthmill.app.core.execution.files import multipart
from synthmill.app.core.execution.leases import claim_parts
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries
from synthmill.app.core.services import Services
from synthmill.app.core.storage import FolderStorage

Submit = Callable[..., queries.JobView]
Work = Callable[[], None]
TABLE = "order_items"


def recorded(services: Services, job: queries.JobView) -> str | None:
    with services.db.read() as session:
        return session.execute(
            select(models.File.upload_id).where(models.File.job_id == job.id, models.File.table == TABLE)
        ).scalar_one()


def test_a_worker_too_slow_to_begin_leaves_the_upload_of_the_one_that_was_faster_alone(
    services: Services, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit()
    begin = type(services.storage).begin
    faster: list[str] = []

    def slow(self: Any, key: str) -> str:
        monkeypatch.setattr(type(services.storage), "begin", begin)
        with services.db.write() as session:
            session.execute(update(models.File).values(upload_until=db_now() - 1))
        faster.append(multipart.ensure_upload(services, job.id, TABLE))
        return begin(self, key)

    monkeypatch.setattr(type(services.storage), "begin", slow)
    with pytest.raises(StorageError, match="another worker began"):
        multipart.ensure_upload(services, job.id, TABLE)
    assert [recorded(services, job)] == faster
    assert [found for _, found in services.storage.uploads(f"jobs/{job.id}/")] == faster


def test_an_upload_of_a_worker_that_died_before_saying_so_goes(services: Services, submit: Submit) -> None:
    job = submit()
    services.storage.begin(f"jobs/{job.id}/files/{TABLE}.csv")
    ours = multipart.ensure_upload(services, job.id, TABLE)
    assert [found for _, found in services.storage.uploads(f"jobs/{job.id}/")] == [ours]


def test_an_upload_that_storage_lost_is_begun_again_with_all_that_was_in_it(
    services: Services, principal: Principal, submit: Submit, work: Work, worker: WorkerProcess
) -> None:
    if not isinstance(services.storage, FolderStorage):
        pytest.skip("pieces of so small a job are objects on S3")
    job = submit(rows=400_000)
    for _ in range(9):
        claims = claim_parts(services, job.id, worker.id)
        assert claims
        attempt_parts(services, claims, worker)
    for key, found in services.storage.uploads(f"jobs/{job.id}/"):
        services.storage.abort(key, found)
    for _ in range(5):  # The sweeper wakes a job whose files could not be put together.
        services.queue.wake(job.id, "bulk")
        work()
    view = queries.get_job(services, principal, job.id)
    assert (view.state, view.rows_done) == ("completed", view.rows_total)
    assert services.storage.uploads("") == []


def test_a_lost_upload_is_forgotten_once(services: Services, submit: Submit) -> None:
    job = submit()
    first = multipart.ensure_upload(services, job.id, TABLE)
    multipart.forget_upload(services, job.id, TABLE, first)
    second = multipart.ensure_upload(services, job.id, TABLE)
    multipart.forget_upload(services, job.id, TABLE, first)
    assert recorded(services, job) == second
