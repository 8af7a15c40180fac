"""Datasets checked against their recipes: what is whole is said to be, and what was changed is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synthmill.generators.datasets.block_sample import choose
from synthmill.generators.datasets.verify import verify
from synthmill.generators.datasets.verify_input import AttestError
from synthmill.generators.datasets.verify_report import Report
from synthmill.generators.datasets.writer import write
from synthmill.generators.errors import UnknownNameError
from synthmill.generators.formats import FORMATS
from tests.generators.visits import PEOPLE, VISITS, output, recipe

EVERY = [(name, compression) for name, fmt in FORMATS.usable().items() for compression in fmt.compressions]
BLOCKS = 5
"""Two of people, three of visits."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The dataset in a format, made once."""
    folders: dict[tuple[str, str], Path] = {}

    def make(format_name: str = "csv", compression: str = "none") -> Path:
        if (format_name, compression) not in folders:
            folders[format_name, compression] = tmp_path_factory.mktemp("made")
            write(recipe(), output(format_name, compression), folders[format_name, compression])
        return folders[format_name, compression]

    return make


@pytest.fixture
def folder(made: Callable[..., Path], tmp_path: Path) -> Callable[..., Path]:
    """A copy of it that may be spoilt."""
    return lambda *of: Path(shutil.copytree(made(*of), tmp_path / "spoilt"))


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def entry(folder: Path, number: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text())["files"][number]
    return found


def start_of(of: dict[str, Any], block: int) -> int:
    return int(of["prefix"]["size"] + sum(one["size"] for one in of["blocks"][:block]))


@pytest.mark.parametrize(("name", "compression"), EVERY)
def test_a_dataset_is_what_its_recipe_makes(name: str, compression: str, made: Callable[..., Path]) -> None:
    report = verify(made(name, compression), blocks=None)
    assert report.intact
    assert (report.blocks_checked, report.blocks) == (BLOCKS, BLOCKS)
    assert all(file.present and file.whole for file in report.files)


