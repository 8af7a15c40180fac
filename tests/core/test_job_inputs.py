"""Uploads that unfinished jobs need, on every database and storage."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import ConflictError, NotFoundError
from synthmill.app.core.execution.sweeper import tidy_up
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import lifecycle, queries
from synthmill.app.core.jobs.submit import Submission
from synthmill.app.core.jobs.submit import submit as submit_job
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.queries import UploadView, get_upload, list_uploads
from synthmill.app.core.uploads.receive import Incoming, receive
from synthmill.app.core.uploads.removal import delete_upload, remove_expired
from synthmill.generators.errors import InvalidRequestError
from tests.excerpt import CONTENT, excerpt_installed

SHA256 = hashlib.sha256(CONTENT).hexdigest()
REQUEST = {
    "strategy": "excerpt",
    "parameters": {"tables": [{"name": "lines", "rows": 1_500}], "file": SHA256},
    "seed": 3,
}
Submit = Callable[[], queries.JobView]
Work = Callable[[], None]


@pytest.fixture(autouse=True)
def excerpt(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    with excerpt_installed(tmp_path_factory.mktemp("excerpt")):
        yield


@pytest.fixture
def keeping(services: Services) -> Services:
    """The same with a retention of two days."""
    return replace(services, settings=replace(services.settings, upload_retention_days=2))


@pytest.fixture
def upload(services: Services, principal: Principal) -> UploadView:
    return receive(services, principal, Incoming("text/plain"), [CONTENT])[0]


@pytest.fixture
def submit_lines(services: Services, principal: Principal) -> Submit:
    def submit() -> queries.JobView:
        return submit_job(services, principal, Submission(REQUEST, raw=REQUEST))[0]

    return submit


def age(services: Services, days: float) -> None:
    with services.db.write() as session:
        session.execute(update(models.Upload).values(used_at=models.Upload.used_at - days * 86_400))


def test_a_worker_gets_its_input_from_storage(
    services: Services, principal: Principal, upload: UploadView, submit_lines: Submit, work: Work
) -> None:
    job = submit_lines()
    copies = services.settings.data / "inputs"
    shutil.rmtree(copies)  # As if the worker were another machine.
    work()
    assert (copies / SHA256).read_bytes() == CONTENT
    view = queries.get_job(services, principal, job.id)
    assert (view.state, view.rows_done) == ("completed", 1_500)


def test_retention_leaves_an_upload_alone_while_a_job_needs_it(
    services: Services,
    keeping: Services,
    principal: Principal,
    upload: UploadView,
    submit_lines: Submit,
    work: Work,
    worker: WorkerProcess,
) -> None:
    job = submit_lines()
    age(services, 3)
    tidy_up(keeping, worker.id)
    assert get_upload(services, principal, upload.id).id == upload.id
    work()
    assert queries.get_job(services, principal, job.id).state == "completed"
    tidy_up(keeping, worker.id)
    with pytest.raises(NotFoundError):
        get_upload(services, principal, upload.id)


def test_a_job_that_comes_while_retention_looks_keeps_its_upload(
    services: Services,
    keeping: Services,
    principal: Principal,
    upload: UploadView,
    submit_lines: Submit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    age(services, 3)
    write = services.db.write

    def submit_first(**options: bool) -> AbstractContextManager[Session]:
        services.db.write = write
        submit_lines()
        return write(**options)

    monkeypatch.setattr(services.db, "write", submit_first)
    remove_expired(keeping)
    assert services.db.write == write, "retention has found it"
    assert get_upload(services, principal, upload.id).id == upload.id


def test_the_time_of_an_upload_begins_anew_with_each_job(
    services: Services, principal: Principal, upload: UploadView, submit_lines: Submit
) -> None:
    age(services, 3)
    submit_lines()
    with services.db.read() as session:
        used, created = session.execute(select(models.Upload.used_at, models.Upload.created_at)).one()
    assert used >= created


def test_jobs_that_need_an_upload_are_named(
    services: Services, principal: Principal, upload: UploadView, submit_lines: Submit
) -> None:
    first, second = submit_lines(), submit_lines()
    lifecycle.stop(services, principal, first.id)
    with pytest.raises(ConflictError, match=second.id) as refused:
        delete_upload(services, principal, upload.id)
    assert first.id not in str(refused.value)
    lifecycle.stop(services, principal, second.id)
    delete_upload(services, principal, upload.id)


def test_a_deletion_and_a_job_at_once_never_leave_the_job_without_its_upload(
    services: Services, principal: Principal, submit_lines: Submit
) -> None:
    for _ in range(5):
        upload = receive(services, principal, Incoming("text/plain"), [CONTENT])[0]
        together, outcome = threading.Barrier(2), {}

        def begin(barrier: threading.Barrier = together, reported: dict[str, str] = outcome) -> None:
            barrier.wait(30)
            try:
                reported["job"] = submit_lines().id
            except InvalidRequestError:
                reported["refused"] = "refused"

        thread = threading.Thread(target=begin)
        thread.start()
        together.wait(30)
        try:
            delete_upload(services, principal, upload.id)
            deleted = True
        except ConflictError:
            deleted = False
        thread.join(60)
        assert deleted == ("refused" in outcome)
        assert bool(list_uploads(services, principal).items) == ("job" in outcome)
        if "job" in outcome:
            lifecycle.stop(services, principal, outcome["job"])
            delete_upload(services, principal, upload.id)
