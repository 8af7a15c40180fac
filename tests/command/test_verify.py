from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthmill.generators.engine.recipe import Recipe
from tests.command.conftest import Run


@pytest.fixture
def made(run: Run, shop: Path, tmp_path: Path) -> Path:
    assert run("generate", "--recipe", shop, "--out", tmp_path / "made", "--quiet").code == 0
    return tmp_path / "made"


def spoil(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def forge(folder: Path, part: str, key: str, value: object) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    content[part][key] = value
    content["recipe_sha256"] = Recipe.from_dict(content["recipe"]).sha256
    (folder / "manifest.json").write_text(json.dumps(content))


def test_a_whole_dataset_is_intact(run: Run, made: Path) -> None:
    for manifest in (made, made / "manifest.json"):
        ran = run("verify", manifest, "--all", "--quiet")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.splitlines()[0].split() == ["FILE", "ROWS", "BLOCKS", "CHECKED", "BYTES"]
        assert "all compared" in ran.out
        assert ran.out.splitlines()[-1].startswith("intact: ")


def test_a_flipped_byte_ends_with_6_and_is_located(run: Run, made: Path) -> None:
    spoil(made / "orders.csv", 50)
    ran = run("verify", made, "--all", "--quiet")
    assert ran.code == 6
    assert "orders.csv: block 0, rows 0:" in ran.out
    assert "at byte 50 instead of" in ran.out
    assert ran.out.splitlines()[-1] == "different: 1 found"
    reported = run("verify", made, "--all", "--json", "--quiet")
    assert reported.code == 6
    assert reported.json["intact"] is False
    assert reported.json["differences"][0]["offset"] == 50


def test_the_recipe_alone_is_enough_for_the_hashes(run: Run, made: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.json"
    alone.write_bytes((made / "manifest.json").read_bytes())
    ran = run("verify", alone, "--quiet")
    assert ran.code == 0
    assert "no file" in ran.out


def test_a_seed_is_told_and_chooses_the_same_again(run: Run, made: Path) -> None:
    drawn = run("verify", made, "--blocks", 1, "--json", "--quiet")
    again = run("verify", made, "--blocks", 1, "--json", "--quiet", "--seed", drawn.json["seed"])
    assert drawn.json == again.json
    assert drawn.json["blocks_checked"] == 1
    ran = run("verify", made, "--blocks", 1, "--quiet", "--seed", 5)
    assert ran.err == "--seed 5 chooses the same blocks again\n"


def test_one_table_alone(run: Run, made: Path) -> None:
    (made / "customers.csv").unlink()
    assert run("verify", made, "--quiet").code == 6
    reported = run("verify", made, "--table", "orders", "--json", "--quiet")
    assert reported.code == 0
    assert [file["name"] for file in reported.json["files"]] == ["orders.csv"]


@pytest.mark.parametrize(
    ("part", "key", "reported"),
    [("recipe", "engine", "the recipe is for engine version 0"), ("output", "codec", "begun with 0")],
)
def test_another_engine_or_codec_is_refused(run: Run, made: Path, part: str, key: str, reported: str) -> None:
    forge(made, part, key, "0")
    ran = run("verify", made, "--quiet")
    assert (ran.code, ran.out) == (1, "")
    assert reported in ran.err
    assert "Traceback" not in ran.err


def test_a_tampered_manifest_ends_with_6(run: Run, made: Path) -> None:
    forge(made, "recipe", "seed", 8)
    assert run("verify", made, "--quiet").code == 6


@pytest.mark.parametrize(
    "arguments",
    [["nope"], [".", "--blocks", "0"], [".", "--all", "--blocks", "3"], [".", "--table", "nope"], []],
)
def test_wrong_arguments_end_with_2(
    run: Run, made: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made)
    ran = run("verify", *arguments, "--quiet")
    assert (ran.code, ran.out) == (2, "")


def test_what_is_no_manifest_is_one_line(run: Run, made: Path, tmp_path: Path) -> None:
    ran = run("verify", made / "orders.csv", "--quiet")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"error: {made / 'orders.csv'} isn't a manifest\n"
    (tmp_path / "empty").mkdir()
    assert run("verify", tmp_path / "empty", "--quiet").code == 1
