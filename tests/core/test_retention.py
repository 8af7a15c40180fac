"""What has ended is kept until it is deleted, unless retention is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import update

from app.core import jobs, streams
from app.core.db import models
from app.core.errors import NotFoundError
from app.core.keys import Principal
from app.core.services import Services
from app.core.work.process import WorkerProcess
from app.core.work.sweeper import sweep, tidy_up
from generators.endless import parse_endless
from tests.streams import let_pass


def test_only_a_set_retention_deletes_old_jobs_with_their_files(
    services: Services,
    principal: Principal,
    submit: Callable[..., jobs.JobView],
    work: Callable[[], None],
    worker: WorkerProcess,
) -> None:
    job = submit(rows=1_000)
    work()
    with services.db.write() as session:
        session.execute(update(models.Job).values(finished_at=models.Job.finished_at - 3 * 86_400))
    tidy_up(services, worker.id)
    sweep(services, worker.id)
    assert jobs.get_job(services, principal, job.id).state == "completed"
    for _ in range(2):  # One round marks, the next clears away.
        tidy_up(replace(services, settings=replace(services.settings, retention_days=2)), worker.id)
        sweep(replace(services, settings=replace(services.settings, retention_days=2)), worker.id)
    with pytest.raises(NotFoundError):
        jobs.get_job(services, principal, job.id)
    assert list(services.storage.list("")) == []


def test_streams_that_ended_long_ago_go_with_them(
    services: Services, principal: Principal, worker: WorkerProcess
) -> None:
    source = parse_endless({"template": "retail", "table": "orders"})
    stopped, completed, running = (
        streams.create(services, principal, streams.Wish(source, 10, most)).id for most in (None, 50, None)
    )
    streams.stop(services, principal, stopped)
    for stream_id in (stopped, completed, running):
        let_pass(services, stream_id, 3 * 86_400)
    tidy_up(services, worker.id)
    sweep(services, worker.id)
    assert len(streams.list_streams(services, principal).items) == 3
    tidy_up(replace(services, settings=replace(services.settings, retention_days=2)), worker.id)
    sweep(replace(services, settings=replace(services.settings, retention_days=2)), worker.id)
    assert [one.id for one in streams.list_streams(services, principal).items] == [running]
