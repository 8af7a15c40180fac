from __future__ import annotations

from pathlib import Path

import pytest

from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.recipe_file import load_recipe_file
from synthmill.generators.recipes.request import parse
from synthmill.generators.recipes.template import read_template, templates
from tests.command.conftest import Run


@pytest.mark.parametrize("name", sorted(templates()))
def test_a_template_of_ones_own_can_be_used_as_it_is_written(run: Run, tmp_path: Path, name: str) -> None:
    file = tmp_path / "mine.yaml"
    assert run("init", str(file), "--template", name).out.strip() == str(file)
    template = read_template(file)
    assert template.name == "mine"
    assert template.parameters == templates()[name].parameters
    assert file.read_text().startswith("#")
    rows = run("preview", "--template", str(file), "--rows", "50", "--seed", "7", "--json").json["tables"]
    assert rows == run("preview", "--template", name, "--rows", "50", "--seed", "7", "--json").json["tables"]


@pytest.mark.parametrize("name", sorted(STRATEGIES.usable()))
def test_a_recipe_to_begin_with_is_right(run: Run, tmp_path: Path, name: str) -> None:
    file = tmp_path / "recipe.yaml"
    assert run("init", str(file), "--strategy", name).code == 0
    assert f"strategy: {name}" in file.read_text()
    written = load_recipe_file(file)
    if STRATEGIES.get(name).inputs(written["parameters"]):
        # The file that it names is the user's to give; nothing else is missing.
        with pytest.raises(InvalidRequestError, match="isn't here") as refused:
            parse(written)
        assert len(refused.value.errors) == 1
    else:
        assert parse(written).recipe.strategy == name


def test_without_a_word_it_is_tables(run: Run, tmp_path: Path) -> None:
    run("init", str(tmp_path / "recipe.yml"))
    assert "strategy: tabular" in (tmp_path / "recipe.yml").read_text()


def test_a_file_that_is_there_stays(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text("mine")
    ran = run("init", str(file))
    assert (ran.code, file.read_text()) == (2, "mine")
    assert "--force" in ran.err
    assert run("init", str(file), "--force").code == 0
    assert file.read_text() != "mine"


@pytest.mark.parametrize(
    "arguments", [["x.json"], ["x.yaml", "--template", "retail", "--strategy", "tabular"], []]
)
def test_what_can_not_be_is_a_usage_error(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", *arguments).code == 2
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_template_is_named_with_the_known_ones(run: Run, tmp_path: Path) -> None:
    ran = run("init", str(tmp_path / "x.yaml"), "--template", "nothing")
    assert ran.code != 0
    assert "retail" in ran.err
    assert list(tmp_path.iterdir()) == []
