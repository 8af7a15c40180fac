"""Files put together from pieces: also where some are smaller than the store takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

import synthmill
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import MissingObjectError, StorageError
from synthmill.app.core.execution.files import assemble
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.services import Services
from synthmill.app.core.storage import FolderStorage
from synthmill.generators.recipes.request import parse

Submit = Callable[..., queries.JobView]
ROWS = 400_000
FEWER_ROWS = 200_000
"""Four blocks, two and one."""


class PickyStorage(FolderStorage):
    """Refuses small pieces but the last, and pieces of what is finished, as S3 does."""

    least = 0

    @property
    def min_piece(self) -> int:
        return self.least

    def put_piece(self, key: str, upload_id: str, number: int, *data: bytes) -> str:
        if self.stat(key) is not None:
            raise MissingObjectError(key)
        etag = super().put_piece(key, upload_id, number, *data)
        self.sizes[(key, number)] = sum(map(len, data))
        return etag

    def finish(self, key: str, upload_id: str, pieces: Sequence[tuple[int, str]]) -> str:
        if any(self.sizes[(key, number)] < self.least for number, _ in pieces[:-1]):
            raise StorageError("EntityTooSmall")
        return super().finish(key, upload_id, pieces)

    @property
    def sizes(self) -> dict[tuple[str, int], int]:
        return self.__dict__.setdefault("_sizes", {})


@pytest.fixture(autouse=True)
def small_files_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a MiB are put together by an upload, as those beyond 8 MiB are."""
    monkeypatch.setattr(assemble, "_SINGLE_PUT_BYTES", 2**20)


@pytest.fixture
def picky(services: Services, tmp_path: Path) -> Services:
    storage = PickyStorage(tmp_path / "picky")
    storage.ensure()
    return replace(services, storage=storage)


def run(services: Services, principal: Principal, worker: WorkerProcess, job_id: str) -> queries.JobView:
    for _ in range(10):
        work_slot(services, job_id, worker)
        job = queries.get_job(services, principal, job_id)
        if job.state == "completed":
            return job
    raise AssertionError(job)


