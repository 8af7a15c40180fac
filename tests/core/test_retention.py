"""What has ended is kept until it is deleted, unless retention is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from synthmill.app.core import tickets
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import NotFoundError
from synthmill.app.core.execution.sweeper import deletes_old_jobs, sweep, tidy_up
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs.queries import JobView, get_job
from synthmill.app.core.jobs.submit import Submission, submit
from synthmill.app.core.services import Services
from synthmill.app.core.streams import control, queries
from synthmill.generators.recipes.request import parse
from synthmill.generators.streams import parse_endless
from tests.streams import let_pass


def test_only_a_set_retention_deletes_old_jobs_with_their_files(
    services: Services,
    principal: Principal,
    submit: Callable[..., JobView],
    work: Callable[[], None],
    worker: WorkerProcess,
) -> None:
    job = submit(rows=1_000)
    work()
    with services.db.write() as session:
        session.execute(update(models.Job).values(finished_at=models.Job.finished_at - 3 * 86_400))
    kept = rows_of(services, job.id)
    assert kept["parts"] == job.parts_total and kept["events"] >= 3
    tidy_up(services, worker.id)
    sweep(services, worker.id)
    assert get_job(services, principal, job.id).state == "completed"
    assert rows_of(services, job.id) == kept
    for _ in range(2):  # One round marks, the next clears away.
        tidy_up(replace(services, settings=replace(services.settings, retention_days=2)), worker.id)
        sweep(replace(services, settings=replace(services.settings, retention_days=2)), worker.id)
    with pytest.raises(NotFoundError):
        get_job(services, principal, job.id)
    assert list(services.storage.list("")) == []
    assert rows_of(services, job.id) == {}


def test_streams_that_ended_long_ago_go_with_them(
    services: Services, principal: Principal, worker: WorkerProcess
) -> None:
    source = parse_endless({"template": "retail", "table": "orders"})
    stopped, completed, running = (
        control.create(services, principal, control.StreamRequest(source, 10, most)).id
        for most in (None, 50, None)
    )
    control.stop(services, principal, stopped)
    for stream_id in (stopped, completed, running):
        let_pass(services, stream_id, 3 * 86_400)
    tidy_up(services, worker.id)
    sweep(services, worker.id)
    assert len(queries.list_streams(services, principal).items) == 3
    tidy_up(replace(services, settings=replace(services.settings, retention_days=2)), worker.id)
    sweep(replace(services, settings=replace(services.settings, retention_days=2)), worker.id)
    assert [one.id for one in queries.list_streams(services, principal).items] == [running]


def test_what_is_still_good_survives_tidying_up(
    services: Services, principal: Principal, worker: WorkerProcess
) -> None:
    services = replace(services, settings=replace(services.settings, retention_days=2))
    ticket = tickets.issue(services, principal)
    first = ask(services, principal, "my-key")
    wish = control.StreamRequest(parse_endless({"template": "retail", "table": "orders"}))
    stopped = control.create(services, principal, wish).id
    control.stop(services, principal, stopped)
    tidy_up(services, worker.id)
    assert tickets.redeem(services, ticket.ticket, None).key_id == principal.key_id
    assert ask(services, principal, "my-key") == first
    assert [one.id for one in queries.list_streams(services, principal).items] == [stopped]


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


def rows_of(services: Services, job_id: str) -> dict[str, int]:
    """How many rows of which tables are the job's."""
    found = {}
    with services.db.read() as session:
        for table in models.Base.metadata.sorted_tables:
            if "job_id" in table.columns:
                of_job = select(func.count()).select_from(table).where(table.columns.job_id == job_id)
                found[table.name] = session.execute(of_job).scalar_one()
    return {name: count for name, count in found.items() if count}


def ask(services: Services, principal: Principal, key: str) -> str:
    """The id of the job that a small request with this Idempotency-Key gets."""
    raw = {"template": "retail", "rows": 400, "seed": 7}
    return submit(services, principal, Submission(parse(raw), raw=raw), key)[0].id


def test_old_jobs_are_found_by_when_they_ended_however_many_there_are(services: Services) -> None:
    with services.db.write() as session:
        connection = session.connection()
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:  # There are too few for it to matter to the planner.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        compiled = deletes_old_jobs(2).compile(connection, compile_kwargs={"render_postcompile": True})
        given = compiled.params
        parameters = tuple(given[name] for name in compiled.positiontup or ()) if sqlite else given
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        plan = connection.exec_driver_sql(f"{explain} {compiled}", parameters).all()
    assert "ix_jobs_finished_at" in "\n".join(map(str, plan))
