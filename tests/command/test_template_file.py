"""A template may be named by its file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import synthmill
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.template import FOLDER
from tests.command.conftest import Run


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.yaml"
    file.write_text((FOLDER / "retail.yaml").read_text().replace("name: retail", "name: shop", 1))
    return file


def test_it_makes_what_the_template_of_that_content_makes(run: Run, shop: Path, tmp_path: Path) -> None:
    wish = ["--rows", "300", "--rows", "products=20", "--seed", "3", "--json"]
    here = run("generate", "--template", str(shop), *wish, "--out", str(tmp_path / "a")).json
    there = run("generate", "--template", "retail", *wish, "--out", str(tmp_path / "b")).json
    assert [file["root"] for file in here["files"]] == [file["root"] for file in there["files"]]


def test_a_server_gets_all_that_stands_in_it(run: Run, run_there: Run, shop: Path) -> None:
    wish = ["preview", "--template", str(shop), "--rows", "40", "--seed", "3", "--json"]
    assert run_there(*wish, "--server").json == run(*wish).json


def test_json_will_do_and_parameters_are_laid_over_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "tiny.json"
    columns = [{"name": "id", "kind": "sequence"}]
    content = {
        "name": "tiny",
        "title": "Tiny",
        "description": "One table.",
        "main": "t",
        "default_rows": 3,
        "parameters": {"tables": [{"name": "t", "columns": columns}]},
    }
    file.write_text(json.dumps(content))
    over = json.dumps({"tables": [{"name": "t", "columns": [{"name": "id", "start": 5}]}]})
    made = run("preview", "--template", str(file), "--parameters", over, "--json").json["tables"]
    assert made == {"t": [{"id": 5}, {"id": 6}, {"id": 7}]}


def test_the_library_takes_a_path(shop: Path) -> None:
    with (
        synthmill.generate(shop, rows=50, seed=1) as here,
        synthmill.generate("retail", rows=50, seed=1) as there,
    ):
        assert here.to_pandas("orders").equals(there.to_pandas("orders"))


def test_what_is_wrong_in_a_file_is_named(run: Run, shop: Path) -> None:
    shop.write_text(shop.read_text().replace("main: order_items", "main: nothing"))
    ran = run("preview", "--template", str(shop))
    assert ran.code == 2
    assert "main: no such table in parameters: nothing" in ran.err
    with pytest.raises(InvalidRequestError, match="no such table"):
        synthmill.generate(shop)


def test_a_file_that_is_not_there_is_one_line(run: Run, tmp_path: Path) -> None:
    ran = run("preview", "--template", str(tmp_path / "none.yaml"))
    assert ran.code == 2
    assert f"template: there is no file {tmp_path / 'none.yaml'}" in ran.err
    assert len(ran.err.splitlines()) == 1
