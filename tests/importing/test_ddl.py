"""DDL: ten schemas that people use are imported, made, and loaded, and what can't be read is refused."""

from __future__ import annotations

import itertools
import time
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthmill.generators.conformance.report import rows_of
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.model import Imported
from synthmill.generators.importing.recipe import recipe_yaml, request_for
from synthmill.generators.recipes.request import parse
from synthmill.generators.recipes.yaml_text import load_yaml
from tests.importing.schemas import DIALECTS, schema

NAMES = sorted(DIALECTS)


@cache
def made(name: str, rows: int = 2_000) -> tuple[Imported, Recipe, dict[str, pa.Table]]:
    imported = schema(name)
    recipe = parse({**request_for(imported, rows), "seed": 1}).recipe
    return imported, recipe, rows_of(recipe)


def distinct(rows: pa.Table, names: tuple[str, ...]) -> int:
    return int(rows.select(list(names)).group_by(list(names)).aggregate([]).num_rows)


def check_references(imported: Imported, tables: dict[str, pa.Table]) -> int:
    """How many rows refer to something, all of which is there."""
    checked = 0
    for table in imported.tables:
        for reference in table.references:
            own = tables[table.name].select(list(reference.columns)).drop_null()
            there = (
                tables[reference.table].select(list(reference.references)).rename_columns(reference.columns)
            )
            assert own.join(there, list(reference.columns), join_type="left anti").num_rows == 0, reference
            checked += own.num_rows
    return checked


@pytest.mark.parametrize("name", NAMES)
def test_every_foreign_key_is_valid(name: str) -> None:
    imported, _, tables = made(name)
    checked = check_references(imported, tables)
    assert checked > 0 or name == "wordpress"


