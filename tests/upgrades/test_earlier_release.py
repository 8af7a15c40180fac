"""The data folder of an earlier release opens with everything that earlier_release/README.md lists."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

import synthmill
from synthmill.app.core import datasets, templates
from synthmill.app.core.access.keys import Principal, authenticate
from synthmill.app.core.db import Database, models
from synthmill.app.core.errors import UnauthorizedError
from synthmill.app.core.execution import worker
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.jobs import kind as job_kind
from synthmill.app.core.jobs import lifecycle, workers
from synthmill.app.core.jobs.kind import Submission
from synthmill.app.core.jobs.queries import JobFilter, get_job, list_jobs
from synthmill.app.core.jobs.submit import submit
from synthmill.app.core.market import tickers
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings
from synthmill.app.core.storage import open_storage
from synthmill.app.core.streams import queries as streams
from synthmill.generators.datasets.verify import verify
from synthmill.generators.datasets.verify_input import AttestError
from synthmill.generators.engine import pipeline
from synthmill.generators.recipes.request import parse
from synthmill.supervisor.preparing import prepare
from tests.fakes import MemoryBus, RecordingQueue
from tests.work import Work

EARLIER = Path(__file__).parent / "earlier_release"
MADE: dict[str, str] = json.loads((EARLIER / "made.json").read_text())
JOBS = {
    "completed": "completed", "parquet": "completed", "in_parts": "completed", "stopped": "cancelled",
    "failed": "failed", "paused": "paused", "queued": "queued", "running": "running",
}  # fmt: skip


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """What today's release has when it was started on that folder."""
    data = tmp_path / "data"
    shutil.copytree(EARLIER / "objects", data / "objects")
    with closing(sqlite3.connect(data / "synthmill.db")) as connection:
        connection.executescript((EARLIER / "database.sql").read_text())
    settings = Settings(data=data, storage_url=f"file://{data / 'objects'}")
    database = Database(settings.database_url)
    with closing(
        Services(settings, database, open_storage(settings), MemoryBus(), RecordingQueue())
    ) as found:
        said: list[str] = []
        assert prepare(found, MADE["key"], said.append) == MADE["key"]
        (line,) = said
        assert "from revision 0008" in line and str(data / "synthmill-0008-") in line
        yield found


@pytest.fixture
def its_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Today's release under the number of the engine version that the folder's jobs are for."""
    for module in (pipeline, job_kind, workers, worker):
        monkeypatch.setattr(module, "ENGINE_VERSION", "1")


@pytest.fixture
def principal(services: Services) -> Principal:
    return authenticate(services, MADE["key"])


def test_all_that_was_there_is_there(services: Services, principal: Principal) -> None:
    jobs = {job.id: job.state for job in list_jobs(services, principal, JobFilter()).items}
    assert jobs == {MADE[name]: state for name, state in JOBS.items()}
    assert {(one.name, one.version) for one in datasets.list_datasets(services, principal).items} == {
        ("shop", 1), ("shop", 2), ("tabular", 1),
    }  # fmt: skip
    assert {one.id for one in streams.list_streams(services, principal).items} == {
        MADE["stream"], MADE["default_stream"],
    }  # fmt: skip
    assert templates.show_template(services, principal, "my-shop").template.title == "My shop"
    assert "MINE" in {one.symbol for one in tickers.list_tickers(services, principal)}


def test_a_revoked_key_stays_revoked(services: Services) -> None:
    with pytest.raises(UnauthorizedError):
        authenticate(services, MADE["revoked"])


def test_a_request_that_is_repeated_after_the_upgrade_makes_no_second_job(
    services: Services, principal: Principal
) -> None:
    with services.db.read() as session:
        raw = dict(session.get_one(models.Job, MADE["completed"]).request)
    repeated = Submission(parse(raw), raw=raw, dataset="shop")
    job, replayed = submit(services, principal, repeated, "an-order")
    assert (job.id, replayed) == (MADE["completed"], True)


@pytest.mark.parametrize("name", ["completed", "parquet", "in_parts"])
def test_its_datasets_download_whole_and_are_verified_by_their_manifests(
    services: Services,
    principal: Principal,
    tmp_path: Path,
    name: str,
) -> None:
    folder = _download(services, principal, MADE[name], tmp_path / "download")
    assert synthmill.Dataset.open(folder, check=True).files
    # Whether they are what the recipe makes only a release with their engine version can say.
    with pytest.raises(AttestError, match="the recipe is for engine version 1, this is 2"):
        verify(folder, blocks=None)


def test_its_other_jobs_wait_for_a_worker_of_their_engine_version_and_say_so(
    services: Services, principal: Principal
) -> None:
    work = Work(services)
    assert lifecycle.resume(services, principal, MADE["paused"]).state in ("queued", "running")
    assert lifecycle.retry(services, principal, MADE["failed"]).state == "queued"
    _let_leases_run_out(services)
    sweep(services, work.worker.id)
    for name in ("paused", "queued", "running", "failed"):
        work(MADE[name])
        job = get_job(services, principal, MADE[name])
        assert job.state in ("queued", "running")
        assert job.waiting_for == "there is no worker of engine version 1: start one with engine version 1"


@pytest.mark.usefixtures("its_engine")
@pytest.mark.parametrize("name", ["paused", "queued", "running", "stopped", "failed"])
def test_its_other_jobs_go_on_and_make_the_bytes_of_their_recipe(
    services: Services, principal: Principal, tmp_path: Path, name: str
) -> None:
    job_id, work = MADE[name], Work(services)
    if name == "paused":
        assert lifecycle.resume(services, principal, job_id).state in ("queued", "running")
    elif name in ("stopped", "failed"):
        assert lifecycle.retry(services, principal, job_id).state == "queued"
    _let_leases_run_out(services)
    sweep(services, work.worker.id)
    work(job_id)
    job = get_job(services, principal, job_id)
    assert (job.state, job.error) == ("completed", None)
    made = _download(services, principal, job_id, tmp_path / "download")
    assert job.recipe is not None
    synthmill.generate(
        strategy=job.recipe["strategy"], parameters=job.recipe["parameters"], seed=job.seed,
        format=job.format, compression=job.compression, out=tmp_path / "again",
    )  # fmt: skip
    assert _contents(made) == _contents(tmp_path / "again")


def _let_leases_run_out(services: Services) -> None:
    with services.db.write() as session:
        session.execute(update(models.Part).values(lease_until=models.Part.lease_until - 1_000))


def _download(services: Services, principal: Principal, job_id: str, folder: Path) -> Path:
    folder.mkdir()
    names = [*(file["name"] for file in get_job(services, principal, job_id).files), "manifest.json"]
    for name in [*names, "profile.json"]:
        stored = datasets.open_file(services, principal, job_id, name)
        (folder / name).write_bytes(services.storage.get(stored.key))
    return folder


def _contents(folder: Path) -> dict[str, Any]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
