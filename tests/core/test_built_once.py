"""Statements that are built once, and given what changes from call to call."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Select, Update, select, update
from sqlalchemy.exc import StatementError

from synthmill.app.core.db import built_once, models
from synthmill.app.core.jobs import queries
from synthmill.app.core.services import Services

Submit = Callable[..., queries.JobView]
Job = models.Job
built: list[str] = []


@built_once
def _state(job_id: str) -> Select[str]:
    built.append("state")
    return select(Job.state).where(Job.id == job_id)


@built_once
def _of(jobs: list[str], most: int) -> Select[str]:
    return select(Job.id).where(Job.id.in_(jobs)).order_by(Job.id).limit(most)


@built_once
def _counted(job_id: str, parts: int) -> Update:
    return update(Job).where(Job.id == job_id).values(parts_done=Job.parts_done + parts, error=None)


def test_a_statement_is_built_once_and_asks_for_what_it_is_given_each_time(
    services: Services, submit: Submit
) -> None:
    job = submit()
    with services.db.read() as session:
        assert session.execute(*_state(job.id)).scalar_one() == "queued"
        assert session.execute(*_state("another")).scalar_one_or_none() is None
        assert session.execute(*_state(job_id=job.id)).scalar_one() == "queued"
    assert built == ["state"]


def test_a_statement_takes_as_many_values_of_a_list_as_there_are(services: Services, submit: Submit) -> None:
    first, second = submit().id, submit().id
    with services.db.read() as session:
        assert session.execute(*_of([first, second, "none"], 5)).scalars().all() == [first, second]
        assert session.execute(*_of([first, second], 1)).scalars().all() == [first]
        assert session.execute(*_of([], 5)).scalars().all() == []


def test_an_update_stores_and_calculates_and_leaves_loaded_rows_as_they_were(
    services: Services, submit: Submit
) -> None:
    job = submit()
    with services.db.write() as session:
        loaded = session.get_one(Job, job.id)
        session.execute(*_counted(job.id, 2))
        session.execute(*_counted(job.id, 3))
        assert loaded.parts_done == 0
    with services.db.read() as session:
        assert session.get_one(Job, job.id).parts_done == 5


def test_a_value_that_is_not_given_is_missed(services: Services) -> None:
    with services.db.read() as session, pytest.raises(StatementError, match="of_most"):
        session.execute(*_of([]))  # type: ignore[call-arg]
