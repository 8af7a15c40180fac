"""A model is fitted whatever happens to its worker, and nothing is left of one that nobody keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import ConflictError, NotFoundError
from synthmill.app.core.execution.fitting import Fitted
from synthmill.app.core.execution.leases import AbandonedError, claim_parts
from synthmill.app.core.execution.outcomes import finish
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.sweeper import sweep, tidy_up
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import lifecycle
from synthmill.app.core.jobs.kind import Submission, job_kind
from synthmill.app.core.jobs.queries import JobView, get_job
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.learned import storing
from synthmill.app.core.learned.queries import get_model, list_models
from synthmill.app.core.learned.removal import delete_model
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import MODEL_MEDIA_TYPE
from synthmill.app.core.uploads.receive import Incoming, receive
from synthmill.generators.learning import MEDIA_TYPE
from tests.learnt import CSV

Work = Callable[[], None]
SHA256 = hashlib.sha256(CSV).hexdigest()
REQUEST: dict[str, Any] = {
    "tables": {"people": {"upload": SHA256, "format": "csv"}}, "parameters": {}, "name": None,
}  # fmt: skip


@pytest.fixture
def ask(services: Services, principal: Principal) -> Callable[[], JobView]:
    """Ask for a model of the data, which are uploaded."""
    receive(services, principal, Incoming("text/csv"), [CSV])
    return lambda: submit(services, principal, Submission(REQUEST, raw=REQUEST, kind="fit"))[0]


Ask = Callable[[], JobView]


def test_what_the_strategy_says_of_its_input_is_what_resolves_it() -> None:
    assert MODEL_MEDIA_TYPE == MEDIA_TYPE


def test_a_fit_whose_worker_died_is_done_again_and_gives_the_same_model(
    services: Services, principal: Principal, ask: Ask, work: Work, worker: WorkerProcess
) -> None:
    job = ask()
    (claim,) = claim_parts(services, job.id, worker.id)
    died = job_kind("fit").run(services, claim, _Quiet())  # Its worker died before it could say so.
    with services.db.write() as session:
        session.execute(update(models.Part).values(lease_until=1.0))
    sweep(services, worker.id)
    with services.db.write() as session:
        session.execute(update(models.Part).values(not_before=0.0))
    work()
    done = get_job(services, principal, job.id)
    assert (done.state, done.error) == ("completed", None)
    assert isinstance(died, Fitted) and died.model is not None and done.result is not None
    assert done.result["sha256"] == died.model.sha256
    assert finish_is_refused(services, claim, died)
    assert get_model(services, principal, done.result["model_id"]).sources == {"people": SHA256}
    assert list(services.storage.list("jobs/")) == []


def finish_is_refused(services: Services, claim: Any, outcome: Any) -> bool:
    try:
        return finish(services, [(claim, outcome)]) == [claim]
    except AbandonedError:
        return True


class _Quiet:
    """Takes note of how far a part is."""

    def __init__(self) -> None:
        self.units: list[int] = []

    def begins(self, block: int) -> None: ...

    def __call__(self, units: int) -> None:
        self.units.append(units)


def test_its_progress_rises_to_the_end(services: Services, ask: Ask, worker: WorkerProcess) -> None:
    (claim,) = claim_parts(services, ask().id, worker.id)
    report = _Quiet()
    job_kind("fit").run(services, claim, report)
    assert report.units == sorted(report.units)
    assert (report.units[0], report.units[-1]) == (0, claim.units)
    assert len(set(report.units)) > 5


def test_stopping_ends_the_fit_in_hand_and_a_retry_completes(
    services: Services, principal: Principal, ask: Ask, work: Work, worker: WorkerProcess
) -> None:
    job = ask()

    def stop_half_way(self: Any, units: int) -> None:
        if units >= 300:
            lifecycle.stop(services, principal, job.id)
            raise AbandonedError("stopped")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("synthmill.app.core.execution.hand.Hand.__call__", stop_half_way)
        work_slot(services, job.id, worker)
    assert get_job(services, principal, job.id).state == "cancelled"
    assert list(services.storage.list("models/")) == list(services.storage.list("jobs/")) == []
    lifecycle.retry(services, principal, job.id)
    work()
    assert get_job(services, principal, job.id).state == "completed"
    assert len(list_models(services, principal).items) == 1


def test_a_paused_one_waits_and_a_clone_gives_the_same_model(
    services: Services, principal: Principal, ask: Ask, work: Work, worker: WorkerProcess
) -> None:
    job = ask()
    lifecycle.pause(services, principal, job.id)
    assert claim_parts(services, job.id, worker.id) == []
    lifecycle.resume(services, principal, job.id)
    clone = lifecycle.clone(services, principal, job.id)
    work()
    first, second = (get_job(services, principal, one.id).result for one in (job, clone))
    assert first is not None and first == second


def test_a_model_that_no_job_kept_is_removed_with_its_object(
    services: Services, principal: Principal, ask: Ask, work: Work, worker: WorkerProcess
) -> None:
    """As if the finaliser had died between storing the model and completing the job."""
    ask()
    work()
    (model,) = list_models(services, principal).items
    (key,) = services.storage.list("models/")
    fitted = storing.FittedModel(model.sha256, model.size, "again", "auto", "auto", "careful", {}, {})
    left = storing.store_model(services, principal.workspace_id, model.job_id or "", fitted, b"bytes")
    assert len(list(services.storage.list("models/"))) == 2
    assert [one.id for one in list_models(services, principal).items] == [model.id]
    with pytest.raises(NotFoundError):
        get_model(services, principal, left)
    tidy_up(services, worker.id)
    assert len(list(services.storage.list("models/"))) == 2, "it may be kept yet"
    with services.db.write() as session:
        session.execute(update(models.Model).values(lease_until=1.0))
    tidy_up(services, worker.id)
    assert list(services.storage.list("models/")) == [key]
    with services.db.read() as session:
        assert session.execute(select(models.Model.id)).scalars().all() == [model.id]


def test_a_workspace_full_of_models_is_refused_before_anything_is_learnt(
    ask: Ask, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    work()
    monkeypatch.setattr(storing, "MAX_MODELS", 1)
    with pytest.raises(storing.LimitExceededError, match="the workspace has 1 models"):
        ask()


def test_a_model_is_not_deleted_from_under_a_job(
    services: Services, principal: Principal, ask: Ask, work: Work
) -> None:
    ask()
    work()
    (model,) = list_models(services, principal).items
    raw = {"strategy": "model", "parameters": {"model": model.sha256, "rows": 100}}
    job = submit(services, principal, Submission(raw, raw=raw))[0]
    with pytest.raises(ConflictError, match=job.id):
        delete_model(services, principal, model.id)
    lifecycle.stop(services, principal, job.id)
    delete_model(services, principal, model.id)
    assert list(services.storage.list("models/")) == []