@pytest.mark.parametrize("name", NAMES)
def test_no_column_and_no_table_is_lost(name: str) -> None:
    imported, _, tables = made(name)
    assert {table.name: list(table.columns) for table in imported.tables} == {
        table: rows.schema.names for table, rows in tables.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_values_fit_their_types(name: str) -> None:
    imported, _, tables = made(name)
    for table in imported.tables:
        for facts in table.columns.values():
            cells = tables[table.name].column(facts.name)
            if not facts.nullable:
                assert cells.null_count == 0, facts
            if pa.types.is_string(cells.type) and facts.length is not None:
                assert (pc.max(pc.utf8_length(cells)).as_py() or 0) <= facts.length, facts
            if facts.family == "integer":
                assert abs(pc.max(cells).as_py() or 0) < 2 ** (8 * (facts.length or 8) - 1), facts
            if facts.values:
                assert set(cells.drop_null().to_pylist()) <= set(facts.values)


@pytest.mark.parametrize("name", NAMES)
def test_keys_of_one_column_are_unique(name: str) -> None:
    imported, _, tables = made(name)
    for table in imported.tables:
        keys = [table.primary_key, *table.uniques] if table.primary_key else table.uniques
        for key in keys:
            if len(key) == 1:
                assert distinct(tables[table.name], key) == tables[table.name].num_rows, (table.name, key)


def test_checks_and_lists_are_kept() -> None:
    _, _, tables = made("tpch")
    sizes, discounts = tables["part"].column("p_size"), tables["lineitem"].column("l_discount")
    assert (pc.min(sizes).as_py(), pc.max(sizes).as_py()) == (1, 50)
    assert 0 <= float(pc.min(discounts).as_py()) <= float(pc.max(discounts).as_py()) <= 0.1
    assert set(tables["orders"].column("o_orderstatus").to_pylist()) == {"O", "F", "P"}


def test_what_is_not_kept_is_said() -> None:
    imported = read_ddl(
        "CREATE TABLE a (x int, y int, CHECK (x < y)); CREATE TABLE b (z int REFERENCES c (id));"
    )
    request_for(imported)
    assert [note.split(":")[0] for note in imported.notes] == ["a", "b"]
    assert "x < y" in imported.notes[0] and "c" in imported.notes[1]


def test_names_that_files_cannot_have_are_changed_and_said() -> None:
    imported = read_ddl(
        'CREATE TABLE "Order Details" ("1st" int PRIMARY KEY, "a-b" text, "a b" text)', "postgres"
    )
    [table] = request_for(imported)["parameters"]["tables"]
    assert table["name"] == "Order_Details"
    assert [column["name"] for column in table["columns"]] == ["_1st", "a_b", "a_b_2"]
    assert len(imported.notes) == 4


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_file_says_the_same(name: str) -> None:
    request = request_for(schema(name))
    assert load_yaml(recipe_yaml(request)) == request


@pytest.mark.parametrize(
    ("text", "dialect", "field"),
    [
        ("", None, "content"),
        ("SELECT 1", None, "content"),
        ("CREATE TABLE", "postgres", "content"),
        ("CREATE TABLE a (x int", None, "content"),
        ("CREATE TABLE a (x int)", "klingon", "dialect"),
        ("x" * (17 * 2**20), None, "content"),
    ],
)
def test_what_cannot_be_read_is_refused_soon(text: str, dialect: str | None, field: str) -> None:
    start = time.process_time()
    with pytest.raises(InvalidRequestError) as refusal:
        read_ddl(text, dialect)
    assert refusal.value.errors[0].field == field
    assert time.process_time() - start < 5


def test_tables_have_several_times_as_many_rows_as_those_they_refer_to() -> None:
    request = request_for(
        read_ddl(
            "CREATE TABLE customers (id int PRIMARY KEY);"
            "CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers);"
            "CREATE TABLE lines (order_id int REFERENCES orders, n int, PRIMARY KEY (order_id, n));"
            "CREATE TABLE shipments (id int PRIMARY KEY, o int, n int, FOREIGN KEY (o, n) REFERENCES lines)"
        )
    )
    tables = {table["name"]: table for table in request["parameters"]["tables"]}
    rows = [tables[name]["rows"] for name in ("customers", "orders", "lines", "shipments")]
    assert rows[-1] == 1_000
    assert all(3 * fewer <= more for fewer, more in itertools.pairwise(rows)), rows
    assert tables["lines"]["children_of"]["min"] == 1


def test_the_key_of_an_only_child_is_its_parents() -> None:
    imported = read_ddl(
        "CREATE TABLE users (id int PRIMARY KEY);"
        "CREATE TABLE profiles (user_id int PRIMARY KEY REFERENCES users, a text);"
        "CREATE TABLE pictures (user_id int PRIMARY KEY REFERENCES profiles);"
        "CREATE TABLE links (id int PRIMARY KEY, profile int REFERENCES profiles)"
    )
    recipe = parse({**request_for(imported), "seed": 1}).recipe
    assert imported.notes == []
    assert [table["primary_key"] for table in recipe.parameters["tables"]] == [
        ["id"],
        ["user_id"],
        ["user_id"],
        ["id"],
    ]
    tables = rows_of(recipe)
    assert distinct(tables["pictures"], ("user_id",)) == tables["pictures"].num_rows > 1
    check_references(imported, tables)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("CREATE TABLE a (x int, FOREIGN KEY (nope) REFERENCES a (x))", ["a foreign key of a", "nope"]),
        ("CREATE TABLE a (x int); CREATE TABLE b (y int REFERENCES a (nope))", ["key of b", "nope", " a "]),
        ("CREATE TABLE a (x int, PRIMARY KEY (nope))", ["the primary key of a", "nope"]),
        ("CREATE TABLE a (x int, UNIQUE (nope))", ["a unique key of a", "nope"]),
        ("CREATE TABLE a (x int); ALTER TABLE a ALTER COLUMN nope SET NOT NULL", ["ALTER COLUMN", "nope"]),
        (
            "CREATE TABLE a (x int PRIMARY KEY);"
            "CREATE TABLE b (y int, z int, FOREIGN KEY (y, z) REFERENCES a)",
            ["2 columns (y, z)", "1 of a (x)"],
        ),
        ("CREATE TABLE a (x int); CREATE TABLE a (y int)", ["table a", "twice"]),
        ("CREATE TABLE a (x int, x text)", ["a.x", "twice"]),
        ("CREATE TABLE a (x int); ALTER TABLE a ADD x text", ["a.x", "twice"]),
    ],
)
def test_names_that_lead_nowhere_or_are_there_twice_are_refused(text: str, named: list[str]) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        read_ddl(text)
    [error] = refusal.value.errors
    assert all(one in error.reason for one in named), error


