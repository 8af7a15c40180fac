from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command.conftest import Run


@pytest.fixture
def made(run: Run, shop: Path, tmp_path: Path) -> Path:
    assert run("generate", "--recipe", shop, "--out", tmp_path / "made", "--quiet").code == 0
    return tmp_path / "made"


def test_rows_are_the_files_rows_with_its_header(run: Run, made: Path) -> None:
    header, *lines = (made / "orders.csv").read_text().splitlines(keepends=True)
    ran = run("rows", made / "manifest.json", "orders", "5:8")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == header + "".join(lines[5:8])
    assert run("rows", made, "orders", "5:8", "--no-header").out == "".join(lines[5:8])
    assert run("rows", made, "orders", "7").out == header + lines[7]
    assert run("rows", made, "orders", ":").out == header + "".join(lines)


def test_rows_as_json(run: Run, made: Path) -> None:
    array = run("rows", made, "orders", "0:3", "--format", "json").json
    lines = run("rows", made, "orders", "0:3", "--format", "jsonl").out.splitlines()
    assert array == [json.loads(line) for line in lines]
    assert len(array) == 3
    assert run("rows", made, "orders", "3:3", "--format", "json").json == []


def test_no_file_but_the_manifest_is_needed(run: Run, made: Path) -> None:
    before = run("rows", made, "orders", "0:3").out
    for path in made.glob("*.csv"):
        path.unlink()
    assert run("rows", made, "orders", "0:3").out == before


@pytest.mark.parametrize(
    ("table", "rows", "reported"),
    [
        ("nope", "0:1", "table: unknown table 'nope' (one of customers, orders)"),
        ("orders", "0:99999999", "rows: the table has no row 99999998"),
        ("orders", "5:1", "rows: 5:1 ends before it begins"),
        ("orders", "x", "rows: 'x' isn't a range"),
    ],
)
def test_what_is_not_there_is_named(run: Run, made: Path, table: str, rows: str, reported: str) -> None:
    ran = run("rows", made, table, rows)
    assert (ran.code, ran.out) == (2, "")
    assert reported in ran.err


def test_what_is_no_manifest_is_one_line(run: Run, made: Path) -> None:
    ran = run("rows", made / "orders.csv", "orders", "0:1")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"error: {made / 'orders.csv'} isn't a manifest\n"


def test_chosen_columns_come_in_the_order_they_are_named(run: Run, made: Path) -> None:
    whole = [line.split(",") for line in run("rows", made, "orders", "0:3").out.splitlines()]
    chosen = run("rows", made, "orders", "0:3", "--columns", f"{whole[0][1]},{whole[0][0]}").out
    assert chosen.splitlines() == [f"{line[1]},{line[0]}" for line in whole]


def test_a_column_that_is_not_there_is_named(run: Run, made: Path) -> None:
    ran = run("rows", made, "orders", "0:1", "--columns", "amonut")
    assert (ran.code, ran.out) == (2, "")
    assert "columns: unknown column 'amonut', did you mean amount?" in ran.err
