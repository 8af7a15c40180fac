"""What an ended job left in storage is cleared away, whoever changes the job meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import ConflictError, NotFoundError
from synthmill.app.core.execution.sweeper import sweep
from synthmill.app.core.jobs import lifecycle
from synthmill.app.core.jobs.cleanup import clean
from synthmill.app.core.jobs.queries import JobView
from synthmill.app.core.services import Services

Submit = Callable[..., JobView]


@pytest.fixture
def in_the_middle(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[], object]], None]:
    """Have something done while the next clearing away is at storage."""
    removing = services.storage.delete_prefix

    def once(meanwhile: Callable[[], object]) -> None:
        def delete_prefix(prefix: str) -> None:
            monkeypatch.setattr(services.storage, "delete_prefix", removing)
            removing(prefix)
            meanwhile()

        monkeypatch.setattr(services.storage, "delete_prefix", delete_prefix)

    return once


def test_a_job_that_is_deleted_while_it_is_cleared_away_goes_for_good(
    services: Services,
    principal: Principal,
    submit: Submit,
    in_the_middle: Callable[[Callable[[], object]], None],
) -> None:
    job = submit(rows=1_000).id
    in_the_middle(lambda: lifecycle.delete(services, principal, job))
    with pytest.raises(NotFoundError):
        lifecycle.stop(services, principal, job)
    assert rows(services) == []


def test_a_completed_job_that_is_deleted_while_it_is_cleared_away_leaves_no_file(
    services: Services,
    principal: Principal,
    submit: Submit,
    work: Callable[[], None],
    in_the_middle: Callable[[Callable[[], object]], None],
) -> None:
    job = submit(rows=1_000).id
    work()
    with services.db.write() as session:
        session.execute(update(models.Job).values(cleaned=False))
    in_the_middle(lambda: lifecycle.delete(services, principal, job))
    assert clean(services, job)
    assert rows(services) == []
    assert list(services.storage.list("")) == []


def test_a_deleted_job_is_never_begun_again(
    services: Services,
    principal: Principal,
    submit: Submit,
    in_the_middle: Callable[[Callable[[], object]], None],
) -> None:
    job = submit(rows=1_000).id
    lifecycle.stop(services, principal, job)
    with services.db.write() as session:
        session.execute(update(models.Job).values(cleaned=False))
    in_the_middle(lambda: lifecycle.delete(services, principal, job))
    with pytest.raises((ConflictError, NotFoundError)):
        lifecycle.retry(services, principal, job)
    assert rows(services) == []


def test_the_sweeper_removes_deleted_jobs_whatever_else_their_rows_say(
    services: Services, principal: Principal, submit: Submit
) -> None:
    job = submit(rows=1_000).id
    lifecycle.stop(services, principal, job)
    with services.db.write() as session:
        session.execute(update(models.Job).values(deleted=True, cleaned=True))
    sweep(services, "sweeper")
    assert rows(services) == []


def rows(services: Services) -> list[str]:
    with services.db.read() as session:
        return list(session.execute(select(models.Job.id)).scalars())