def test_alter_table_adds_columns_and_what_is_said_of_them() -> None:
    imported = read_ddl(
        "CREATE TABLE a (x int PRIMARY KEY); CREATE TABLE b (y int); ALTER TABLE b ADD COLUMN a_id INT;"
        "ALTER TABLE b ADD z int NOT NULL CHECK (z > 5), ADD COLUMN IF NOT EXISTS z text;"
        "ALTER TABLE b ADD CONSTRAINT k FOREIGN KEY (a_id) REFERENCES a (x);"
        "ALTER TABLE b ALTER y SET NOT NULL"
    )
    b = imported.tables[1]
    assert [(one.name, one.nullable) for one in b.columns.values()] == [("y", 0), ("a_id", 1), ("z", 0)]
    assert (b.columns["z"].low, b.references[0].columns) == (6, ("a_id",))
    assert imported.notes == []


def test_several_columns_are_added_at_once_in_oracle() -> None:
    text = "CREATE TABLE a (x int); ALTER TABLE a ADD (y int, z int, PRIMARY KEY (y))"
    [a] = read_ddl(text, "oracle").tables
    assert list(a.columns) == ["x", "y", "z"]
    assert a.primary_key == ("y",)


def test_names_differ_by_no_case() -> None:
    imported = read_ddl("CREATE TABLE A (ID int, PRIMARY KEY (id)); CREATE TABLE b (x int REFERENCES a (Id))")
    table, other = imported.tables
    assert table.primary_key == ("ID",)
    assert (other.references[0].table, other.references[0].references) == ("A", ("ID",))
    assert imported.notes == []


def test_statements_that_cannot_be_read_are_said_in_notes_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    imported = read_ddl(
        "CREATE DOMAIN d AS int CHECK (value > 0); CREATE TABLE a (x int); ALTER TABLE a OWNER TO me;"
        "ALTER TABLE a ALTER COLUMN x TYPE bigint; ALTER TABLE b ADD y int; CREATE EXTENSION citext;"
        "CREATE TABLE IF NOT EXISTS a (y int); CREATE TABLE c (z int REFERENCES a)"
    )
    reported = (
        "line 1: CREATE DOMAIN d",
        "a: ALTER COLUMN x",
        "b: ALTER TABLE",
        "passed over, as no column is declared there: CREATE EXTENSION in line 1",
        "c: a, which it refers to",
    )
    assert len(imported.notes) == len(reported)
    assert all(note.startswith(start) for note, start in zip(imported.notes, reported, strict=True))
    assert caplog.records == []


def test_self_references_and_circles_are_kept() -> None:
    _, recipe, tables = made("hr")
    reported = {t["name"]: {c["name"]: c for c in t["columns"]} for t in recipe.parameters["tables"]}
    assert reported["employees"]["manager_id"]["table"] == "employees"
    assert reported["departments"]["manager_id"]["table"] == "employees"
    assert tables["employees"].column("manager_id").null_count > 0


def as_types(recipe: Recipe) -> dict[tuple[str, str], Any]:
    return {
        (table["name"], column["name"]): column.get("sql_type")
        for table in recipe.parameters["tables"]
        for column in table["columns"]
    }


def test_types_are_kept_in_the_recipe() -> None:
    types = as_types(made("sakila")[1])
    assert types["film", "rental_rate"] == "NUMERIC(4, 2)"
    assert types["film", "rating"] == "VARCHAR(5)"
    assert types["language", "name"] == "CHAR(20)"
    assert types["customer", "active"] == "BOOLEAN"
    assert types["rental", "rental_date"] == "TIMESTAMP"
    assert types["staff", "picture"] == "BYTEA"
    assert all(types.values())
