"""No update is lost, however many write at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select, update

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import Database, db_now, engine
from synthmill.app.core.db.models import Workspace
from synthmill.app.core.services import Services


def test_reading_and_then_writing_loses_nothing(services: Services, principal: Principal) -> None:
    mine = Workspace.id == principal.workspace_id

    def add_one(_: int) -> None:
        with services.db.write() as session:
            seen = session.execute(select(Workspace.created_at).where(mine).with_for_update()).scalar_one()
            session.execute(update(Workspace).where(mine).values(created_at=seen + 1))

    with services.db.write() as session:
        session.execute(update(Workspace).where(mine).values(created_at=0))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(100)))
    with services.db.read() as session:
        assert session.execute(select(Workspace.created_at).where(mine)).scalar_one() == 100


def test_an_exception_rolls_everything_back(services: Services, principal: Principal) -> None:
    class OopsError(Exception): ...

    try:
        with services.db.write() as session:
            session.execute(update(Workspace).values(name="gone"))
            raise OopsError
    except OopsError:
        pass
    with services.db.read() as session:
        assert session.execute(select(Workspace.name)).scalar_one() == "default"


def test_the_databases_clock_is_seconds_since_1970_to_the_millisecond(services: Services) -> None:
    with services.db.read() as session:
        first = session.execute(select(db_now())).scalar_one()
        second = session.execute(select(db_now())).scalar_one()
    assert 1_700_000_000 < first <= second < first + 60


def test_threads_that_use_a_database_first_and_at_once_share_one_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Engine] = []
    others = threading.Barrier(2)

    def slowly(*given: Any, **named: Any) -> Engine:
        made.append(create_engine(*given, **named))
        with suppress(threading.BrokenBarrierError):
            others.wait(0.2)  # Until a second one is made too, if one ever is.
        return made[-1]

    monkeypatch.setattr(engine, "create_engine", slowly)
    with closing(Database(f"sqlite:///{tmp_path / 'new.db'}")) as database, ThreadPoolExecutor(2) as pool:
        found = set(pool.map(lambda _: database.engine, range(2)))
    assert len(found) == len(made) == 1