@pytest.mark.parametrize("file_format", ["arrow", "csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    ("backend", "quantile"),
    [("sqlite", 0.3), ("sqlite", 0.6), ("sqlite", 1.0), ("postgresql", 0.6)],
    indirect=["backend"],
)
def test_small_pieces_anywhere_give_the_same_file(
    services: Services,
    picky: Services,
    principal: Principal,
    worker: WorkerProcess,
    submit: Submit,
    file_format: str,
    quantile: float,
) -> None:
    plain = run(services, principal, worker, submit(rows=FEWER_ROWS, format=file_format).id)
    with services.db.read() as session:
        sizes = sorted(
            session.execute(select(models.Part.size).where(models.Part.job_id == plain.id)).scalars()
        )
    picky.storage.least = sizes[int(quantile * (len(sizes) - 1))] + (quantile == 1.0)  # type: ignore[attr-defined]
    job = submit(rows=FEWER_ROWS, format=file_format)
    with services.db.write() as session:
        session.execute(update(models.File).where(models.File.job_id == job.id).values(direct=True))
    assert run(picky, principal, worker, job.id).files == plain.files
    assert picky.storage.uploads("jobs/") == []
    assert not any("/pieces/" in key for key in picky.storage.list("jobs/"))


def test_a_piece_that_storage_lost_is_made_again(
    services: Services,
    principal: Principal,
    worker: WorkerProcess,
    submit: Submit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = run(services, principal, worker, submit(rows=ROWS).id)
    job = submit(rows=ROWS)
    with services.db.write() as session:
        session.execute(update(models.File).where(models.File.job_id == job.id).values(direct=False))
    monkeypatch.setattr("synthmill.app.core.execution.slot.SLOT_SECONDS", 0.0)
    work_slot(services, job.id, worker)
    lost = [key for key in services.storage.list(f"jobs/{job.id}/") if "/pieces/" in key]
    for _ in range(100):
        if lost:
            break
        work_slot(services, job.id, worker)
        lost = [key for key in services.storage.list(f"jobs/{job.id}/") if "/pieces/" in key]
    services.storage.delete(lost)
    monkeypatch.setattr("synthmill.app.core.execution.slot.SLOT_SECONDS", 2.0)
    assert run(services, principal, worker, job.id).files == plain.files


def test_a_finaliser_that_died_after_joining_a_file_is_followed_without_work_done_again(
    services: Services, picky: Services, principal: Principal, worker: WorkerProcess, submit: Submit
) -> None:
    class PowerCutError(BaseException): ...

    finish = PickyStorage.finish

    def die(*given: object) -> None:
        finish(*given)  # type: ignore[arg-type]
        raise PowerCutError

    job = submit(rows=ROWS, format="parquet")
    with services.db.write() as session:
        session.execute(update(models.File).where(models.File.job_id == job.id).values(direct=True))
    with pytest.MonkeyPatch.context() as dying, pytest.raises(PowerCutError):
        dying.setattr(PickyStorage, "finish", die)
        run(picky, principal, worker, job.id)
    assert run(picky, principal, worker, job.id).state == "completed"
    with services.db.read() as session:
        attempts = session.execute(select(models.Part.attempt).where(models.Part.job_id == job.id)).scalars()
        assert set(attempts) == {1}


def test_an_upload_that_a_dead_worker_began_beside_the_right_one_is_gone_at_the_end(
    services: Services, principal: Principal, submit: Submit, worker: WorkerProcess
) -> None:
    job = submit(rows=ROWS)
    services.storage.begin(f"jobs/{job.id}/files/order_items.csv")
    assert run(services, principal, worker, job.id).state == "completed"
    assert services.storage.uploads("") == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("first", "last"), [(65_536, 131_072), (131_072, 196_608)], ids=["middle", "last"])
def test_a_real_store_takes_a_small_piece_between_large_ones_and_at_the_end(
    services: Services, principal: Principal, worker: WorkerProcess, first: int, last: int, tmp_path: Path
) -> None:
    """Rows `first` to `last` are short: their part is below the 5 MiB that S3 asks of all but the last."""
    short = {"when": {"all": [{"column": "id", "above": first}, {"column": "id", "at_most": last}]},
             "then": {"kind": "constant", "value": "x"}}  # fmt: skip
    columns = [
        {"name": "id", "kind": "sequence"},
        {"name": "said", "kind": "conditional", "cases": [short],
         "otherwise": {"kind": "constant", "value": "x" * 120}},
    ]  # fmt: skip
    raw = {
        "strategy": "tabular",
        "parameters": {"tables": [{"name": "t", "rows": 196_608, "columns": columns}]},
        "format": "csv",
        "seed": 1,
    }
    expected = synthmill.generate(**raw, out=tmp_path / "here").manifest["files"][0]  # type: ignore[arg-type]
    raw["part_rows"] = 1
    job, _ = submit(services, principal, Submission(parse(raw), raw=raw))
    done = run(services, principal, worker, job.id)
    with services.db.read() as session:
        sizes = [
            size
            for (size,) in session.execute(
                select(models.Part.size).where(models.Part.job_id == job.id).order_by(models.Part.piece)
            )
        ]
    small = [size < services.storage.min_piece for size in sizes]
    assert small.count(True) == 1
    assert small.index(True) == first // 65_536
    (file,) = [file for file in done.files if file["name"] == "t.csv"]
    assert file["root"] == expected["root"]
    stored = services.storage.get(f"jobs/{job.id}/files/t.csv")
    assert stored == (tmp_path / "here" / "t.csv").read_bytes()
    assert services.storage.uploads("") == []


def test_pieces_that_a_dead_finaliser_had_merged_are_left_as_they_are(
    services: Services, picky: Services, principal: Principal, worker: WorkerProcess, submit: Submit
) -> None:
    """In a folder whose pieces must have a MiB, and on a real S3 server, where they must have five."""

    class PowerCutError(BaseException): ...

    def die(*_: object) -> None:
        raise PowerCutError

    store = picky if services.storage.min_piece == 0 else services
    picky.storage.least = 2**20  # type: ignore[attr-defined]
    plain = run(services, principal, worker, submit(rows=ROWS).id)
    job = submit(rows=ROWS)
    with services.db.write() as session:
        session.execute(update(models.File).where(models.File.job_id == job.id).values(direct=False))
    with pytest.MonkeyPatch.context() as dying, pytest.raises(PowerCutError):
        dying.setattr(type(store.storage), "finish", die)
        run(store, principal, worker, job.id)
    merged = merged_parts(services, job.id)
    assert "" in merged.values()
    assert run(store, principal, worker, job.id).files == plain.files
    assert merged_parts(services, job.id) == merged


def merged_parts(services: Services, job_id: str) -> dict[int, str]:
    """The etag of each part that stands in its file's upload; it is empty where another stands for it."""
    with services.db.read() as session:
        rows = session.execute(
            select(models.Part.number, models.Part.etag).where(
                models.Part.job_id == job_id, models.Part.etag.is_not(None)
            )
        )
        return {number: etag for number, etag in rows if etag is not None}
