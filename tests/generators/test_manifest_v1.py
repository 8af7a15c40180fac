"""Manifests of version 1 are read, checked and verified for good, though they are written no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import synthmill
from synthmill.generators.datasets import manifest as m
from synthmill.generators.datasets.verify import verify
from synthmill.generators.datasets.writer import write
from synthmill.generators.version import ENGINE_VERSION
from tests.generators.visits import output, recipe
from tests.old_manifests import as_version_1

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "manifest_v1"
FORMATS = [("csv", "none"), ("jsonl", "none"), ("parquet", "zstd"), ("arrow", "none")]


@pytest.fixture(params=FORMATS, ids=lambda one: "-".join(one))
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A dataset with a manifest of version 1."""
    content = write(recipe(500, 70_000), output(*request.param), tmp_path)
    old = as_version_1(content, lambda name: (tmp_path / name).read_bytes())
    (tmp_path / "manifest.json").write_bytes(m.dumps(old))
    return tmp_path


@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_what_was_written_in_its_time_is_read_and_told_byte_for_byte(name: str, tmp_path: Path) -> None:
    stored = (GOLDEN / f"{name}.json").read_bytes()
    content = m.parse(stored)
    assert content["manifest"] == 1
    assert m.dumps(content) == stored
    if content["recipe"]["engine"] == ENGINE_VERSION:
        now = write(recipe(500, 70_000), output(name), tmp_path)
        assert m.dumps(as_version_1(now, lambda file: (tmp_path / file).read_bytes())) == stored


def test_a_dataset_is_verified_whole(folder: Path) -> None:
    report = verify(folder, blocks=None)
    assert report.intact, report.differences
    assert all(file.present and file.whole for file in report.files)
    assert verify(folder, blocks=1).intact


def test_a_flipped_byte_is_found(folder: Path) -> None:
    [name] = [entry["name"] for entry in m.parse((folder / "manifest.json").read_bytes())["files"][1:]]
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    assert not verify(folder, blocks=None).intact
    with pytest.raises(m.ManifestError, match=f"{name} isn't what the manifest promises"):
        synthmill.Dataset.open(folder, check=True)


def test_a_dataset_opens_and_is_checked(folder: Path) -> None:
    assert synthmill.Dataset.open(folder, check=True).manifest["manifest"] == 1


def change(folder: Path, how: Callable[[dict[str, Any]], None]) -> str:
    """What is reported of a manifest that was changed, its roots made to fit again."""
    content = json.loads((folder / "manifest.json").read_bytes())
    entry = content["files"][1]
    how(entry)
    digests = b"".join(bytes.fromhex(block["sha256"]) for block in entry["blocks"])
    entry["root"] = hashlib.sha256(digests).hexdigest()
    roots = json.dumps([[one["name"], one["root"]] for one in content["files"]], separators=(",", ":"))
    content["root"] = hashlib.sha256(roots.encode()).hexdigest()
    (folder / "manifest.json").write_bytes(m.dumps(content))
    return " | ".join(str(found) for found in verify(folder, blocks=None).differences)


def test_another_hash_of_a_block_is_found(folder: Path) -> None:
    reported = change(folder, lambda entry: entry["blocks"][0].update(sha256="0" * 64))
    assert f"bytes with sha256 {'0' * 64}" in reported


def test_another_hash_of_the_file_is_found(folder: Path) -> None:
    assert f"sha256 {'0' * 64}, the recipe gives" in change(
        folder, lambda entry: entry.update(sha256="0" * 64)
    )


def test_another_beginning_is_found(folder: Path) -> None:
    assert "prefix_size of visits" in change(folder, lambda entry: entry.update(prefix_size=99))
