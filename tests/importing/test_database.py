"""Live databases: their keys and checks are in the recipe."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from synthmill.database import read_database
from synthmill.generators.importing.model import Imported
from synthmill.generators.importing.recipe import request_for
from tests.stack.postgres import running_postgres

DDL = """
CREATE TABLE a (
    id integer PRIMARY KEY,
    status varchar(20) CHECK (status IN ('on', 'off')),
    price real CHECK (price >= 10 AND price <= 20),
    lo integer NOT NULL, hi integer, CONSTRAINT named CHECK (lo > 3),
    CHECK (lo < hi)
);
CREATE TABLE b (a_id integer PRIMARY KEY REFERENCES a (id));
"""


def columns(imported: Imported, table: str = "a") -> dict[str, dict[str, Any]]:
    tables = {one["name"]: one for one in request_for(imported)["parameters"]["tables"]}
    return {column["name"]: column for column in tables[table]["columns"]}


def check_kept(imported: Imported) -> None:
    made = columns(imported)
    assert sorted(made["status"]["values"]) == ["off", "on"]
    assert (made["price"]["min"], made["price"]["max"]) == (10, 20)
    assert (made["lo"]["min"], "nulls" in made["lo"]) == (4, False)
    assert ["lo < hi" in note for note in imported.notes] == [True]


def test_checks_of_sqlite_are_kept(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "live.db")) as database:
        database.executescript(DDL)
    check_kept(read_database(f"sqlite:///{tmp_path / 'live.db'}"))


def test_a_table_that_is_referred_to_and_not_there_is_said(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "live.db")) as database:
        database.execute("CREATE TABLE b (a_id integer REFERENCES a (id))")
    assert "a, which it refers to" in read_database(f"sqlite:///{tmp_path / 'live.db'}").notes[0]


def test_checks_and_types_of_postgresql_are_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        url = postgres.new_database()
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(DDL.encode())
            connection.execute("CREATE DOMAIN positive AS integer CHECK (VALUE > 0)")
            connection.execute("CREATE TABLE c (i integer[], p positive, n integer CHECK (n > -5))")
        imported = read_database(url)
        check_kept(imported)
        made = columns(imported, "c")
    assert [made[name]["sql_type"] for name in "ip"] == ["INT[]", "INTEGER"]
    assert made["n"]["min"] == -4
