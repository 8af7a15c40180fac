"""Whole datasets, written in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthmill.generators.datasets import manifest as m
from synthmill.generators.datasets.file_check import check_file
from synthmill.generators.datasets.writer import write
from synthmill.generators.formats import FORMATS
from tests.generators.visits import PEOPLE, VISITS, output, recipe
from tests.roots import root_of

EVERY = [(name, compression) for name, fmt in FORMATS.usable().items() for compression in fmt.compressions]
RECIPE = recipe()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(("name", "compression"), EVERY)
def test_any_part_size_gives_the_same_files(name: str, compression: str, tmp_path: Path) -> None:
    out = output(name, compression)
    made = {}
    for part_rows in (None, 10_000, 250_000):
        write(RECIPE, out, tmp_path / str(part_rows), part_rows)
        made[part_rows] = contents(tmp_path / str(part_rows))
    assert made[None] == made[10_000] == made[250_000]
    assert len(made[None]) == 4


def test_the_manifest_is_true_and_stands_beside_the_files(tmp_path: Path) -> None:
    reported = write(RECIPE, output("jsonl", "zstd"), tmp_path)
    assert m.parse((tmp_path / "manifest.json").read_bytes()) == reported
    for entry in reported["files"]:
        check_file(2, entry, tmp_path / entry["name"])
    assert sorted(contents(tmp_path)) == [
        "manifest.json",
        "people.jsonl.zst",
        "profile.json",
        "visits.jsonl.zst",
    ]


def test_another_seed_gives_other_bytes(tmp_path: Path) -> None:
    roots = {write(recipe(seed=seed), output(), tmp_path / str(seed))["root"] for seed in range(3)}
    assert len(roots) == 3


def test_files_hold_a_header_and_every_row(tmp_path: Path) -> None:
    write(recipe(3, 4), output(), tmp_path)
    lines = (tmp_path / "visits.csv").read_text().splitlines()
    assert lines[0] == "number,place"
    assert [line.split(",")[0] for line in lines[1:]] == [
        "V-00000001",
        "V-00000002",
        "V-00000003",
        "V-00000004",
    ]


def test_progress_counts_every_row_once(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    write(RECIPE, output(), tmp_path, on_progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert seen[-1] == (PEOPLE + VISITS, PEOPLE + VISITS)
    assert len(seen) == 5, "one for each block"


def test_files_of_the_same_names_are_replaced_and_others_left_alone(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text("old")
    (tmp_path / "manifest.json").write_text("old")
    (tmp_path / "mine.txt").write_text("mine")
    reported = write(recipe(3, 4), output(), tmp_path)
    entry = reported["files"][1]
    assert root_of((tmp_path / "visits.csv").read_bytes(), entry) == entry["root"]
    assert m.parse((tmp_path / "manifest.json").read_bytes()) == reported
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_the_dataset_that_was_there_makes_way_for_the_new_one(tmp_path: Path) -> None:
    write(recipe(3, 4), output(), tmp_path)
    (tmp_path / "mine.csv").write_text("mine")
    reported = write(recipe(3, 4), output("parquet"), tmp_path)
    files = {file["name"] for file in reported["files"]}
    assert set(contents(tmp_path)) == {*files, "manifest.json", "profile.json", "mine.csv"}


def test_a_manifest_cannot_name_files_of_other_folders(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("mine")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "manifest.json").write_text('{"files": [{"name": "../mine.csv"}, {"name": ".."}]}')
    write(recipe(3, 4), output(), folder)
    assert (tmp_path / "mine.csv").read_text() == "mine"


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_nothing(error: type[BaseException], tmp_path: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        if done > PEOPLE:
            raise error

    with pytest.raises(error):
        write(RECIPE, output(), tmp_path / "new" / "folder", on_progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_what_was_there(tmp_path: Path) -> None:
    before = write(recipe(3, 4), output(), tmp_path)
    kept = contents(tmp_path)

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(RECIPE, output(), tmp_path, on_progress=interrupt)
    assert contents(tmp_path) == kept
    assert m.parse(kept["manifest.json"]) == before


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        write(recipe(3, 4), output(), tmp_path / "file")
