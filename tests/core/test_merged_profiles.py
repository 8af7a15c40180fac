"""A job's profile is merged while its parts are made, and is the same however that went."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update

import synthmill
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.execution.attempt import attempt_parts
from synthmill.app.core.execution.files import profiles
from synthmill.app.core.execution.leases import claim_parts
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import lifecycle, queries
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.jobs.submit import Submission, submit
from synthmill.app.core.services import Services
from synthmill.generators.datasets.profile.table import TableProfile
from synthmill.generators.recipes.request import parse

PARTS = 13
RAW: dict[str, Any] = {
    "strategy": "tabular",
    "parameters": {
        "tables": [
            {"name": "first", "rows": 70_000, "columns": [{"name": "id", "kind": "sequence"}]},
            {
                "name": "many",
                "rows": (PARTS - 1) * 65_536 + 5,
                "columns": [
                    {"name": "id", "kind": "sequence"},
                    {"name": "size", "kind": "integer", "min": 1, "max": 90_000, "nulls": 0.1},
                    {"name": "place", "kind": "categorical", "values": ["here", "there"]},
                ],
            },
        ]
    },
    "seed": 7,
    "part_rows": 1,
}

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def groups_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few parts make a tree of several levels: 13 profiles, 7, 4, 2."""
    monkeypatch.setattr(profiles, "GROUP", 2)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("expected")
    synthmill.generate(**RAW, out=folder)
    return (folder / "profile.json").read_bytes()


@pytest.fixture
def job_id(services: Services, principal: Principal) -> str:
    job, _ = submit(services, principal, Submission(parse(RAW), raw=RAW))
    return job.id


def make(services: Services, job_id: str, worker: WorkerProcess, at_once: int = 64) -> bool:
    """Make the next parts; whether there were any."""
    claims = claim_parts(services, job_id, worker.id, at_once)
    attempt_parts(services, claims, worker)
    return bool(claims)


def finish(services: Services, job_id: str, worker: WorkerProcess) -> bytes:
    """Complete the job, whose parts are done; its profile."""
    work_slot(services, job_id, worker)
    with services.db.read() as session:
        run = session.get_one(models.Job, job_id).run
    return services.storage.get(file_key(job_id, "profile.json", run))


def nodes(services: Services, job_id: str) -> set[tuple[str, int, int]]:
    with services.db.read() as session:
        found = session.execute(
            select(models.Profile.table, models.Profile.level, models.Profile.number).where(
                models.Profile.job_id == job_id
            )
        )
        return {(table, level, number) for table, level, number in found}


