"""Types of SQL: values that databases read as such, and a note where a type becomes text."""

from __future__ import annotations

from typing import Any

import psycopg
import pyarrow.compute as pc
import pytest

from synthmill.generators.conformance.report import rows_of
from synthmill.generators.exporting.sql import sql
from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.recipe import request_for
from synthmill.generators.recipes.request import parse
from tests.stack.postgres import running_postgres

POSTGRES = [
    "INET", "CIDR", "MACADDR", "INTERVAL", "OID", "REAL", "DATE", "TIME", "UUID", "JSONB", "BYTEA", "INT[]",
]  # fmt: skip


def column(kind: str, dialect: str) -> tuple[dict[str, Any], list[str]]:
    imported = read_ddl(f"CREATE TABLE a (x {kind} NOT NULL)", dialect)
    return request_for(imported)["parameters"]["tables"][0]["columns"][0], imported.notes


def test_postgresql_reads_values_of_its_own_types(tmp_path_factory: pytest.TempPathFactory) -> None:
    reported = ", ".join(f"x{at} {kind}, y{at} {kind} UNIQUE" for at, kind in enumerate(POSTGRES))
    imported = read_ddl(f'CREATE TABLE a (x "char", y INTERVAL YEAR TO MONTH, {reported})', "postgres")
    recipe = parse({**request_for(imported, 200), "seed": 1}).recipe
    with running_postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        url = postgres.new_database().replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            for piece in sql(recipe, "postgresql"):
                connection.execute(piece.encode())
    types = {one["name"]: one["sql_type"] for one in recipe.parameters["tables"][0]["columns"]}
    assert [types[f"x{at}"] for at in range(len(POSTGRES))] == POSTGRES


@pytest.mark.parametrize("kind", ["POINT", "TSVECTOR", "HSTORE", "INT4RANGE", "XML", "p.mood", "XID"])
def test_a_type_without_a_kind_becomes_text_and_that_is_said(kind: str) -> None:
    made, notes = column(kind, "postgres")
    assert (made["kind"], made["sql_type"]) == ("text", "TEXT")
    [note] = notes
    assert "x becomes TEXT" in note


@pytest.mark.parametrize(
    ("kind", "made", "sql_type"),
    [
        ("double unsigned", "uniform", "DOUBLE PRECISION"),
        ("decimal(4, 1) unsigned", "decimal", "NUMERIC(4, 1)"),
        ("tinyint(1)", "boolean", "BOOLEAN"),
        ("tinyint(1) CHECK (x IN (0, 1))", "boolean", "BOOLEAN"),
        ("tinyint(4)", "integer", "SMALLINT"),
        ("bit(1)", "boolean", "BOOLEAN"),
    ],
)
def test_types_of_mysql(kind: str, made: str, sql_type: str) -> None:
    found, notes = column(kind, "mysql")
    assert (found["kind"], found["sql_type"], notes) == (made, sql_type, [])


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("year", 1901, 2155), ("year CHECK (x < 1940)", 1901 - 50, 1939), ("bit(3)", 0, 7)],
)
def test_numbers_of_mysql_stay_within_their_types(kind: str, low: int, high: int) -> None:
    imported = read_ddl(f"CREATE TABLE a (x {kind})", "mysql")
    cells = rows_of(parse({**request_for(imported), "seed": 1}).recipe)["a"].column("x")
    assert low <= pc.min(cells).as_py() < pc.max(cells).as_py() <= high


def test_a_unique_column_that_cannot_be_counted_is_said() -> None:
    imported = read_ddl("CREATE TABLE a (x DATE UNIQUE, y INT UNIQUE)")
    request_for(imported)
    assert imported.notes == ["a: that x are unique isn't taken over"]


@pytest.mark.parametrize(
    ("dialect", "kind", "family", "sql_type"),
    [
        ("mysql", "tinyint unsigned", "integer", "SMALLINT"),
        ("mysql", "smallint", "integer", "SMALLINT"),
        ("mysql", "smallint unsigned", "integer", "INTEGER"),
        ("mysql", "mediumint unsigned", "integer", "INTEGER"),
        ("mysql", "int", "integer", "INTEGER"),
        ("mysql", "int unsigned", "integer", "BIGINT"),
        ("mysql", "bigint unsigned", "integer", "BIGINT"),
        ("mysql", "timestamp", "timestamp", "TIMESTAMPTZ"),
        ("mysql", "datetime", "timestamp", "TIMESTAMP"),
        ("postgres", "money", "decimal", "NUMERIC(19, 4)"),
        ("postgres", "timestamp", "timestamp", "TIMESTAMP"),
        ("postgres", "timestamptz", "timestamp", "TIMESTAMPTZ"),
        ("postgres", "numeric", "decimal", "NUMERIC"),
        ("postgres", "serial", "integer", "INTEGER"),
        ("postgres", "bigserial", "integer", "BIGINT"),
        ("tsql", "money", "decimal", "NUMERIC(19, 4)"),
        ("tsql", "smallmoney", "decimal", "NUMERIC(19, 4)"),
        ("tsql", "bit", "boolean", "BOOLEAN"),
        ("tsql", "tinyint", "integer", "SMALLINT"),
        ("tsql", "smalldatetime", "timestamp", "TIMESTAMP"),
        ("snowflake", "timestamp_ltz", "timestamp", "TIMESTAMPTZ"),
        ("snowflake", "timestamp_ntz", "timestamp", "TIMESTAMP"),
        ("snowflake", "timestamp_tz", "timestamp", "TIMESTAMPTZ"),
        ("oracle", "timestamp with local time zone", "timestamp", "TIMESTAMPTZ"),
        ("bigquery", "bignumeric", "decimal", "NUMERIC"),
    ],
)
def test_a_type_becomes_the_postgresql_type_that_holds_all_its_values(
    dialect: str, kind: str, family: str, sql_type: str
) -> None:
    (table,) = read_ddl(f"CREATE TABLE a (x {kind})", dialect).tables
    facts = table.columns["x"]
    assert (facts.family, facts.sql_type) == (family, sql_type)


@pytest.mark.parametrize(
    ("kind", "most"), [("SMALLINT", 2**15 - 1), ("INTEGER", 2**31 - 1), ("BIGINT", 2**63 - 1)]
)
def test_a_check_at_the_greatest_number_of_a_type_is_kept_and_one_beyond_is_not(kind: str, most: int) -> None:
    for wished in (most, most + 1):
        made, _ = column(f"{kind} CHECK (x >= {most - 5} AND x <= {wished})", "postgres")
        assert (made["min"], made["max"]) == (most - 5, most)
