"""Recipe files: requests written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthmill.generators import limits
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.recipe_file import load_recipe_file
from synthmill.generators.recipes.request import parse
from tests.generators.visits import parameters


def file(folder: Path, text: str, name: str = "recipe.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(InvalidRequestError) as caught:
        load_recipe_file(path)
    assert len(caught.value.errors) == 1
    return str(caught.value)


def test_yaml_and_json_mean_the_same(tmp_path: Path) -> None:
    request = {"strategy": "tabular", "seed": 7, "rows": {"people": 5}, "parameters": parameters(1, 1)}
    as_json = file(tmp_path, json.dumps(request), "r.json")
    as_yaml = file(tmp_path, json.dumps(request, indent=2), "r.yaml")
    assert load_recipe_file(as_json) == load_recipe_file(as_yaml) == request
    assert parse(load_recipe_file(as_yaml)).recipe.seed == 7


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("2024-12-31", "2024-12-31"),
        ("12:30:00", "12:30:00"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("010", "010"),
        ("-3", -3),
        ("1e3", 1000.0),
        ("0.5", 0.5),
        (".5e-1", 0.05),
        ("1.2.3", "1.2.3"),
        (".nan", ".nan"),
        ("'7'", "7"),
    ],
)
def test_plain_words_mean_what_they_look_like(tmp_path: Path, text: str, value: object) -> None:
    found = load_recipe_file(file(tmp_path, f"template: {text}"))["template"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("field", ["workspace", "dataset", "max_parallel"])
def test_what_belongs_to_a_server_is_refused_in_process(tmp_path: Path, field: str) -> None:
    path = file(tmp_path, f"template: retail\n{field}: 3\n")
    assert refused(path).startswith(f"{field}: belongs to a server")
    assert load_recipe_file(path, for_server=True)[field] == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "isn't a request"),
        ("- a\n- b\n", "isn't a request"),
        ("a: [", "not YAML"),
        ("seed: 1\nseed: 2\n", "seed comes twice"),
        ("a: &x [1]\nb: *x\n", "aliases aren't allowed"),
        ("a: !!python/object/apply:os.getcwd []\n", "not YAML"),
        ("a: " + "[" * 100_000, "nested more than 32 deep"),
        ("seed: " + "9" * 50, "64 bits"),
        ("seed: " + "9" * 10_000, "64 bits"),
        ("? [a, b]\n: 1\n", "a key isn't text"),
    ],
)
def test_what_is_not_a_request_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    assert reason in refused(file(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1, "a": 2}', "'a' comes twice"),
        ('{"a": ' + "[" * 100_000, "nested more than 32 deep"),
        ('{"a": NaN}', "nan isn't a number"),
        ('{"a": 1e999}', "inf isn't a number"),
        ("{", "r.json"),
    ],
)
def test_what_is_not_json_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    assert reason in refused(file(tmp_path, text, "r.json"))


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    with path.open("wb") as sparse:
        sparse.truncate(limits.MAX_RECIPE_FILE_BYTES + 1)
    assert "larger than" in refused(path)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    assert "r.yaml" in refused(path)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_recipe_file(tmp_path / "nothing.yaml")
