"""Stages on workers: the bytes of a job are those that the library writes, whatever happens between.

`ledger` has one stage whose blocks are combined, `survey` rounds of which each follows from the one before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

import synthmill
from synthmill.app.core import datasets
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.execution import finaliser, stage_results, stages
from synthmill.app.core.execution.attempt import attempt_finalising, attempt_parts
from synthmill.app.core.execution.finaliser import claim_finalising, finalise
from synthmill.app.core.execution.hand import Hand
from synthmill.app.core.execution.leases import AbandonedError, Claim, claim_parts
from synthmill.app.core.execution.outcomes import finish
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import lifecycle, watch
from synthmill.app.core.jobs.kind import job_kind
from synthmill.app.core.jobs.object_keys import piece_key
from synthmill.app.core.jobs.queries import JobView, get_job
from synthmill.app.core.jobs.workers import plugins_here
from synthmill.app.core.services import Services
from synthmill.generators.engine.recent import Recent
from tests.plugin_packages import on_the_path

STRATEGIES = Path(__file__).parents[1] / "strategies"
LEDGER = {"strategy": "ledger", "parameters": {"entries": 2_000}}
SURVEY = {"strategy": "survey", "parameters": {"people": 200}}
IMPURE = {"strategy": "survey", "parameters": {"people": 200, "pure": False}}

# Rounds are many small transactions and objects; what is peculiar to servers is tested beside.
SERVERS = pytest.param("postgresql", marks=pytest.mark.slow)
pytestmark = pytest.mark.parametrize("backend", ["sqlite", SERVERS], indirect=True)

Submit = Callable[..., JobView]
Work = Callable[[], None]


@pytest.fixture(autouse=True, scope="module")
def installed() -> Iterator[None]:
    # A process asks once what of plugins it can use.
    plugins_here.cache_clear()
    with on_the_path(STRATEGIES):
        yield
    plugins_here.cache_clear()


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stages gave is read from where it is stored, as by a worker that has just started."""
    monkeypatch.setattr(stage_results, "_REMEMBERED_BYTES", 0)
    for name in ("_results", "_kept_blocks"):
        monkeypatch.setattr(stage_results, name, Recent(0, lambda _: 1))


@pytest.fixture
def ask(submit: Submit) -> Submit:
    return lambda request, **changes: submit(**{**request, **changes})


def contents(services: Services, principal: Principal, job: JobView) -> dict[str, bytes]:
    """The files of a completed job by name, its manifest and profile among them."""
    done = get_job(services, principal, job.id)
    assert done.state == "completed", done
    names = [*(file["name"] for file in done.files), "manifest.json", "profile.json"]
    keys = {name: datasets.open_file(services, principal, job.id, name).key for name in names}
    return {name: services.storage.get(key) for name, key in keys.items()}


