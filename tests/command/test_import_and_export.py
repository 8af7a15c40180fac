from __future__ import annotations

import sqlite3
from pathlib import Path

from synthmill.generators.recipes.yaml_text import load_yaml
from tests.command.conftest import Run

DDL = """CREATE TABLE a (id INT PRIMARY KEY, name VARCHAR(9));
CREATE TABLE b (id INT PRIMARY KEY, a_id INT REFERENCES a (id));"""


def test_ddl_to_recipe_to_dataset_to_database(run: Run, tmp_path: Path) -> None:
    (tmp_path / "shop.sql").write_text(DDL)
    ran = run("import", tmp_path / "shop.sql", "-o", tmp_path / "shop.yaml", "--rows", 50)
    assert (ran.code, ran.out) == (0, "")
    assert (
        run(
            "generate", "--recipe", tmp_path / "shop.yaml", "--seed", 1, "--out", tmp_path / "shop", "-q"
        ).code
        == 0
    )
    assert run("conformance", tmp_path / "shop").code == 0
    assert run("export", tmp_path / "shop", "--to", "sqlite", "-o", tmp_path / "out.sql").code == 0
    database = sqlite3.connect(":memory:")
    database.executescript((tmp_path / "out.sql").read_text())
    assert database.execute("SELECT count(*) FROM b").fetchone() == (50,)
    assert run("export", tmp_path / "shop", "--to", "xlsx", "-o", tmp_path / "out.xlsx").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("out.sql", "out.xlsx", "shop", "shop.sql", "shop.yaml"),
    ]


def test_without_a_file_the_recipe_is_printed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "things.csv").write_text("id,size\n1,small\n2,large\n3,small\n4,small\n")
    recipe = load_yaml(run("import", tmp_path / "things.csv").out)
    [table] = recipe["parameters"]["tables"]
    assert (table["name"], table["rows"], table["primary_key"]) == ("things", 4, ["id"])
    (tmp_path / "person.json").write_text('{"properties": {"age": {"type": "integer"}}}')
    assert (
        load_yaml(run("import", tmp_path / "person.json").out)["parameters"]["tables"][0]["name"] == "person"
    )


def test_a_live_database(run: Run, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "live.db")
    database.executescript(DDL)
    database.close()
    recipe = load_yaml(run("import", f"sqlite:///{tmp_path / 'live.db'}").out)
    columns = {t["name"]: {c["name"]: c for c in t["columns"]} for t in recipe["parameters"]["tables"]}
    assert columns["b"]["a_id"]["kind"] == "foreign_key"
    assert columns["a"]["name"]["sql_type"] == "VARCHAR(9)"


def test_a_database_that_is_not_there_is_not_made(run: Run, tmp_path: Path) -> None:
    ran = run("import", f"sqlite:///{tmp_path / 'nope.db'}", "-o", tmp_path / "x.yaml")
    assert (ran.code, ran.err.splitlines()) == (
        1,
        [f"error: no file {tmp_path / 'nope.db'}; give the address of a database that is there"],
    )
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_one_line_for_every_target(run: Run, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(
        '{"strategy": "tabular", "parameters": {"tables": [{"name": "t", "rows": 2,'
        ' "columns": [{"name": "id", "kind": "sequence"}]}]}}'
    )
    assert run("generate", "--recipe", tmp_path / "r.json", "--out", tmp_path / "t", "-q").code == 0
    for target in ("sqlite", "postgresql", "xlsx"):
        ran = run("export", tmp_path / "t", "--to", target, "-o", tmp_path / "nodir" / "x")
        assert ran.code == 1 and len(ran.err.splitlines()) == 1
        assert ran.err.endswith("No such file or directory\n")


def test_what_is_not_taken_over_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE a (x INT, y INT, CHECK (x < y));")
    ran = run("import", tmp_path / "a.sql")
    assert "note: a: the check x < y isn't taken over" in ran.err


def test_errors_are_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("nothing of SQL")
    for arguments, code in (
        ([tmp_path / "nothing.sql"], 1),
        ([tmp_path / "a.sql"], 2),
        (["sqlite:////nowhere/at/all.db"], 1),
    ):
        ran = run("import", *arguments)
        assert (ran.code, len(ran.err.splitlines())) == (code, 1), ran.err
    assert run("export", tmp_path, "--to", "sqlite", "-o", tmp_path / "x").code != 0


def test_books_of_french_companies_are_files_for_their_tax_office(run: Run, tmp_path: Path) -> None:
    books = tmp_path / "books"
    assert run("generate", "--template", "books", "--rows", 300, "--seed", 1, "--out", books, "-q").code == 0
    ran = run("export", books, "--to", "fec", "-o", tmp_path / "fec")
    assert ran.code == 0, ran.err
    names = sorted(path.name for path in (tmp_path / "fec").iterdir())
    assert names == ["000003000FEC20231231.txt", "000003000FEC20241231.txt"]
    ran = run("export", books, "--to", "sqlite", "-o", tmp_path / "fec")
    assert ran.code == 2
    assert "is a folder: name a file" in ran.err
