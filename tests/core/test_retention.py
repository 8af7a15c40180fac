"""What has ended is kept until it is deleted, unless retention is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from app.core import jobs, streams, tickets
from app.core.db import models
from app.core.errors import NotFoundError
from app.core.keys import Principal
from app.core.services import Services
from app.core.work.process import WorkerProcess
from app.core.work.sweeper import sweep, tidy_up
from generators.endless import parse_endless
from generators.request import parse
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


def test_what_is_still_good_survives_tidying_up(
    services: Services, principal: Principal, worker: WorkerProcess
) -> None:
    services = replace(services, settings=replace(services.settings, retention_days=2))
    ticket = tickets.issue(services, principal)
    first = ask(services, principal, "my-key")
    wish = streams.Wish(parse_endless({"template": "retail", "table": "orders"}))
    stopped = streams.create(services, principal, wish).id
    streams.stop(services, principal, stopped)
    tidy_up(services, worker.id)
    assert tickets.redeem(services, ticket.ticket, None).key_id == principal.key_id
    assert ask(services, principal, "my-key") == first
    assert [one.id for one in streams.list_streams(services, principal).items] == [stopped]


def test_what_is_good_no_longer_is_forgotten(
    services: Services, principal: Principal, worker: WorkerProcess
) -> None:
    tickets.issue(services, principal)
    first = ask(services, principal, "my-key")
    with services.db.write() as session:
        session.execute(
            update(models.Ticket).values(expires_at=models.Ticket.expires_at - tickets.LIFETIME - 1)
        )
        session.execute(update(models.Idempotency).values(created_at=models.Idempotency.created_at - 86_401))
    tidy_up(services, worker.id)
    with services.db.read() as session:
        assert session.execute(select(models.Ticket.sha256)).all() == []
    assert ask(services, principal, "my-key") != first


def ask(services: Services, principal: Principal, key: str) -> str:
    """The id of the job that a small request with this Idempotency-Key gets."""
    raw = {"template": "retail", "rows": 400, "seed": 7}
    return jobs.submit(services, principal, jobs.Submission(parse(raw), raw=raw), key)[0].id
