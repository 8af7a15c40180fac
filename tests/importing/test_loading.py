"""What was imported from DDL, made and exported as SQL loads into real databases, with its keys and types."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.exporting.sql import sql
from synthmill.generators.importing.recipe import request_for
from synthmill.generators.recipes.request import parse
from tests.importing.schemas import DIALECTS, schema
from tests.stack.postgres import Postgres, running_postgres


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with running_postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        yield postgres


def recipe_of(name: str, rows: int) -> Recipe:
    return parse({**request_for(schema(name), rows), "seed": 1}).recipe


def loaded(server: Postgres, recipe: Recipe) -> psycopg.Connection[Any]:
    connection = psycopg.connect(server.new_database().replace("+psycopg", ""), autocommit=True)
    for piece in sql(recipe, "postgresql"):
        connection.execute(piece.encode())
    return connection


_POSTGRES_NAMES = {
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMPTZ": "timestamp with time zone",
    "TIME": "time without time zone",
}


def postgres_name(kind: str) -> str:
    """A type as PostgreSQL names it."""
    name = _POSTGRES_NAMES.get(kind, kind.lower())
    return name.replace("varchar", "character varying").replace("char(", "character(").replace(", ", ",")


def check_loaded(connection: psycopg.Connection[Any], recipe: Recipe) -> None:
    types = connection.execute(
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0"
    ).fetchall()
    found = {(table, column): kind for table, column, kind in types}
    for table in recipe.parameters["tables"]:
        for column in table["columns"]:
            declared = column["sql_type"]
            assert found[table["name"], column["name"]] == postgres_name(declared), (table["name"], column)
    for plan in make_plan(recipe).tables:
        count = connection.execute(f'SELECT count(*) FROM "{plan.name}"'.encode()).fetchone()
        assert count == (plan.rows,)


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_postgresql_loads_it_and_keeps_the_types(server: Postgres, name: str) -> None:
    recipe = recipe_of(name, 500)
    with loaded(server, recipe) as connection:
        check_loaded(connection, recipe)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_a_hundred_thousand_rows_load(server: Postgres, name: str) -> None:
    recipe = recipe_of(name, 100_000)
    with loaded(server, recipe) as connection:
        check_loaded(connection, recipe)


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_sqlite_loads_it_with_its_keys(name: str) -> None:
    recipe = recipe_of(name, 300)
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA foreign_keys = ON")
    database.executescript("".join(sql(recipe, "sqlite")))
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    for plan in make_plan(recipe).tables:
        assert database.execute(f'SELECT count(*) FROM "{plan.name}"').fetchone() == (plan.rows,)


def test_keys_of_several_columns_are_keys_in_the_database(server: Postgres) -> None:
    with loaded(server, recipe_of("tpcc", 300)) as connection:
        keys = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1"
        ).fetchall()
    assert ("FOREIGN KEY (c_w_id, c_d_id) REFERENCES district(d_w_id, d_id)",) in keys
    assert ("FOREIGN KEY (h_c_w_id, h_c_d_id, h_c_id) REFERENCES customer(c_w_id, c_d_id, c_id)",) in keys
