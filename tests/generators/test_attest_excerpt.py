"""Any rows without the rest: they are the file's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from synthmill.generators.datasets.slices import excerpt, parse_range
from synthmill.generators.datasets.writer import write
from synthmill.generators.errors import InvalidRequestError
from tests.generators.visits import VISITS, output, recipe

RECIPE = recipe()
RANGES = [(0, 0), (0, 1), (5, 100), (65_000, 66_000), (65_536, 65_536 * 2), (VISITS - 1, VISITS), (0, VISITS)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    for name in ("csv", "jsonl"):
        write(RECIPE, output(name), folder / name)
    return folder


@pytest.mark.parametrize(("start", "stop"), RANGES)
def test_rows_are_those_of_the_file(folder: Path, start: int, stop: int) -> None:
    header, *lines = (folder / "csv" / "visits.csv").read_bytes().splitlines(keepends=True)
    assert b"".join(excerpt(RECIPE, "visits", start, stop)) == header + b"".join(lines[start:stop])
    assert b"".join(excerpt(RECIPE, "visits", start, stop, header=False)) == b"".join(lines[start:stop])
    objects = (folder / "jsonl" / "visits.jsonl").read_bytes().splitlines(keepends=True)[start:stop]
    assert b"".join(excerpt(RECIPE, "visits", start, stop, "jsonl")) == b"".join(objects)
    array = json.loads(b"".join(excerpt(RECIPE, "visits", start, stop, "json")))
    assert array == [json.loads(one) for one in objects]


def test_pieces_are_no_larger_than_a_block() -> None:
    pieces = list(excerpt(RECIPE, "visits", 0, VISITS, "jsonl"))
    assert [piece.count(b"\n") for piece in pieces] == [65_536, 65_536, VISITS - 2 * 65_536]


def test_rows_far_into_a_large_table_need_no_others() -> None:
    large = recipe(10, 10**10)
    lines = b"".join(excerpt(large, "visits", 10**10 - 2, 10**10, header=False)).splitlines()
    assert [line.split(b",")[0] for line in lines] == [b"V-9999999999", b"V-10000000000"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [("5:10", (5, 10)), ("5:", (5, 20)), (":5", (0, 5)), (":", (0, 20)), ("7", (7, 8)), ("20:20", (20, 20))],
)
def test_ranges_are_slices(text: str, meant: tuple[int, int]) -> None:
    assert parse_range(text, 20) == meant


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("", "isn't a range"),
        ("-1:", "isn't a range"),
        ("1:2:3", "isn't a range"),
        ("a:b", "isn't a range"),
        ("1_0", "isn't a range"),
        ("٣", "isn't a range"),
        ("1:2\n", "isn't a range"),
        ("5:4", "ends before it begins"),
        ("0:21", "has no row 20"),
        ("20", "has no row 20"),
        ("21:", "ends before it begins"),
    ],
)
def test_other_ranges_are_refused(text: str, reported: str) -> None:
    with pytest.raises(InvalidRequestError, match=reported):
        parse_range(text, 20)
