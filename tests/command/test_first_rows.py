"""The first rows as the demo shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthmill
from synthmill.first_rows import first_rows
from synthmill.library import Dataset

TABLE = {
    "name": "people",
    "rows": 40,
    "columns": [
        {"name": "id", "kind": "sequence"},
        {"name": "key", "kind": "uuid"},
        {"name": "age", "kind": "integer", "min": 100, "max": 110, "nulls": 0.5},
        {"name": "remark", "kind": "text", "min_words": 20, "max_words": 30},
        {"name": "at", "kind": "timestamp", "start": "2024-01-01T00:00:00Z", "end": "2024-12-31T00:00:00Z"},
        {"name": "count", "kind": "integer", "min": 7, "max": 9},
        {"name": "gone", "kind": "constant", "value": "x", "nulls": 1.0},
    ],
}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    out = tmp_path_factory.mktemp("people")
    return synthmill.generate(strategy="tabular", parameters={"tables": [TABLE]}, seed=1, out=out)


def shown(dataset: Dataset, width: int, rows: int = 40) -> tuple[list[str], list[str]]:
    lines = list(first_rows(dataset, "people", rows, width))
    return lines[0].split(), lines


@pytest.mark.parametrize("width", [20, 50, 80, 200])
def test_no_line_is_wider_than_the_terminal(people: Dataset, width: int) -> None:
    _, lines = shown(people, width)
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("id")


def test_columns_with_nothing_in_them_are_named_below(people: Dataset) -> None:
    header, lines = shown(people, 200)
    assert header == ["id", "key", "remark", "at", "count"]
    assert lines[-1] == "and age, gone"


def test_keys_that_nobody_reads_are_the_first_to_go(people: Dataset) -> None:
    assert shown(people, 70)[0] == ["id", "remark", "at", "count"]


def test_whole_numbers_are_whole_though_the_column_has_nulls(people: Dataset) -> None:
    header, lines = shown(people, 200, rows=1)
    if "age" in header:
        assert "." not in lines[1].split()[header.index("age")]
    assert "+00:00" not in lines[1]


def test_a_table_of_fewer_rows_shows_those(people: Dataset, tmp_path: Path) -> None:
    one = {**TABLE, "rows": 1}
    small = synthmill.generate(strategy="tabular", parameters={"tables": [one]}, seed=1, out=tmp_path)
    assert len(shown(small, 80)[1]) == 3
