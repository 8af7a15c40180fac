from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthmill.client.client import Client
from synthmill.client.job import Job
from tests.command.conftest import Run


@pytest.fixture
def made(run: Run, shop: Path, tmp_path: Path) -> Path:
    assert run("generate", "--recipe", shop, "--out", tmp_path / "made", "--quiet").code == 0
    return tmp_path / "made"


def test_every_column_is_a_line(run: Run, made: Path) -> None:
    ran = run("profile", made)
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines() if line] == [
        *("customers,", "COLUMN", "id"),
        *("orders,", "COLUMN", "id", "amount"),
    ]


def test_json_is_the_file(run: Run, made: Path) -> None:
    assert run("profile", made, "--json").json == json.loads((made / "profile.json").read_text())


def test_one_table_alone(run: Run, made: Path) -> None:
    assert [
        table["name"] for table in run("profile", made, "--table", "orders", "--json").json["tables"]
    ] == ["orders"]
    assert run("profile", made, "--table", "nothing").code == 2


def test_a_server_and_a_notebook_have_the_same_profile(
    run: Run, run_there: Run, made: Path, client: Client, completed: Job
) -> None:
    [dataset] = client.datasets()
    assert (
        run_there("profile", dataset["id"], "--server", "--json").json == run("profile", made, "--json").json
    )


def test_no_folder_is_one_line(run: Run, tmp_path: Path) -> None:
    ran = run("profile", tmp_path / "nothing")
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
