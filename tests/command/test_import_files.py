"""`synthmill import` of files as people have them: encodings, nulls, what isn't installed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from synthmill.generators.recipes.yaml_text import load_yaml
from tests.command.conftest import Run

COUNTRY = "CREATE TABLE a (stadt text CHECK (stadt IN ('Köln', 'Ulm')));"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_the_command_reads_ddl_and_json_in_any_of_them(run: Run, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.sql").write_bytes(COUNTRY.encode(encoding))
    (tmp_path / "b.json").write_bytes('{"properties": {"stadt": {"enum": ["Köln"]}}}'.encode(encoding))
    for name in ("a.sql", "b.json"):
        ran = run("import", tmp_path / name)
        assert (ran.code, "Köln" in ran.out) == (0, True), ran.err


def test_the_command_takes_an_encoding_and_refuses_an_unknown_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes(COUNTRY.encode("cp437"))
    assert "Köln" in run("import", tmp_path / "a.sql", "--encoding", "cp437").out
    ran = run("import", tmp_path / "a.sql", "--encoding", "nope")
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "unknown encoding 'nope'" in ran.err


def test_texts_that_are_null_can_be_chosen(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,x,y\n1,NA,-\n2,DE,1\n3,DE,2\n")

    def made(*options: str) -> list[Mapping[str, Any]]:
        columns = load_yaml(run("import", tmp_path / "t.csv", *options).out)["parameters"]["tables"][0][
            "columns"
        ]
        return list(columns[1:])

    assert ["nulls" in one for one in made()] == [False, False]
    assert ["nulls" in one for one in made("--null", "NA")] == [True, False]
    assert ["nulls" in one for one in made("--null", "NA", "--null", "-")] == [True, True]
    assert ["nulls" in one for one in made("--null", "")] == [False, False]


def test_a_note_says_what_a_script_loses(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.SQL").write_text("CREATE TABLE a (x INT);\nCOPY a (x) FROM stdin;\n1\n\\.\n")
    ran = run("import", tmp_path / "a.SQL")
    assert (ran.code, ran.err) == (0, "note: passed over, as no column is declared there: COPY in line 2\n")


@pytest.mark.parametrize("missing", ["sqlalchemy", "psycopg"])
def test_a_database_without_what_reads_it_is_one_line_with_the_remedy(
    run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in [
        name for name in sys.modules if name == "synthmill.database" or name.split(".")[0] == missing
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    ran = run("import", "postgresql+psycopg://localhost:1/shop")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert missing in ran.err
    assert "pip install 'synthmill[server]'" in ran.err


@pytest.mark.parametrize(
    ("name", "options", "form"),
    [
        ("a.sql", ("--null", "NA"), "DDL"),
        ("a.csv", ("--dialect", "mysql"), "CSV"),
        ("a.parquet", ("--encoding", "utf-8"), "Parquet"),
        ("a.json", ("--schema", "public"), "JSON Schema"),
        ("sqlite:///a.db", ("--encoding", "utf-8"), "a database"),
    ],
)
def test_an_option_for_something_else_is_refused(
    run: Run, tmp_path: Path, name: str, options: tuple[str, ...], form: str
) -> None:
    ran = run("import", name if "://" in name else tmp_path / name, *options)
    assert (ran.code, ran.out) == (2, "")
    assert f"{options[0]} is for" in ran.err and f"and this is {form}" in ran.err
