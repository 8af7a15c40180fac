"""The invariants notice what they are there for: each thing that is wrong is put in by hand and named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.jobs import queries
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.object_keys import file_key, piece_key
from synthmill.app.core.jobs.submit import submit as submit_job
from synthmill.app.core.services import Services
from synthmill.app.core.storage import FolderStorage
from synthmill.app.core.storage.folder import DRAFTS
from synthmill.app.core.uploads.receive import Incoming, receive
from tests.chaos.invariants import Allowed, Expected, violations
from tests.learnt import CSV

ROWS = 150_000
Tamper = Callable[[Services, Expected], None]


@pytest.fixture
def completed(
    services: Services, principal: Principal, submit: Callable[..., queries.JobView], work: Callable[[], None]
) -> Expected:
    job = submit(rows=ROWS)
    work()
    view = queries.get_job(services, principal, job.id)
    assert view.state == "completed"
    seen = [(seq, "complete" if seq == view.last_seq else "progress") for seq in range(1, view.last_seq + 1)]
    with services.db.read() as session:
        manifest = session.execute(select(models.Dataset.manifest)).scalar_one()
    return Expected(job.id, ("completed",), {file["name"]: file for file in manifest["files"]}, seen)


@pytest.fixture
def fitted(services: Services, principal: Principal, work: Callable[[], None]) -> Expected:
    receive(services, principal, Incoming("text/csv"), [CSV])
    tables = {"people": {"upload": hashlib.sha256(CSV).hexdigest(), "format": "csv"}}
    request = {"tables": tables, "parameters": {}, "name": None}
    job = submit_job(services, principal, Submission(request, raw=request, kind="fit"))[0]
    work()
    view = queries.get_job(services, principal, job.id)
    assert view.result is not None
    return Expected(job.id, ("completed",), {}, [], view.result["sha256"])


def lose_the_models_bytes(services: Services, job: Expected) -> None:
    (key,) = services.storage.list("models/")
    services.storage.put(key, b"other bytes")


def lose_the_model(services: Services, job: Expected) -> None:
    change(services, delete(models.Model))


def fit_another(services: Services, job: Expected) -> None:
    job.model = "0" * 64


def leave_the_parts_object(services: Services, job: Expected) -> None:
    services.storage.put(piece_key(job.job_id, "model", 0, 1), b"left")


@pytest.mark.parametrize(
    ("tamper", "named"),
    [
        (lose_the_models_bytes, "its model's file is not the model"),
        (lose_the_model, "its model is None"),
        (fit_another, "is not the one that an undisturbed run gives"),
        (leave_the_parts_object, "a fit has left"),
    ],
)
def test_what_is_wrong_with_a_model_is_named(
    services: Services, fitted: Expected, tamper: Tamper, named: str
) -> None:
    assert violations(services, [fitted], Allowed()) == []
    tamper(services, fitted)
    assert any(named in one for one in violations(services, [fitted], Allowed()))


def change(services: Services, statement: Any) -> None:
    with services.db.write() as session:
        session.execute(statement)


def flip_a_byte(services: Services, job: Expected) -> None:
    key = file_key(job.job_id, max(job.files), 0)
    content = bytearray(services.storage.get(key))
    content[len(content) // 2] ^= 1
    services.storage.put(key, bytes(content))


def lose_a_file(services: Services, job: Expected) -> None:
    services.storage.delete([file_key(job.job_id, max(job.files), 0)])


def lose_an_event(services: Services, job: Expected) -> None:
    change(services, delete(models.Event).where(models.Event.seq == 2))


def lose_the_last_event(services: Services, job: Expected) -> None:
    change(services, delete(models.Event).where(models.Event.type == "complete"))
    change(services, update(models.Job).values(last_seq=models.Job.last_seq - 1))


def end_twice(services: Services, job: Expected) -> None:
    change(services, update(models.Job).values(last_seq=models.Job.last_seq + 1))
    last = len(job.seen) + 1
    change(
        services,
        insert(models.Event).values(job_id=job.job_id, seq=last, type="error", created_at=db_now(), data={}),
    )
    job.seen.append((last, "error"))


def leave_an_upload(services: Services, job: Expected) -> None:
    services.storage.begin(file_key(job.job_id, "orders.csv", 0))


def leave_an_object(services: Services, job: Expected) -> None:
    services.storage.put(f"jobs/{job.job_id}/pieces/orders/00000", b"x")


def leave_a_lease(services: Services, job: Expected) -> None:
    change(services, update(models.Part).where(models.Part.number == 0).values(state="running"))


def make_a_part_again(services: Services, job: Expected) -> None:
    change(services, update(models.Part).where(models.Part.number == 0).values(attempt=2))


def lose_a_part(services: Services, job: Expected) -> None:
    change(services, update(models.Part).where(models.Part.number == 0).values(attempt=2, losses=1))


def forget_the_job(services: Services, job: Expected) -> None:
    change(services, delete(models.Job))


def reopen_the_job(services: Services, job: Expected) -> None:
    change(services, update(models.Job).values(state="running"))


def forget_the_dataset(services: Services, job: Expected) -> None:
    change(services, delete(models.Dataset))


def record_another_etag(services: Services, job: Expected) -> None:
    change(services, update(models.Part).where(models.Part.etag.is_not(None)).values(etag="0" * 32))


def miss_an_event(services: Services, job: Expected) -> None:
    del job.seen[1]


TAMPERINGS: dict[Tamper, str] = {
    flip_a_byte: "is not what an undisturbed run gives",
    lose_a_file: "storage lacks",
    lose_an_event: "missing [2]",
    lose_the_last_event: "its terminal events are []",
    end_twice: "its terminal events are ['complete', 'error']",
    leave_an_upload: "an unfinished upload of",
    leave_an_object: "beside",
    leave_a_lease: "is still leased",
    make_a_part_again: "made again (returned): 1",
    lose_a_part: "made again (losses): 1",
    forget_the_job: "it was accepted and is not there",
    reopen_the_job: "it never ended",
    forget_the_dataset: "and has 0 datasets",
    record_another_etag: "is not the one whose etag is recorded",
    miss_an_event: "its watcher saw missing [2]",
}


def test_an_undisturbed_run_holds_them_all(services: Services, completed: Expected) -> None:
    assert violations(services, [completed], Allowed()) == []


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_what_is_wrong_is_found(services: Services, completed: Expected, tamper: Tamper) -> None:
    tamper(services, completed)
    found = violations(services, [completed], Allowed())
    if tamper is record_another_etag and not isinstance(services.storage, FolderStorage):
        return  # The pieces of so small a job are no uploads of S3.
    assert any(TAMPERINGS[tamper] in violation for violation in found), found


def test_a_temporary_file_that_is_left_is_found(services: Services, completed: Expected) -> None:
    if isinstance(services.storage, FolderStorage):
        (services.storage.root / DRAFTS / "left").write_bytes(b"x")
        assert violations(services, [completed], Allowed()) == ["the temporary file left is left"]
