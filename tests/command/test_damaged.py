"""A dataset that can't be read is one line, which names the file and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command.conftest import Run

Damage = Callable[[Path], object]


def lose_a_file(made: Path) -> None:
    (made / "orders.csv").unlink()


def replaced(old: str, new: str) -> Damage:
    """Damage to the first place with these letters."""
    return lambda made: (made / "orders.csv").write_text(
        (made / "orders.csv").read_text().replace(old, new, 1)
    )


DAMAGES: dict[str, tuple[Damage, str]] = {
    "a lost file": (lose_a_file, "orders.csv is missing"),
    "no manifest": (lambda made: (made / "manifest.json").unlink(), "no manifest.json"),
    "no JSON": (lambda made: (made / "manifest.json").write_text("{"), "manifest.json: not a manifest"),
    "a list": (lambda made: (made / "manifest.json").write_text("[]"), "manifest.json: not a manifest"),
}
OF_ROWS: dict[str, tuple[Damage, str]] = {
    "no number": (replaced("\n7,", "\n7x,"), "orders.csv isn't what the manifest says"),
    "nothing at all": (lambda made: (made / "orders.csv").write_text(""), "Empty CSV file"),
    "a column less": (replaced("amount", "price"), "there is no column amount"),
    "a lost comma": (replaced("\n7,", "\n7"), "orders.csv isn't what the manifest says"),
    "no text": (lambda made: (made / "orders.csv").write_bytes(b"\xff\xfe\x00"), "orders.csv"),
}


MANIFESTS: dict[str, tuple[Callable[[str], str], str]] = {
    "blocks of no rows": (lambda text: re.sub(r'"block_rows": \d+', '"block_rows": 0', text), "block_rows"),
    "blocks of fewer": (lambda text: re.sub(r'"block_rows": \d+', '"block_rows": -5', text), "block_rows"),
    "blocks of text": (lambda text: re.sub(r'"block_rows": \d+', '"block_rows": "x"', text), "block_rows"),
    "fewer rows than none": (lambda text: re.sub(r'"rows": \d+', '"rows": -1', text), "rows"),
    "lists in lists": (lambda _: "[" * 100_000, "isn't a manifest"),
    "objects in objects": (lambda _: '{"a":' * 100_000, "isn't a manifest"),
    "a version of lists": (lambda _: '{"manifest": ' + "[" * 100_000, "isn't a manifest"),
    "a version of many digits": (lambda _: '{"manifest": ' + "9" * 10_000 + "}", "isn't a manifest"),
}


@pytest.fixture
def made(run: Run, shop: Path, tmp_path: Path) -> Path:
    assert run("generate", "--recipe", shop, "--out", tmp_path / "made", "--quiet").code == 0
    return tmp_path / "made"


@pytest.mark.parametrize("name", [*DAMAGES, *OF_ROWS])
def test_conformance_says_it_in_one_line(run: Run, made: Path, name: str) -> None:
    damage, said = (DAMAGES | OF_ROWS)[name]
    damage(made)
    ran = run("conformance", made)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert said in ran.err


@pytest.mark.parametrize("name", DAMAGES)
def test_profile_says_it_in_one_line(run: Run, made: Path, name: str) -> None:
    damage, said = DAMAGES[name]
    damage(made)
    ran = run("profile", made)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert said in ran.err


def test_a_profile_that_is_lost_or_was_changed_is_named(run: Run, made: Path) -> None:
    (made / "profile.json").write_text("{}")
    assert "profile.json has 2 bytes instead of" in run("profile", made).err
    (made / "profile.json").unlink()
    ran = run("profile", made)
    assert (ran.code, len(ran.err.splitlines())) == (1, 1)
    assert "profile.json is missing" in ran.err


@pytest.mark.parametrize("format_", ["parquet", "arrow", "jsonl"])
def test_junk_in_any_format_is_one_line(run: Run, shop: Path, tmp_path: Path, format_: str) -> None:
    folder = tmp_path / "junk"
    assert run("generate", "--recipe", shop, "--out", folder, "--format", format_, "--quiet").code == 0
    file = next(folder.glob("orders.*"))
    for junk in (b"junk", b"", b"PAR1" * 20):
        file.write_bytes(junk)
        ran = run("conformance", folder)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
        assert f"{file.name} isn't what the manifest says" in ran.err


@pytest.mark.parametrize("name", MANIFESTS)
def test_verify_says_it_in_one_line(run: Run, made: Path, name: str) -> None:
    damage, said = MANIFESTS[name]
    manifest = made / "manifest.json"
    manifest.write_text(damage(manifest.read_text()))
    ran = run("verify", made)
    lines = [line for line in (ran.out + ran.err).splitlines() if said in line]
    assert (ran.code in (1, 6), len(lines)) == (True, 1)
    assert "Traceback" not in ran.err
