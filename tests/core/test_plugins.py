"""A part is made only by a worker that has the plugins which its job needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

import synthmill
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.execution.finaliser import claim_finalising
from synthmill.app.core.execution.leases import claim_parts
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.sweeper import sweep, tidy_up
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries, watch, workers
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.jobs.submit import submit as submit_job
from synthmill.app.core.services import Services
from synthmill.generators.recipes.request import parse
from tests.fakes import RecordingQueue
from tests.plugin_packages import DICE, on_the_path, write_package

Submit = Callable[..., queries.JobView]

REQUEST: dict[str, Any] = {
    "strategy": "tabular",
    "parameters": {
        "tables": [{"name": "throws", "rows": 150_000, "columns": [{"name": "face", "kind": "dice"}]}]
    },
    "seed": 7,
    "part_rows": 1,
}
PLUGIN = "acme-dice==1.0 column_kinds/dice"
LACK = (
    "there is no worker that can use acme-dice==1.0: "
    "pip install acme-dice==1.0 where workers run, and start them again"
)


@pytest.fixture(autouse=True)
def dice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A plugin with a column kind `dice` is installed."""
    folder = tmp_path_factory.mktemp("dice")
    entry = "[synthmill.column_kinds]\ndice = acme_dice:KIND\n"
    write_package(folder, "acme-dice", "1.0", entry, {"acme_dice": DICE})
    workers.plugins_here.cache_clear()
    with on_the_path(folder):
        yield
    workers.plugins_here.cache_clear()


@pytest.fixture
def job(services: Services, principal: Principal, monkeypatch: pytest.MonkeyPatch) -> queries.JobView:
    """A job of the plugin's column kind."""
    monkeypatch.setattr(workers, "_PASS_ON_SECONDS", 0.0)
    return submit_job(services, principal, Submission(parse(REQUEST), raw=REQUEST))[0]


@pytest.fixture
def without(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerProcess]:
    """A worker of a machine where the plugin isn't installed; all that happens happens there."""
    monkeypatch.setattr(workers, "plugins_here", tuple)
    worker = WorkerProcess()
    worker.register(services)
    with services.db.write() as session:
        session.execute(models.WorkerPlugin.__table__.delete())
    yield worker


def slots(services: Services) -> list[str]:
    assert isinstance(services.queue, RecordingQueue)
    return services.queue.slots


def test_a_job_knows_what_it_needs_and_a_worker_what_it_has(
    services: Services, job: queries.JobView, worker: WorkerProcess
) -> None:
    with services.db.read() as session:
        assert session.execute(select(models.JobPlugin.job_id, models.JobPlugin.plugin)).all() == [
            (job.id, PLUGIN)
        ]
        assert session.execute(select(models.WorkerPlugin.worker_id, models.WorkerPlugin.plugin)).all() == [
            (worker.id, PLUGIN)
        ]


def test_a_worker_with_it_makes_the_bytes_that_the_library_makes(
    services: Services, principal: Principal, job: queries.JobView, work: Callable[[], None], tmp_path: Path
) -> None:
    work()
    done = queries.get_job(services, principal, job.id)
    assert (done.state, done.error, done.waiting_for) == ("completed", None, None)
    here = synthmill.generate(**REQUEST, out=tmp_path / "here")
    stored = b"".join(services.storage.read(file_key(job.id, "throws.csv", 0)))
    assert stored == here.files["throws.csv"].read_bytes()


def test_a_worker_without_it_leaves_its_parts_and_its_end_alone(
    services: Services, job: queries.JobView, without: WorkerProcess
) -> None:
    work_slot(services, job.id, without)
    assert claim_parts(services, job.id, without.id) == []
    with services.db.write() as session:
        assert session.execute(select(models.Part.attempt)).scalars().all() == [0] * job.parts_total
        session.execute(update(models.Job).values(state="running", parts_done=models.Job.parts_total))
    assert claim_finalising(services, job.id, without.id) is None


def test_a_worker_without_it_makes_other_jobs(
    services: Services, principal: Principal, submit: Submit, without: WorkerProcess
) -> None:
    other = submit(rows=1_000)
    while slots(services):
        work_slot(services, slots(services).pop(0), without)
    assert queries.get_job(services, principal, other.id).state == "completed"


def test_its_slot_is_passed_on_where_a_worker_has_it(
    services: Services, job: queries.JobView, without: WorkerProcess
) -> None:
    slots(services).clear()
    work_slot(services, job.id, without)
    assert slots(services) == []
    with services.db.write() as session:
        session.add(models.WorkerPlugin(worker_id=without.id, plugin=PLUGIN))
    work_slot(services, job.id, without)
    assert slots(services) == [job.id]


def test_a_worker_with_another_version_of_it_is_none_that_has_it(
    services: Services, principal: Principal, job: queries.JobView, without: WorkerProcess
) -> None:
    with services.db.write() as session:
        session.add(models.WorkerPlugin(worker_id=without.id, plugin=PLUGIN.replace("1.0", "1.1")))
    assert queries.get_job(services, principal, job.id).waiting_for == LACK


def test_nobody_is_woken_for_a_job_that_nobody_can_make(
    services: Services, job: queries.JobView, without: WorkerProcess
) -> None:
    slots(services).clear()
    with services.db.write() as session:
        session.execute(update(models.Job).values(woken_at=0.0))
    sweep(services, without.id)
    assert slots(services) == []


def test_a_job_that_waits_says_what_to_install(
    services: Services, principal: Principal, job: queries.JobView, without: WorkerProcess
) -> None:
    for _ in range(2):
        tidy_up(services, without.id)
    waiting = queries.get_job(services, principal, job.id)
    assert (waiting.state, waiting.waiting_for) == ("queued", LACK)
    (event,) = (one for one in watch.read_events(services, principal, job.id) if one.type == "waiting")
    assert event.data == {
        "reason": "there is no worker that can use acme-dice==1.0",
        "fix": "pip install acme-dice==1.0 where workers run, and start them again",
    }


def test_a_worker_that_comes_in_time_saves_the_job(
    services: Services, principal: Principal, job: queries.JobView, without: WorkerProcess
) -> None:
    tidy_up(services, without.id)
    with services.db.write() as session:
        session.add(models.WorkerPlugin(worker_id=without.id, plugin=PLUGIN))
    object.__setattr__(services, "settings", replace(services.settings, engine_wait_seconds=0.0))
    tidy_up(services, without.id)
    saved = queries.get_job(services, principal, job.id)
    assert (saved.state, saved.waiting_for) == ("queued", None)


def test_a_job_that_waited_too_long_fails_saying_what_to_install(
    services: Services, principal: Principal, job: queries.JobView, without: WorkerProcess
) -> None:
    tidy_up(services, without.id)
    with services.db.write() as session:
        session.execute(update(models.Job).values(unmanned_since=db_now() - 700))
    tidy_up(services, without.id)
    failed = queries.get_job(services, principal, job.id)
    assert failed.state == "failed"
    assert failed.error == LACK.replace("there is", "there was").replace(": pip", " for 600 s: pip")


def test_what_a_forgotten_worker_had_is_forgotten_with_it(
    services: Services, job: queries.JobView, worker: WorkerProcess
) -> None:
    with services.db.write() as session:
        session.execute(update(models.Worker).values(heartbeat_at=db_now() - 700))
    tidy_up(services, "somebody")
    with services.db.read() as session:
        assert session.execute(select(models.WorkerPlugin)).all() == []
    worker.beat(services)
    with services.db.read() as session:
        assert session.execute(select(models.WorkerPlugin.plugin)).scalars().all() == [PLUGIN]
