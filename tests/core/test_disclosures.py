"""How often real files were asked about is counted one by one, and outlives what was asked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import LimitExceededError
from synthmill.app.core.learned.disclosures import count_evaluation
from synthmill.app.core.services import Services

A, B = "a" * 64, "b" * 64


def count(services: Services, principal: Principal, *files: str, most: int = 0) -> None:
    real = {f"real.t{at}.upload": sha256 for at, sha256 in enumerate(files)}
    with services.db.write() as session:
        count_evaluation(session, principal.workspace_id, real, most)


def counted(services: Services) -> dict[str, int]:
    with services.db.read() as session:
        rows = session.execute(select(models.Disclosure.sha256, models.Disclosure.evaluations)).all()
    return {row.sha256: row.evaluations for row in rows}


def test_each_evaluation_counts_once_for_each_of_its_real_files(
    services: Services, principal: Principal
) -> None:
    for expected in (1, 2, 3):
        count(services, principal, A)
        assert counted(services) == {A: expected}
    count(services, principal, A, B)
    assert counted(services) == {A: 4, B: 1}


def test_a_file_that_is_several_tables_counts_once(services: Services, principal: Principal) -> None:
    count(services, principal, A, B, A)
    assert counted(services) == {A: 1, B: 1}


def test_the_last_that_may_be_is_allowed_and_the_next_is_refused_and_counts_nothing(
    services: Services, principal: Principal
) -> None:
    for _ in range(3):
        count(services, principal, A, most=3)
    with pytest.raises(LimitExceededError, match="evaluated 3 times"):
        count(services, principal, B, A, most=3)
    assert counted(services) == {A: 3}
    count(services, principal, B, most=3)
    assert counted(services) == {A: 3, B: 1}


def test_without_a_limit_any_number_is_allowed_and_counted(services: Services, principal: Principal) -> None:
    for _ in range(5):
        count(services, principal, A)
    with pytest.raises(LimitExceededError, match="evaluated 5 times"):
        count(services, principal, A, most=5)
