"""Exports hold the dataset's rows: SQL read back by SQLite, workbooks by openpyxl."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.exporting.sql import sql
from synthmill.generators.exporting.xlsx import write_xlsx
from synthmill.generators.recipes.request import parse
from synthmill.library import generate

AWKWARD = [
    "it's",
    'a "quote"',
    "back\\slash",
    "new\nline",
    "=1+1",
    "naïve 漢",
    "",
    "NULL",
    "http://example.org",
]


def retail() -> Recipe:
    return parse({"template": "retail", "rows": 500, "seed": 3}).recipe


def awkward(rows: int = 50) -> Recipe:
    columns: list[dict[str, Any]] = [
        {"name": "order", "kind": "sequence", "start": 2**53},
        {"name": "text", "kind": "categorical", "values": AWKWARD, "nulls": 0.2},
        {"name": "share", "kind": "normal", "sql_type": "REAL"},
        {"name": "on", "kind": "boolean", "nulls": 0.3},
        {"name": "day", "kind": "date", "start": "1850-01-01", "end": "2020-01-01"},
        {"name": "at", "kind": "timestamp", "precision": "millisecond"},
    ]
    table = {"name": "group", "rows": rows, "primary_key": ["order"], "columns": columns}
    return make_recipe("tabular", {"tables": [table]}, 1)


def loaded(recipe: Recipe) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA foreign_keys = ON")
    database.executescript("".join(sql(recipe, "sqlite")))
    return database


def test_sqlite_has_the_rows_of_the_dataset() -> None:
    database = loaded(retail())
    with generate("retail", rows=500, seed=3) as dataset:
        for name, frame in dataset.to_pandas().items():
            found = pd.read_sql(f"SELECT * FROM {name}", database)
            assert list(found) == list(frame)
            for column in found:
                given, read = frame[column], found[column]
                if given.dtype.kind == "M":
                    given, read = given.dt.strftime("%Y-%m-%d %H:%M:%S"), read.str.slice(0, 19)
                if column in NUMBERS or given.dtype.kind in "ifb":
                    assert read.astype(float).sum() == pytest.approx(given.astype(float).sum()), column
                else:
                    assert texts(read) == texts(given), column


NUMBERS = ("price", "balance", "unit_price")


def texts(column: pd.Series[Any]) -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in column]


def test_keys_are_there() -> None:
    database = loaded(retail())
    keys = {row[2:5] for row in database.execute("PRAGMA foreign_key_list(order_items)")}
    assert keys == {("orders", "order_id", "id"), ("products", "product_id", "id")}
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO customers SELECT * FROM customers")


def test_awkward_values_come_back() -> None:
    database = loaded(awkward())
    found = {value for (value,) in database.execute('SELECT "text" FROM "group"')}
    assert found == {*AWKWARD, None}
    assert database.execute('SELECT min("order") FROM "group"').fetchone() == (2**53,)
    assert '"share" REAL NOT NULL' in "".join(sql(awkward(), "postgresql"))


def test_an_unknown_dialect_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="db2"):
        next(sql(retail(), "db2"))


@pytest.mark.parametrize("name", ["VARCHAR(10); DROP TABLE x", "'", "INT --", "a" * 65, ""])
def test_a_type_that_is_no_name_is_refused(name: str) -> None:
    column = {"name": "a", "kind": "sequence", "sql_type": name}
    with pytest.raises(InvalidRequestError, match="sql_type"):
        make_recipe("tabular", {"tables": [{"name": "t", "rows": 1, "columns": [column]}]}, 0)


def test_a_workbook_has_a_sheet_for_each_table(tmp_path: Path) -> None:
    write_xlsx(retail(), tmp_path / "shop.xlsx")
    book = openpyxl.load_workbook(tmp_path / "shop.xlsx")
    with generate("retail", rows=500, seed=3) as dataset:
        frames = dataset.to_pandas()
    assert book.sheetnames == list(frames)
    for name, frame in frames.items():
        rows = list(book[name].values)
        assert list(rows[0]) == list(frame)
        assert len(rows) == len(frame) + 1
    assert isinstance(book["customers"]["I2"].value, datetime)
    assert book["customers"]["A2"].value == 1


def test_texts_stay_texts_and_long_numbers_keep_their_digits(tmp_path: Path) -> None:
    write_xlsx(awkward(), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["group"]
    texts = {cell.value for cell in sheet["B"][1:]}
    assert {"=1+1", "http://example.org", "it's"} <= texts
    assert all(cell.data_type == "s" for cell in sheet["B"][1:] if cell.value is not None)
    assert sheet["A2"].value == str(2**53)


def test_more_rows_than_a_sheet_has_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        write_xlsx(awkward(1_048_576), tmp_path / "a.xlsx")
    assert refusal.value.errors[0].field == "tables[group]"
    assert "1,048,576" in refusal.value.errors[0].reason
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_nul_which_no_database_holds_is_left_out_of_a_text(dialect: str) -> None:
    columns = [{"name": "x", "kind": "constant", "value": "a\0b"}]
    recipe = make_recipe("tabular", {"tables": [{"name": "t", "rows": 1, "columns": columns}]}, 1)
    written = "".join(sql(recipe, dialect))
    assert "\0" not in written
    assert "'ab'" in written