def of_library(request: dict[str, Any], folder: Path) -> dict[str, bytes]:
    synthmill.generate(**request, seed=7, format="csv", out=folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def stage_keys(services: Services) -> list[str]:
    return [key for key in services.storage.list("jobs/") if "/stages/" in key]


@pytest.mark.parametrize("request_", [LEDGER, SURVEY, IMPURE], ids=["combined", "kept", "impure"])
def test_files_and_manifest_are_those_of_the_library(
    services: Services,
    principal: Principal,
    ask: Submit,
    work: Work,
    tmp_path: Path,
    request_: dict[str, Any],
) -> None:
    job = ask(request_)
    work()
    made = contents(services, principal, job)
    assert made == of_library(request_, tmp_path / "library")
    assert json.loads(made["manifest.json"])["stages"]
    assert stage_keys(services) == []


def test_a_job_says_at_which_stage_it_is_and_grows_by_the_parts_of_each(
    services: Services, principal: Principal, ask: Submit, work: Work, worker: WorkerProcess
) -> None:
    job = ask(SURVEY)
    assert job.stage is not None
    assert (job.stage.name, job.stage.units_total, job.stage.units_done) == ("round-1", 200, 0)
    assert (job.parts_total, job.rows_total, job.rows_done) == (13, 200, 0)
    (claim,) = claim_parts(services, job.id, worker.id)
    attempt_parts(services, [claim], worker)
    begun = get_job(services, principal, job.id)
    assert begun.stage is not None
    assert (begun.phase, begun.rows_done, begun.parts_done) == ("staging", 0, 1)
    assert (begun.stage.units_done, begun.stage.percentage) == (16, 8.0)
    work()
    done = get_job(services, principal, job.id)
    assert (done.state, done.stage, done.rows_done) == ("completed", None, 200)
    assert done.parts_done == done.parts_total > job.parts_total
    reported = watch.read_events(services, principal, job.id, limit=1000)
    assert [event.seq for event in reported] == list(range(1, len(reported) + 1))
    following = [event.data["stage"] for event in reported if event.type == "stage"]
    assert following == [*(f"round-{number}" for number in range(2, len(following) + 1)), None]
    progress = [event.data for event in reported if event.type == "progress"]
    assert all(data["current"] <= data["total"] for data in progress)
    assert progress[0]["stage"] == "round-1"
    assert "stage" not in progress[-1]


def test_a_stopped_job_forgets_its_stages_and_a_retried_one_begins_with_the_first(
    services: Services,
    principal: Principal,
    ask: Submit,
    work: Work,
    worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    job = ask(SURVEY)
    with monkeypatch.context() as one_part:
        one_part.setattr("synthmill.app.core.execution.slot.SLOT_SECONDS", 0.0)
        while get_job(services, principal, job.id).parts_total == job.parts_total:
            work_slot(services, job.id, worker)
        work_slot(services, job.id, worker)
    assert stage_keys(services)
    lifecycle.stop(services, principal, job.id)
    assert list(services.storage.list("")) == []
    again = lifecycle.retry(services, principal, job.id)
    assert again.stage is not None
    assert (again.stage.name, again.stage.units_done, again.parts_total) == ("round-1", 0, job.parts_total)
    work()
    assert contents(services, principal, job) == of_library(SURVEY, tmp_path / "library")


def test_a_deleted_job_leaves_nothing_of_its_stages(
    services: Services, principal: Principal, ask: Submit, worker: WorkerProcess
) -> None:
    job = ask(SURVEY)
    attempt_parts(services, claim_parts(services, job.id, worker.id, 4), worker)
    assert stage_keys(services)
    lifecycle.delete(services, principal, job.id)
    assert list(services.storage.list("")) == []
    with services.db.read() as session:
        assert session.execute(select(models.StageResult.name)).all() == []


def stale_and_fresh(services: Services, job: JobView, worker: WorkerProcess) -> tuple[Claim, Claim]:
    """Two claims of one part: of a worker that was away too long, and of the one that has the part now."""
    (stale,) = claim_parts(services, job.id, worker.id)
    with services.db.write() as session:
        session.execute(update(models.Part).where(models.Part.state == "running").values(lease_until=1.0))
    sweep(services, worker.id)
    with services.db.write() as session:
        # A part that lost its worker comes when the others are done: here it is to come now.
        session.execute(update(models.Part).values(losses=0))
    (fresh,) = claim_parts(services, job.id, "another")
    assert (fresh.number, fresh.attempt) == (stale.number, stale.attempt + 1)
    return stale, fresh


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("request_", [LEDGER, IMPURE], ids=["combined", "kept"])
def test_a_worker_cut_off_by_its_lease_overwrites_nothing_of_a_stage_and_is_never_read(
    services: Services,
    principal: Principal,
    ask: Submit,
    work: Work,
    worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    request_: dict[str, Any],
    late: bool,
) -> None:
    monkeypatch.setattr(stages, "SMALL_BYTES", 0)
    job = ask(request_)
    stale, fresh = stale_and_fresh(services, job, worker)
    real = stages.work_block

    def other_answers(*given: Any) -> bytes:
        return bytes(len(real(*given)))

    def be_late() -> None:
        # What isn't pure may give other bytes to each who does it.
        with monkeypatch.context() as wrong:
            wrong.setattr(stages, "work_block", other_answers)
            made = job_kind("dataset").run(services, stale, Hand(services, [stale], worker))
        assert finish(services, [(stale, made)]) == [stale]

    if not late:
        be_late()
    attempt_parts(services, [fresh], worker)
    if late:
        be_late()
    work()
    assert contents(services, principal, job) == of_library(request_, tmp_path / "library")


def test_a_worker_of_before_a_retry_overwrites_no_rows_made_after_it(
    services: Services, principal: Principal, ask: Submit, work: Work, worker: WorkerProcess, tmp_path: Path
) -> None:
    # One block of rows: no upload whose end would shut the late one out.
    request = {**IMPURE, "parameters": {"people": 60, "pure": False}}
    job = ask(request)
    while not (held := claim_parts(services, job.id, worker.id, 64)) or held[0].stage is not None:
        if held:
            attempt_parts(services, held, worker)
        else:
            attempt_finalising(services, job.id, worker)
    stale = held[0]
    with services.db.write() as session:
        session.execute(update(models.Part).where(models.Part.state == "running").values(lease_until=1.0))
    lifecycle.stop(services, principal, job.id)
    lifecycle.retry(services, principal, job.id)
    before = set(services.storage.list(""))
    while (now := get_job(services, principal, job.id)).stage or now.parts_done < now.parts_total:
        if claims := claim_parts(services, job.id, worker.id, 64):
            attempt_parts(services, claims, worker)
        else:
            attempt_finalising(services, job.id, worker)
    late = piece_key(job.id, "answers", stale.work.piece, stale.attempt)
    (stored,) = [key for key in services.storage.list("jobs/") if "/pieces/" in key]
    services.storage.put(late, bytes(len(services.storage.get(stored))))
    work()
    assert before == set()
    assert contents(services, principal, job) == of_library(request, tmp_path / "library")


def test_a_finaliser_of_before_a_retry_puts_no_file_in_the_place_of_one_made_after_it(
    services: Services,
    principal: Principal,
    ask: Submit,
    work: Work,
    worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    # Rows of an impure stage may be others after the retry; here they are the same, and what is late is not.
    request = {**IMPURE, "parameters": {"people": 60, "pure": False}}
    job = ask(request)
    while (now := get_job(services, principal, job.id)).stage or now.parts_done < now.parts_total:
        if claims := claim_parts(services, job.id, worker.id, 64):
            attempt_parts(services, claims, worker)
        else:
            attempt_finalising(services, job.id, worker)
    stale = claim_finalising(services, job.id, worker.id)
    assert stale is not None
    real = services.storage.put
    late: list[str] = []

    def put(key: str, *data: bytes) -> str:
        """The first file comes when the job has been retried and is complete."""
        if not late:
            late.append(key)
            with services.db.write() as session:
                session.execute(update(models.Job).values(finalise_until=None))
            lifecycle.stop(services, principal, job.id)
            lifecycle.retry(services, principal, job.id)
            work()
        return real(key, *(bytes(len(piece)) for piece in data)) if key == late[0] else real(key, *data)

    # It finds out at the end, or when it looks for what the job that is complete has no need of any more.
    with monkeypatch.context() as frozen, pytest.raises((AbandonedError, LookupError)):
        frozen.setattr(services.storage, "put", put)
        finalise(services, stale)
    assert "/files/" in late[0], "a table's where the store is S3, the profile in a folder"
    assert contents(services, principal, job) == of_library(request, tmp_path / "library")


def test_a_finaliser_cut_off_by_its_lease_does_not_change_what_a_stage_gave(
    services: Services,
    principal: Principal,
    ask: Submit,
    work: Work,
    worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(stages, "SMALL_BYTES", 0)
    job = ask(LEDGER)
    while claims := claim_parts(services, job.id, worker.id, 64):
        attempt_parts(services, claims, worker)
    stale = claim_finalising(services, job.id, worker.id)
    assert stale is not None
    with services.db.write() as session:
        session.execute(update(models.Job).values(finalise_until=1.0))
    fresh = claim_finalising(services, job.id, "another")
    assert fresh is not None
    finalise(services, fresh)
    real = stages.combine
    with monkeypatch.context() as wrong, services.db.write() as session:
        session.execute(update(models.Job).values(stage="totals"))
    with monkeypatch.context() as wrong:
        wrong.setattr(stages, "combine", lambda *given: bytes(len(real(*given))))
        with pytest.raises(AbandonedError):
            finalise(services, stale)
    with services.db.write() as session:
        session.execute(update(models.Job).values(stage=None))
    services.queue.wake(job.id, "bulk")
    work()
    assert contents(services, principal, job) == of_library(LEDGER, tmp_path / "library")


def test_a_finaliser_of_a_stage_that_died_is_followed_by_another(
    services: Services,
    principal: Principal,
    ask: Submit,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    class PowerCutError(BaseException): ...

    def die(*_: object) -> None:
        raise PowerCutError

    job = ask(SURVEY)
    with monkeypatch.context() as dying, pytest.raises(PowerCutError):
        dying.setattr(finaliser, "_go_on", die)
        work()
    services.queue.wake(job.id, "bulk")
    work()
    assert contents(services, principal, job) == of_library(SURVEY, tmp_path / "library")


def test_a_job_whose_stage_was_lost_from_storage_fails_and_says_so(
    services: Services, principal: Principal, ask: Submit, work: Work, worker: WorkerProcess
) -> None:
    job = ask(SURVEY)
    while get_job(services, principal, job.id).parts_total == job.parts_total:
        work_slot(services, job.id, worker)
    services.storage.delete(stage_keys(services))
    work()
    failed = get_job(services, principal, job.id)
    assert failed.state == "failed"
    assert "no longer in storage; retry the job" in (failed.error or "")
    lifecycle.retry(services, principal, job.id)
    work()
    assert get_job(services, principal, job.id).state == "completed"
