"""Manifests that were tampered with, so that they contradict themselves, or the recipe alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synthmill.generators.datasets import manifest as m
from synthmill.generators.datasets.hashes import dataset_root, file_root
from synthmill.generators.datasets.verify import verify
from synthmill.generators.datasets.verify_input import AttestError
from synthmill.generators.datasets.writer import write
from synthmill.generators.engine.recipe import Recipe
from tests.generators.visits import output, recipe

Content = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(recipe(500, 700), output(), tmp_path)
    return tmp_path


def change(folder: Path, how: Callable[[Content], None], *, agree: bool = True) -> None:
    """Change the manifest; with `agree` its hashes are made to fit again, as a careful forger would."""
    content = json.loads((folder / "manifest.json").read_text())
    how(content)
    if agree:
        content["recipe_sha256"] = Recipe.from_dict(content["recipe"]).sha256
        for entry in content["files"]:
            entry["root"] = file_root(2, entry)
        content["root"] = dataset_root(2, content["files"])
    (folder / "manifest.json").write_bytes(m.dumps(content))


def reasons(folder: Path) -> str:
    report = verify(folder)
    assert not report.intact
    assert {found.place for found in report.differences} == {"manifest.json"}
    return " | ".join(found.reason for found in report.differences)


def set_block(key: str, value: object) -> Callable[[Content], None]:
    return lambda content: content["files"][1]["blocks"][0].update({key: value})


def set_entry(key: str, value: object) -> Callable[[Content], None]:
    return lambda content: content["files"][1].update({key: value})


def test_a_hash_that_does_not_fit_its_root_is_found(folder: Path) -> None:
    change(folder, set_block("blake3", "0" * 64), agree=False)
    assert "don't give its root" in reasons(folder)


def test_a_hash_that_fits_its_root_is_found_by_making_the_block(folder: Path) -> None:
    change(folder, set_block("blake3", "0" * 64))
    assert "0" * 64 in reasons(folder)
    found = verify(folder).differences[0]
    assert (found.block, found.rows) == (0, (0, 700))


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("media_type", "text/html", "media_type of visits.csv is text/html"),
        ("rows", 699, "rows of visits.csv is 699, the recipe gives 700"),
        ("primary_key", ["number"], "primary_key of visits.csv"),
        ("foreign_keys", None, "foreign_keys of visits.csv"),
        ("columns", [], "columns of visits.csv"),
        (
            "prefix",
            {"size": 13, "blake3": "0" * 64},
            f"prefix of visits.csv has size 13 and blake3 {'0' * 64}",
        ),
        ("suffix", {"size": 0, "blake3": "0" * 64}, f"suffix of visits.csv has size 0 and blake3 {'0' * 64}"),
        ("block_rows", 1_000, "block_rows of visits.csv is 1000"),
    ],
)
def test_whatever_a_file_is_said_to_be_is_checked(folder: Path, key: str, value: object, reason: str) -> None:
    change(folder, set_entry(key, value))
    assert reason in reasons(folder)


def test_sizes_are_checked(folder: Path) -> None:
    change(folder, set_entry("size", 5))
    assert "the sections of visits.csv don't add up to its size" in reasons(folder)


def test_a_file_said_to_be_longer_is_found_though_its_sections_add_up(folder: Path) -> None:
    def lengthen(content: Content) -> None:
        content["files"][1]["size"] += 10
        content["files"][1]["suffix"]["size"] = 10

    size = json.loads((folder / "manifest.json").read_text())["files"][1]["size"]
    change(folder, lengthen)
    seen = [str(found) for found in verify(folder).differences]
    assert any(f"has {size} bytes, the manifest says {size + 10}" in one for one in seen)
    assert any(one.startswith(f"manifest.json: visits.csv has size {size + 10}") for one in seen)


@pytest.mark.parametrize("size", [None, "7", -1, 2**70, 1.5])
def test_a_size_that_is_none_is_found(folder: Path, size: object) -> None:
    change(folder, set_block("size", size), agree=False)
    assert "isn't the size of anything" in reasons(folder)


def test_a_block_of_another_size_is_found_though_its_hash_is_right(folder: Path) -> None:
    def enlarge(content: Content) -> None:
        block = content["files"][1]["blocks"][0]
        content["files"][1]["size"] += 10**15 - block["size"]
        block["size"] = 10**15

    change(folder, enlarge)
    assert any("block of 1000000000000000 bytes" in found.reason for found in verify(folder).differences)


def test_another_seed_makes_every_block_differ(folder: Path) -> None:
    change(folder, lambda content: content["recipe"].update(seed=8))
    report = verify(folder)
    assert {(found.place, found.block) for found in report.differences if found.block is not None} == {
        ("manifest.json", 0),
        ("people.csv", 0),
        ("visits.csv", 0),
    }


def test_more_rows_in_the_recipe_are_found(folder: Path) -> None:
    change(folder, lambda content: content["recipe"]["parameters"]["tables"][0].update(rows=501))
    assert "rows of people.csv is 500, the recipe gives 501" in reasons(folder)


def test_a_file_left_out_is_found(folder: Path) -> None:
    change(folder, lambda content: content["files"].pop())
    assert "has files of people, the recipe makes people, visits" in reasons(folder)


def test_totals_are_checked(folder: Path) -> None:
    change(folder, lambda content: content.update(rows=5, size=6))
    assert "rows is 5" in reasons(folder)
    assert "size is 6" in reasons(folder)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        (lambda content: content["recipe"].update(engine="0"), "engine version 0"),
        (lambda content: content["recipe"].update(strategy="nope"), "unknown strategy 'nope'"),
        (lambda content: content["output"].update(codec="csv 0"), "begun with csv 0"),
    ],
)
def test_another_engine_or_codec_is_refused(
    folder: Path, how: Callable[[Content], None], reason: str
) -> None:
    change(folder, how)
    with pytest.raises(AttestError, match=reason):
        verify(folder)
