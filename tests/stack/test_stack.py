"""The helpers that other tests stand on."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, select, update

from synthmill.app.core.db import models
from synthmill.supervisor.address import ask_ready
from tests.stack.emptied import Emptied
from tests.stack.postgres import Postgres, running_postgres
from tests.stack.stack import Stack
from tests.waiting import wait_until


def test_a_stack_is_ready_on_every_backend(stack: Stack) -> None:
    wait_until(lambda: ask_ready(stack.url) == (True, ""), "an answer that it is ready")
    assert stack.api_key.startswith("smk_live_")
    assert len(stack.pids("worker")) == 2
    assert len(stack.wait_for("interactive", 1)) == 1


def test_databases_of_one_server_are_separate(postgres: Postgres) -> None:
    one, two = (postgres.new_database().replace("+psycopg", "") for _ in range(2))
    with closing(psycopg.connect(one)) as connection, connection:
        connection.execute("CREATE TABLE mine (id int)")
    with closing(psycopg.connect(two)) as connection:
        assert connection.execute("SELECT to_regclass('mine')").fetchone() == (None,)


@pytest.mark.parametrize("name", ["emptied_sqlite", "emptied_postgresql"])
def test_who_is_lent_a_database_finds_nothing_of_whom_had_it_before(
    name: str, request: pytest.FixtureRequest
) -> None:
    emptied: Emptied = request.getfixturevalue(name)
    with emptied.lent() as database, database.write() as session:
        session.execute(insert(models.Workspace).values(id="ws", name="mine", created_at=0.0))
        session.execute(update(models.Counter).values(value=7))
    with emptied.lent() as database, database.read() as session:
        assert session.execute(select(models.Workspace.id)).all() == []
        counts = session.execute(select(models.Counter.value)).scalars().all()
        assert counts and set(counts) == {0}


def test_a_database_server_ends_with_its_block(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as server:
        address = server.new_database().replace("+psycopg", "")
    try:
        psycopg.connect(address).close()
    except psycopg.OperationalError:
        return
    raise AssertionError("the server still answers")
