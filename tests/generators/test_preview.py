"""Previews are the first rows of the very same dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthmill.generators.datasets.preview import preview
from synthmill.generators.datasets.reader import read_table
from synthmill.generators.datasets.writer import write
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from tests.generators.visits import output, recipe


def test_a_preview_is_how_the_files_begin(tmp_path: Path) -> None:
    reported = write(recipe(), output("parquet"), tmp_path)
    shown = preview(recipe(), 25)
    assert list(shown) == ["people", "visits"]
    for entry in reported["files"]:
        whole = read_table(tmp_path / entry["name"], entry["columns"], "parquet")
        assert shown[entry["table"]].equals(whole.slice(0, 25))


def test_a_preview_has_no_more_rows_than_the_table() -> None:
    shown = preview(recipe(3, 200), 100)
    assert [table.num_rows for table in shown.values()] == [3, 100]


def test_one_table_can_be_asked_for() -> None:
    assert list(preview(recipe(), table="visits")) == ["visits"]
    assert preview(recipe(), table="visits")["visits"].num_rows == 10


def test_an_unknown_table_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match="unknown table 'nobody'; known: people, visits"):
        preview(recipe(), table="nobody")


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_limits_are_refused_beyond_what_a_page_shows(limit: int) -> None:
    with pytest.raises(InvalidRequestError, match="1 to 1000"):
        preview(recipe(), limit)


def test_columns_of_one_table_can_be_asked_for() -> None:
    whole = preview(recipe(), table="visits")["visits"]
    names = whole.schema.names[:2][::-1]
    assert preview(recipe(), table="visits", columns=names)["visits"].equals(whole.select(names))


def test_columns_without_a_table_or_not_in_it_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="columns: of which table isn't said"):
        preview(recipe(), columns=["id"])
    with pytest.raises(InvalidRequestError, match="columns: unknown column 'idd', did you mean id"):
        preview(recipe(), table="people", columns=["idd"])
