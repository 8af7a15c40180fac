"""NA and its like: null among numbers, text among texts, and as one says where one says it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from synthmill.generators.importing.csv_file import NULLS, CsvOptions
from synthmill.generators.importing.data import read_data


def column(cells: Sequence[str], nulls: Sequence[str] | None = None) -> tuple[Mapping[str, Any], list[str]]:
    """What becomes of a column with these cells, as they are written."""
    content = "\n".join(["id,x", *(f"{i},{cell}" for i, cell in enumerate(cells))])
    facts = read_data(io.BytesIO(content.encode()), "t", "csv", CsvOptions(nulls=nulls))
    parameters = facts.tables[0].columns["x"].parameters
    assert parameters is not None
    return parameters, facts.notes


@pytest.mark.parametrize("token", NULLS)
@pytest.mark.parametrize(
    ("others", "kind"),
    [
        (["1", "2", "2"], "categorical"),
        (["-1.5", "2e3", ".5"], "categorical"),
        (["2024-01-01", "2024-02-01", "2024-03-01"], "date"),
        (["2024-01-01 10:00:00", "2024-02-01 10:00:00", "2024-03-01 10:00:00"], "timestamp"),
        (["true", "false", "true"], "boolean"),
    ],
)
def test_it_is_null_beside_values_that_are_no_texts(token: str, others: list[str], kind: str) -> None:
    parameters, notes = column([*others, token])
    assert (parameters["kind"], parameters["nulls"]) == (kind, 0.25)
    assert notes == [f"x: {token} is taken for null"]


@pytest.mark.parametrize("token", NULLS)
@pytest.mark.parametrize(
    "others",
    [
        ["DE", "FR", "DE"],
        ["Null", "True", "Smith"],
        ["080", "090", "080"],
        ["1", "two", "3"],
        ["1", "true", "3"],
    ],
)
def test_it_is_text_among_texts_and_codes_and_that_is_said(token: str, others: list[str]) -> None:
    parameters, notes = column([*others, token])
    assert (parameters["kind"], "nulls" in parameters) == ("categorical", False)
    assert set(parameters["values"]) == {*others, token}
    assert notes == [f"x: {token} is kept as text, as it stands among texts; `nulls` (--null) makes it null"]


def test_in_quotes_it_is_text_whatever_it_stands_among() -> None:
    parameters, _ = column(["1", "2", '"NA"'])
    assert set(parameters["values"]) == {"1", "2", "NA"}


def test_a_column_of_nothing_else_says_nothing_and_stays_text() -> None:
    assert column(["NA", "NA", "NA"])[0]["values"] == ["NA"]


def test_an_empty_cell_is_null_and_an_empty_text_only_where_there_are_no_texts() -> None:
    assert column(["a", "a", "", '""'])[0] == {
        "kind": "categorical", "values": ["a", ""], "weights": [2, 1], "nulls": 0.25,
    }  # fmt: skip
    assert column(["1", "1", "", '""'])[0] == {
        "kind": "categorical", "values": [1], "weights": [2], "nulls": 0.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "nulls", "values"),
    [
        (["DE", "NA", "-"], ["NA"], {"DE", "-"}),
        (["DE", "NA", "-"], ["NA", "-"], {"DE"}),
        (["DE", '"NA"', "-"], ["NA"], {"DE", "NA", "-"}),
        (["1", "999", "2"], ["999"], {1, 2}),
        (["1", "NA", "2"], [], {"1", "NA", "2"}),
        (["080", "-", "090"], ["-"], {"080", "090"}),
    ],
)
def test_texts_that_are_chosen_are_null_everywhere_and_no_others(
    cells: list[str], nulls: list[str], values: set[Any]
) -> None:
    parameters, _ = column(cells, nulls)
    assert set(parameters["values"]) == values
    assert ("nulls" in parameters) == (len(values) < len(cells))
