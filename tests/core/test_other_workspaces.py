"""What another workspace has under way takes nothing from mine, and numbers nothing of mine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select

from synthmill.app.core import datasets
from synthmill.app.core.access import keys
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import TooManyRequestsError
from synthmill.app.core.execution.leases import claim_parts
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries
from synthmill.app.core.jobs.submit import Submission, submit
from synthmill.app.core.services import Services
from synthmill.generators.recipes.request import parse

Submit = Callable[..., queries.JobView]
SMALL = {"template": "retail", "rows": 1_000, "seed": 7}


@pytest.fixture
def stranger(services: Services, principal: Principal) -> Principal:
    """A key of another workspace."""
    with services.db.write() as session:
        session.execute(insert(models.Workspace).values(id="ws_other", name="other", created_at=db_now()))
    return keys.authenticate(services, keys.create(services, "ws_other", "other")[1])


def ask(services: Services, principal: Principal) -> queries.JobView:
    return submit(services, principal, Submission(parse(SMALL), raw=SMALL))[0]


def test_their_running_parts_leave_me_mine(
    services: Services, principal: Principal, stranger: Principal, worker: WorkerProcess
) -> None:
    services = replace(services, settings=replace(services.settings, max_running_parts=2))
    theirs, mine = ask(services, stranger), ask(services, principal)
    assert len(claim_parts(services, theirs.id, worker.id, 64)) == 2
    assert len(claim_parts(services, mine.id, worker.id, 64)) == 2
    assert claim_parts(services, mine.id, worker.id) == []


@pytest.mark.parametrize(
    ("limit", "column"),
    [
        ("max_queued_jobs", None),
        ("max_queued_rows", models.Job.rows_total),
        ("max_queued_bytes", models.Job.bytes_expected),
    ],
    ids=["jobs", "rows", "bytes"],
)
def test_their_unfinished_jobs_leave_me_room(
    services: Services, principal: Principal, stranger: Principal, limit: str, column: Any
) -> None:
    ask(services, stranger)
    with services.db.read() as session:
        most = 1 if column is None else session.execute(select(column)).scalar_one() * 3 // 2
    services = replace(services, settings=replace(services.settings, **{limit: most}))
    ask(services, principal)
    with pytest.raises(TooManyRequestsError):
        ask(services, principal)


def test_their_datasets_do_not_number_mine(
    services: Services, principal: Principal, stranger: Principal, work: Callable[[], None]
) -> None:
    for owner in (stranger, stranger, principal):
        ask(services, owner)
        work()
    assert [one.version for one in datasets.list_datasets(services, principal).items] == [1]
    assert sorted(one.version for one in datasets.list_datasets(services, stranger).items) == [1, 2]
