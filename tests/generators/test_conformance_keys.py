"""Keys of several columns: what conforms passes, and one row with a pair that isn't there is found."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pytest

from synthmill.generators.conformance.report import conformance, rows_of
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.recipe import request_for
from synthmill.generators.recipes.request import parse

PARENTS = (
    "CREATE TABLE s (x int PRIMARY KEY);"
    "CREATE TABLE a (x int REFERENCES s, y int, z text, PRIMARY KEY (x, y));"
)
PAIRS = "FOREIGN KEY (ax, ay) REFERENCES a (x, y))"
LINES = f"CREATE TABLE l (ax int, ay int, n int, PRIMARY KEY (ax, ay, n), {PAIRS};"
SCHEMAS = {
    "two columns": f"{PARENTS} CREATE TABLE b (id int PRIMARY KEY, ax int NOT NULL, ay int NOT NULL, {PAIRS}",
    "two columns that may be null": f"{PARENTS} CREATE TABLE b (id int PRIMARY KEY, ax int, ay int, {PAIRS}",
    "three columns": f"{PARENTS} {LINES} CREATE TABLE b (id int PRIMARY KEY, ax int NOT NULL,"
    " ay int NOT NULL, n int NOT NULL, FOREIGN KEY (ax, ay, n) REFERENCES l (ax, ay, n))",
    "the key of children": f"{PARENTS} {LINES}",
}


@cache
def made(name: str) -> tuple[Recipe, dict[str, pa.Table]]:
    recipe = parse({**request_for(read_ddl(SCHEMAS[name]), 2_000), "seed": 1}).recipe
    return recipe, rows_of(recipe)


@pytest.mark.parametrize("name", SCHEMAS)
def test_rows_whose_pairs_are_all_there_conform(name: str) -> None:
    assert conformance(*made(name)).failed == ()


@pytest.mark.parametrize("name", [name for name in SCHEMAS if name != "the key of children"])
def test_a_pair_that_is_not_there_is_found_though_all_its_cells_are(name: str) -> None:
    recipe, tables = made(name)
    own = [column for column in tables["b"].schema.names if column != "id"]
    there = tables["l"].select(own) if len(own) == 3 else tables["a"].select(["x", "y"])
    known = set(zip(*there.to_pydict().values(), strict=True))
    cells = tables["b"].select(own).to_pydict()
    last = cells[own[-1]]
    pairs = enumerate(zip(*cells.values(), strict=True))
    at, wrong = next(
        (at, cell)
        for at, pair in pairs
        for cell in last
        if None not in (*pair, cell) and (*pair[:-1], cell) not in known
    )
    last[at] = wrong
    place = tables["b"].schema.get_field_index(own[-1])
    field = tables["b"].schema.field(place)
    broken = tables["b"].set_column(place, field, pa.array(last, field.type))
    failed = conformance(recipe, {**tables, "b": broken}).failed
    assert ("b", ", ".join(own), "foreign_key") in [(one.table, one.column, one.what) for one in failed]
