from __future__ import annotations

import csv
from pathlib import Path

from tests.command.conftest import Run


def test_the_preview_is_how_the_dataset_begins(run: Run, shop: Path) -> None:
    shown = run("preview", "--recipe", shop, "--limit", 5, "--json").json["tables"]
    run("generate", "--recipe", shop, "--out", "made")
    for table, rows in shown.items():
        with Path(f"made/{table}.csv").open() as file:
            first = [row for row, _ in zip(csv.DictReader(file), range(5), strict=False)]
        assert [{name: str(value) for name, value in row.items()} for row in rows] == first


def test_this_process_and_a_server_show_the_same_rows(run: Run, run_there: Run) -> None:
    arguments = ("preview", "--template", "retail", "--rows", 1000, "--seed", 3, "--json")
    assert run(*arguments).json == run_there(*arguments, "--server").json


def test_one_table_alone(run: Run, shop: Path) -> None:
    assert list(run("preview", "--recipe", shop, "--table", "orders", "--json").json["tables"]) == ["orders"]
    out = run("preview", "--recipe", shop, "--table", "orders", "--limit", 2).out
    assert out.splitlines()[:2] == ["orders", "ID  AMOUNT"]
    assert len(out.splitlines()) == 4


def test_a_drawn_seed_is_told(run: Run) -> None:
    ran = run("preview", "--template", "retail", "--rows", 10)
    assert "was drawn" in ran.err


def test_an_unknown_table_is_named_here_and_there(run: Run, run_there: Run, shop: Path) -> None:
    for ran in (
        run("preview", "--recipe", shop, "--table", "nope"),
        run_there("preview", "--recipe", shop, "--table", "nope", "--server"),
    ):
        assert ran.code == 2
        assert "nope" in ran.err


def test_columns_of_one_table_here_and_there(run: Run, run_there: Run) -> None:
    asked = (
        "--template",
        "retail",
        "--rows",
        100,
        "--seed",
        3,
        "--table",
        "orders",
        "--columns",
        "status,id",
    )
    here = run("preview", *asked, "--json").json["tables"]
    assert here == run_there("preview", *asked, "--json", "--server").json["tables"]
    assert [list(row) for row in here["orders"]] == [["status", "id"]] * 10
