"""Generators that raise, storage that is away, workers that vanish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.execution import part
from synthmill.app.core.jobs import queries, watch
from synthmill.app.core.services import Services

Submit = Callable[..., queries.JobView]
Work = Callable[[], None]


def raising(error: BaseException) -> Callable[..., Iterator[Any]]:
    def make_blocks(*_: object) -> Iterator[Any]:
        raise error
        yield

    return make_blocks


@pytest.mark.parametrize("error", [ValueError("no such word"), MemoryError()])
def test_a_part_that_raises_three_times_fails_its_job_with_the_reason(
    services: Services,
    principal: Principal,
    submit: Submit,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    monkeypatch.setattr(part, "make_blocks", raising(error))
    job = submit()
    work()
    failed = queries.get_job(services, principal, job.id)
    assert failed.state == "failed"
    assert failed.error is not None
    assert "no such word" in failed.error or "memory" in failed.error
    assert watch.read_events(services, principal, job.id)[-1].type == "error"
    assert list(services.storage.list("")) == []
    assert services.storage.uploads("") == []


@pytest.mark.parametrize(
    "moment",
    [
        "synthmill.app.core.execution.finaliser._complete",
        "synthmill.app.core.execution.files.finalise.manifest.manifest",
    ],
)
def test_a_finaliser_that_died_is_followed_by_another_and_no_part_is_made_again(
    services: Services,
    principal: Principal,
    submit: Submit,
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    class PowerCutError(BaseException): ...

    def die(*_: object) -> None:
        raise PowerCutError

    job = submit()
    with monkeypatch.context() as dying, pytest.raises(PowerCutError):
        dying.setattr(moment, die)
        work()
    services.queue.wake(job.id, "bulk")
    work()
    assert queries.get_job(services, principal, job.id).state == "completed"
    with services.db.read() as session:
        attempts = session.execute(select(models.Part.attempt).where(models.Part.job_id == job.id)).scalars()
        assert set(attempts) == {1}