@pytest.mark.parametrize("blocks", [None, BLOCKS, 20])
@pytest.mark.parametrize(("name", "compression"), EVERY)
def test_one_flipped_byte_is_found_and_located(
    name: str, compression: str, blocks: int | None, folder: Callable[..., Path]
) -> None:
    spoilt = folder(name, compression)
    of = entry(spoilt)
    start, size = start_of(of, 1), of["blocks"][1]["size"]
    flip(spoilt / of["name"], start + size // 2)
    report = verify(spoilt, blocks=blocks)
    (found,) = report.differences
    assert (found.place, found.block, found.rows) == (of["name"], 1, (65_536, 131_072))
    assert (found.bytes, found.offset) == ((start, start + size), start + size // 2)
    assert report.differences_in_all == 1


@pytest.mark.parametrize("name", ["csv", "jsonl"])
@pytest.mark.parametrize("row", [0, 65_535, 65_536, 100_000, VISITS - 1])
def test_in_text_the_row_of_the_flipped_byte_is_named(
    name: str, row: int, folder: Callable[..., Path]
) -> None:
    spoilt = folder(name)
    path = spoilt / entry(spoilt)["name"]
    at = path.read_bytes().index(f"V-{row + 1:08}".encode()) + 9
    flip(path, at)
    (found,) = verify(spoilt, blocks=None).differences
    assert (found.row, found.offset) == (row, at)
    assert f"at byte {at} instead of" in str(found)
    assert f"in row {row}" in str(found)


@pytest.mark.parametrize(("name", "compression"), EVERY)
def test_any_byte_of_the_file_counts(name: str, compression: str, folder: Callable[..., Path]) -> None:
    spoilt = folder(name, compression)
    of = entry(spoilt)
    path, size = spoilt / of["name"], of["size"]
    whole = path.read_bytes()
    for at in (0, start_of(of, 0), start_of(of, 1) - 1, start_of(of, 3) - 1, size - 1):
        flip(path, at)
        (found,) = verify(spoilt, blocks=None).differences
        assert (found.place, found.offset) == (of["name"], at)
        path.write_bytes(whole)


@pytest.mark.parametrize("blocks", [None, 2])
@pytest.mark.parametrize(("name", "compression"), EVERY)
def test_a_truncated_and_an_extended_file_are_found_whatever_is_chosen(
    name: str, compression: str, blocks: int | None, folder: Callable[..., Path]
) -> None:
    spoilt = folder(name, compression)
    of = entry(spoilt)
    path, whole = spoilt / of["name"], (spoilt / of["name"]).read_bytes()
    for changed in (whole[:-1], whole[:1], b"", whole + b"x", whole + whole):
        path.write_bytes(changed)
        found = verify(spoilt, blocks=blocks).differences[0]
        assert found.place == of["name"]
        assert f"has {len(changed)} bytes, the manifest says {len(whole)}" in found.reason
        assert found.bytes == (min(len(changed), len(whole)), max(len(changed), len(whole)))


def test_two_rows_changed_for_each_other_are_found(folder: Callable[..., Path]) -> None:
    spoilt = folder()
    lines = (spoilt / "visits.csv").read_text().splitlines(keepends=True)
    lines[10], lines[11] = lines[11], lines[10]
    (spoilt / "visits.csv").write_text("".join(lines))
    (found,) = verify(spoilt, blocks=None).differences
    assert (found.block, found.row) == (0, 9)


def test_without_files_the_hashes_are_checked_alone(folder: Callable[..., Path]) -> None:
    spoilt = folder("parquet")
    for path in spoilt.glob("*.parquet"):
        path.unlink()
    report = verify(spoilt / "manifest.json", blocks=None)
    assert report.intact
    assert not any(file.present for file in report.files)


def test_a_file_missing_beside_another_is_found_unless_left_out(folder: Callable[..., Path]) -> None:
    spoilt = folder()
    (spoilt / "people.csv").unlink()
    (found,) = verify(spoilt).differences
    assert str(found) == "people.csv: is missing beside the manifest"
    only = verify(spoilt, tables=["visits"])
    assert only.intact
    assert [file.name for file in only.files] == ["visits.csv"]
    with pytest.raises(UnknownNameError, match="nope"):
        verify(spoilt, tables=["nope"])


def test_a_seed_chooses_the_same_blocks_again_and_each_file_has_one() -> None:
    blocks = {"small": 1, "large": 1_000, "medium": 50}
    chosen = choose(blocks, 20, seed=3)
    assert chosen == choose(blocks, 20, seed=3)
    assert chosen != choose(blocks, 20, seed=4)
    assert sum(map(len, chosen.values())) == 20
    assert all(chosen.values())
    assert all(some == sorted(set(some)) for some in chosen.values())
    more = choose(blocks, 40, seed=3)
    assert all(set(chosen[name]) < set(more[name]) or name == "small" for name in blocks)


def test_every_block_is_chosen_about_as_often_as_any_other() -> None:
    often = [0] * 100
    for seed in range(2_000):
        for block in choose({"only": 100}, 10, seed)["only"]:
            often[block] += 1
    # 200 of each, give or take 5 standard deviations.
    assert all(abs(times - 200) < 5 * 13.5 for times in often)


def test_chosen_blocks_are_those_that_are_made(folder: Callable[..., Path]) -> None:
    spoilt = folder()
    of = entry(spoilt)
    for block in range(3):
        flip(spoilt / of["name"], start_of(of, block) + 5)
    report = verify(spoilt, blocks=3, seed=1)
    chosen = choose({"people": 2, "visits": 3}, 3, seed=1)
    assert [found.block for found in report.differences] == chosen["visits"]
    assert [file.blocks_checked for file in report.files] == [len(some) for some in chosen.values()]
    assert verify(spoilt, blocks=3, seed=1) == report


def test_progress_counts_the_rows_made_again(made: Callable[..., Path]) -> None:
    seen: list[tuple[int, int]] = []
    verify(made(), blocks=None, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (PEOPLE + VISITS, PEOPLE + VISITS)
    assert len(seen) == BLOCKS


def test_the_report_is_json(folder: Callable[..., Path]) -> None:
    spoilt = folder()
    flip(spoilt / "visits.csv", 100)
    report: Report = verify(spoilt, blocks=None)
    reported = json.loads(json.dumps(report.to_dict()))
    assert reported["intact"] is False
    assert reported["differences"][0]["offset"] == 100
    assert reported["files"][1]["blocks_checked"] == 3


@pytest.mark.parametrize("blocks", [0, -1])
def test_no_blocks_are_refused(blocks: int, made: Callable[..., Path]) -> None:
    with pytest.raises(ValueError, match="give 1 or more"):
        verify(made(), blocks=blocks)


def test_what_is_no_manifest_is_refused(tmp_path: Path) -> None:
    for text in ("", "{}", "[]", "[1]", "1", '"manifest"', "number,place\n"):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(AttestError, match="isn't a manifest"):
            verify(tmp_path)
    (tmp_path / "manifest.json").write_text('{"manifest": 99}')
    with pytest.raises(AttestError, match="version 99"):
        verify(tmp_path)
    with pytest.raises(FileNotFoundError):
        verify(tmp_path / "nope.json")
