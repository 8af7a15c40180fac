"""A job waits for a worker of its own queue: one that takes slots from another never gets one of its."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.execution.sweeper import sweep, tidy_up
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries, watch, workers
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.submit import submit as submit_job
from synthmill.app.core.services import Services
from synthmill.generators.recipes.request import parse
from tests.core.test_plugins import PLUGIN, REQUEST, slots
from tests.plugin_packages import DICE, on_the_path, write_package

Submit = Callable[..., queries.JobView]


@pytest.fixture
def bulk_job(services: Services, submit: Submit) -> queries.JobView:
    return of_queue(services, submit(), "bulk")


def of_queue(services: Services, job: queries.JobView, queue: str) -> queries.JobView:
    with services.db.write() as session:
        session.execute(update(models.Job).where(models.Job.id == job.id).values(queue=queue))
    return job


def add_worker(services: Services, *queues: str) -> WorkerProcess:
    worker = WorkerProcess()
    worker.queues = queues
    worker.register(services)
    return worker


def test_a_job_with_workers_of_another_queue_alone_says_so_and_fails_in_the_end(
    services: Services, principal: Principal, bulk_job: queries.JobView
) -> None:
    worker = add_worker(services, "interactive")
    tidy_up(services, worker.id)
    lack = (
        "no worker of the queue bulk",
        "start one: synthmill worker, or python -m synthmill.workers --queues bulk",
    )
    assert queries.get_job(services, principal, bulk_job.id).waiting_for == f"there is {lack[0]}: {lack[1]}"
    (event,) = (one for one in watch.read_events(services, principal, bulk_job.id) if one.type == "waiting")
    assert (event.data["reason"], event.data["fix"]) == (f"there is {lack[0]}", lack[1])
    with services.db.write() as session:
        session.execute(update(models.Job).values(unmanned_since=models.Job.unmanned_since - 600))
    tidy_up(services, worker.id)
    failed = queries.get_job(services, principal, bulk_job.id)
    assert (failed.state, failed.error) == ("failed", f"there was {lack[0]} for 600 s: {lack[1]}")


@pytest.mark.parametrize(
    ("queues", "waits"),
    [(("bulk",), False), (("interactive", "bulk"), False), (("bulky",), True), (("interactive",), True)],
)
def test_a_job_waits_where_no_worker_has_its_queue_among_its_own(
    services: Services, principal: Principal, bulk_job: queries.JobView, queues: tuple[str, ...], waits: bool
) -> None:
    add_worker(services, *queues)
    assert (queries.get_job(services, principal, bulk_job.id).waiting_for is not None) == waits


def test_nobody_is_woken_for_a_queue_without_workers(services: Services, bulk_job: queries.JobView) -> None:
    worker = add_worker(services, "interactive")
    slots(services).clear()
    with services.db.write() as session:
        session.execute(update(models.Job).values(woken_at=0.0))
    workers.pass_on(services, bulk_job.id)
    sweep(services, worker.id)
    assert slots(services) == []


def test_a_job_of_a_plugin_that_another_queue_alone_has_says_what_to_install_where(
    services: Services, principal: Principal, tmp_path: Path
) -> None:
    entry = "[synthmill.column_kinds]\ndice = acme_queued_dice:KIND\n"
    write_package(tmp_path, "acme-dice", "1.0", entry, {"acme_queued_dice": DICE})
    workers.plugins_here.cache_clear()
    try:
        with on_the_path(tmp_path):
            job = submit_job(services, principal, Submission(parse(REQUEST), raw=REQUEST))[0]
            of_queue(services, job, "bulk")
            add_worker(services, "interactive")
            bulk = add_worker(services, "interactive", "bulk")
            assert queries.get_job(services, principal, job.id).waiting_for is None
            with services.db.write() as session:
                of_bulk = models.WorkerPlugin.worker_id == bulk.id
                assert session.execute(select(models.WorkerPlugin.plugin).where(of_bulk)).scalars().all() == [
                    PLUGIN
                ]
                session.execute(models.WorkerPlugin.__table__.delete().where(of_bulk))
            assert queries.get_job(services, principal, job.id).waiting_for == (
                "there is no worker of the queue bulk that can use acme-dice==1.0: "
                "pip install acme-dice==1.0 where workers of the queue bulk run, and start them again"
            )
    finally:
        workers.plugins_here.cache_clear()