def parts_with_profile(services: Services, job_id: str) -> int:
    with services.db.read() as session:
        return session.execute(
            select(func.count()).where(models.Part.job_id == job_id, models.Part.profile.is_not(None))
        ).scalar_one()


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The tables whose profiles were unpacked, once for each."""
    seen: list[str] = []
    unpack = TableProfile.unpack.__func__  # type: ignore[attr-defined]

    def counted(cls: type[TableProfile], table: Any, packed: bytes) -> TableProfile:
        seen.append(table.name)
        made: TableProfile = unpack(cls, table, packed)
        return made

    monkeypatch.setattr(TableProfile, "unpack", classmethod(counted))
    return seen


def test_the_end_merges_no_more_than_one_group_of_each_table(
    services: Services, job_id: str, worker: WorkerProcess, expected: bytes, unpacked: list[str]
) -> None:
    while make(services, job_id, worker):
        pass
    # Two parts are a group; of 13 the tree has 7, 4 and 2 nodes, and 2 are what is left to merge.
    assert nodes(services, job_id) == {("many", 3, 0), ("many", 3, 1)}
    assert parts_with_profile(services, job_id) == 2
    unpacked.clear()
    assert finish(services, job_id, worker) == expected
    assert sorted(unpacked) == ["first", "first", "many", "many"]
    assert nodes(services, job_id) == set()
    assert parts_with_profile(services, job_id) == 0


def test_the_order_in_which_parts_are_done_does_not_matter(
    services: Services, job_id: str, worker: WorkerProcess, expected: bytes
) -> None:
    chance = random.Random(7)
    with services.db.write() as session:
        numbers = list(session.execute(select(models.Part.number)).scalars())
        for number in numbers:
            later = models.Part.not_before + chance.random() * 1e9
            session.execute(update(models.Part).where(models.Part.number == number).values(not_before=later))
    chance.shuffle(numbers)
    for number in numbers:
        with services.db.write() as session:
            session.execute(update(models.Part).where(models.Part.number == number).values(not_before=0.0))
        assert make(services, job_id, worker, 1)
    assert nodes(services, job_id) == {("many", 3, 0), ("many", 3, 1)}
    assert finish(services, job_id, worker) == expected


def test_what_a_worker_that_died_did_not_merge_is_merged_at_the_end(
    services: Services, job_id: str, worker: WorkerProcess, expected: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, merge = random.Random(3), profiles.merge_groups

    def now_and_then(*given: Any) -> None:
        if chance.random() < 0.5:
            merge(*given)

    monkeypatch.setattr("synthmill.app.core.kinds.dataset.merge_groups", now_and_then)
    while make(services, job_id, worker, 1):
        pass
    assert 0 < len(nodes(services, job_id)) < 7
    assert finish(services, job_id, worker) == expected


def test_parts_made_again_after_they_were_merged_change_nothing(
    services: Services, job_id: str, worker: WorkerProcess, expected: bytes
) -> None:
    while make(services, job_id, worker):
        pass
    again = (models.Part.job_id == job_id) & (models.Part.table == "many")
    with services.db.write() as session:
        count, rows = session.execute(select(func.count(), func.sum(models.Part.rows)).where(again)).one()
        session.execute(update(models.Part).where(again).values(state="pending"))
        session.execute(
            update(models.Job).values(
                parts_done=models.Job.parts_done - count, rows_done=models.Job.rows_done - rows
            )
        )
    while make(services, job_id, worker):
        pass
    assert finish(services, job_id, worker) == expected


def test_a_retried_job_does_not_keep_what_was_merged_before(
    services: Services, principal: Principal, job_id: str, worker: WorkerProcess, expected: bytes
) -> None:
    for _ in range(6):
        make(services, job_id, worker, 1)
    assert nodes(services, job_id)
    lifecycle.stop(services, principal, job_id)
    lifecycle.retry(services, principal, job_id)
    assert nodes(services, job_id) == set()
    while make(services, job_id, worker):
        pass
    assert finish(services, job_id, worker) == expected
    assert queries.get_job(services, principal, job_id).state == "completed"


@pytest.mark.parametrize("meanwhile", ["made again", "ended", "merged by another"])
def test_a_worker_that_was_away_while_it_merged_leaves_nothing(
    services: Services,
    principal: Principal,
    job_id: str,
    worker: WorkerProcess,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: str,
) -> None:
    merge = profiles.merge_groups
    monkeypatch.setattr("synthmill.app.core.kinds.dataset.merge_groups", lambda *given: None)
    claims = [claim for _ in range(4) for claim in claim_parts(services, job_id, worker.id)]
    attempt_parts(services, claims, worker)
    pack: Callable[[TableProfile], bytes] = TableProfile.pack

    def slowly(profile: TableProfile) -> bytes:
        monkeypatch.setattr(TableProfile, "pack", pack)
        if meanwhile == "ended":
            lifecycle.stop(services, principal, job_id)
        elif meanwhile == "merged by another":
            merge(services, profiles_context(services, job_id), claims)
        else:
            with services.db.write() as session:
                session.execute(update(models.Part).values(attempt=models.Part.attempt + 1))
        return pack(profile)

    monkeypatch.setattr(TableProfile, "pack", slowly)
    before = parts_with_profile(services, job_id)
    merge(services, profiles_context(services, job_id), claims)
    if meanwhile == "merged by another":
        assert nodes(services, job_id) == {("many", 1, 0)}
    else:
        assert nodes(services, job_id) == set()
        assert parts_with_profile(services, job_id) == before


def profiles_context(services: Services, job_id: str) -> Any:
    from synthmill.app.core.execution.context import job_context

    return job_context(services, job_id)


def test_an_outage_while_profiles_are_merged_fails_no_part(
    services: Services, job_id: str, worker: WorkerProcess, expected: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def away(*_: Any) -> bool:
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr(profiles, "_merge", away)
    while make(services, job_id, worker):
        pass
    monkeypatch.undo()
    monkeypatch.setattr(profiles, "GROUP", 2)
    assert finish(services, job_id, worker) == expected
