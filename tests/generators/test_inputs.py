"""Inputs of a recipe: files that it names by their sha256, given by whoever runs it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthmill import generate
from synthmill.generators.datasets.verify import verify
from synthmill.generators.datasets.verify_input import AttestError
from synthmill.generators.engine.inputs import Input
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import InvalidRequestError
from tests.trial_strategies import LINES, LINES_SHA256, LINES_TEXT, trial_strategies


@pytest.fixture(scope="module", autouse=True)
def installed() -> Iterator[None]:
    with trial_strategies():
        yield


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "synthmill" / "inputs"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lines.txt"
    path.write_text(LINES_TEXT)
    return path


def test_a_recipe_names_its_inputs_and_others_have_none() -> None:
    recipe = make_recipe("lines", LINES, 0)
    assert recipe.inputs == (Input(LINES_SHA256, "text/plain", "file"),)
    assert recipe.to_dict()["inputs"] == [
        {"sha256": LINES_SHA256, "media_type": "text/plain", "field": "file"}
    ]
    assert Recipe.from_dict(recipe.to_dict()) == recipe
    assert "inputs" not in Recipe("tabular", {}, 0, "1").to_dict()


def test_a_file_is_given_for_a_parameter_or_by_its_sha256(file: Path, cache: Path) -> None:
    by_parameter = generate(strategy="lines", parameters={"rows": 50}, seed=1, inputs={"file": file})
    named = {"file": LINES_SHA256, "rows": 50}
    by_sha256 = generate(strategy="lines", parameters=named, seed=1, inputs={LINES_SHA256: file})
    frame = by_parameter.to_pandas()
    assert set(frame["line"]) <= set(LINES_TEXT.splitlines())
    assert frame.equals(by_sha256.to_pandas())
    assert by_parameter.manifest["recipe"]["inputs"][0]["sha256"] == LINES_SHA256
    assert (cache / LINES_SHA256).read_text() == LINES_TEXT
    again = by_parameter.rows("lines", 10, 20, ["line"], inputs={LINES_SHA256: file})
    assert again["line"].tolist() == frame["line"].tolist()[10:20]


def test_a_missing_input_is_named_by_its_parameter() -> None:
    with pytest.raises(InvalidRequestError, match=rf"parameters.file: the input {LINES_SHA256} isn't here"):
        generate(strategy="lines", parameters=LINES, seed=1)


def test_a_file_that_is_another_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("something else")
    reported = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(InvalidRequestError, match=f"inputs: .*{reported}"):
        generate(strategy="lines", parameters=LINES, seed=1, inputs={LINES_SHA256: other})


def test_a_file_that_nothing_names_is_refused(file: Path) -> None:
    with pytest.raises(InvalidRequestError, match="no parameter names this file"):
        generate(strategy="lines", parameters=LINES, seed=1, inputs={LINES_SHA256: file, "0" * 64: file})


@pytest.mark.parametrize("name", ["a..b", "[0]", "file]", "tables[orders]"])
def test_what_is_no_parameters_path_is_refused(name: str, file: Path) -> None:
    with pytest.raises(InvalidRequestError, match="isn't a parameter's path"):
        generate(strategy="lines", parameters=LINES, seed=1, inputs={name: file})


def test_a_parameter_that_is_no_sha256_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="isn't a sha256"):
        make_recipe("lines", {"file": "lines.txt"}, 0)


def test_where_nothing_can_be_kept_it_works_and_says_so(file: Path, cache: Path) -> None:
    cache.parent.parent.mkdir()
    cache.parent.write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="inputs aren't kept"):
        made = generate(strategy="lines", parameters={"rows": 5}, seed=1, inputs={"file": file})
    assert made.manifest["rows"] == 5


def test_verifying_takes_the_inputs_again(file: Path, tmp_path: Path) -> None:
    generate(strategy="lines", parameters={"rows": 5}, seed=1, inputs={"file": file}, out=tmp_path / "made")
    with pytest.raises(AttestError, match="isn't here"):
        verify(tmp_path / "made")
    assert verify(tmp_path / "made", inputs={LINES_SHA256: file}).intact


def test_equal_recipes_with_inputs_elsewhere_are_planned_apart(file: Path, tmp_path: Path) -> None:
    """A plan may read its file later: one that is gone is of no use to another's."""
    moved = tmp_path / "moved.txt"
    moved.write_text(LINES_TEXT)
    recipe = make_recipe("lines", LINES, 0)
    assert make_plan(recipe, {LINES_SHA256: file}) is make_plan(recipe, {LINES_SHA256: file})
    assert make_plan(recipe, {LINES_SHA256: file}) is not make_plan(recipe, {LINES_SHA256: moved})
