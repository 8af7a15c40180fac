"""CSV as people's readers take it."""

from __future__ import annotations

import csv
import io

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.contract_checks.awkward import TEXTS, batch_of, file_of, plan_of, table_of
from synthmill.generators.formats import FORMATS

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def lines_of(columns: dict[str, pa.Array], block_rows: int = 100) -> str:
    batch = pa.record_batch(columns)
    return file_of(plan_of(batch, block_rows), batch, "csv", "none").decode()


def test_a_header_comes_first_and_once() -> None:
    assert lines_of({"a": pa.array([1, 2, 3]), "b": pa.array([4, 5, 6])}, 1) == "a,b\n1,4\n2,5\n3,6\n"


def test_only_cells_that_need_it_are_quoted() -> None:
    cells = ["plain", "a,b", 'say "so"', "two\nlines", "return\r", "it's; fine"]
    expected = 'c,n\nplain,1\n"a,b",1\n"say ""so""",1\n"two\nlines",1\n"return\r",1\nit\'s; fine,1\n'
    assert lines_of({"c": pa.array(cells), "n": pa.array([1] * 6)}) == expected


def test_null_is_empty_and_an_empty_text_is_quoted() -> None:
    columns = {"a": pa.array([None, ""]), "b": pa.array([None, ""])}
    assert lines_of(columns) == 'a,b\n,\n"",""\n'


def test_a_null_in_a_table_of_one_column_is_not_an_empty_line() -> None:
    assert lines_of({"a": pa.array([1, None, 3])}) == 'a\n1\n""\n3\n'


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array([True, False]), "true false"),
        (pa.array([0.1, 1.0, 1e300, -0.0, 1 / 3]), "0.1 1 1e+300 -0 0.3333333333333333"),
        (
            pa.array([0, 86399, 86400], pa.timestamp("s", "UTC")),
            "1970-01-01T00:00:00Z 1970-01-01T23:59:59Z 1970-01-02T00:00:00Z",
        ),
        (pa.array([0], pa.timestamp("s", "Europe/Berlin")), "1970-01-01T00:00:00Z"),
        (pa.array([0], pa.timestamp("ms", "UTC")), "1970-01-01T00:00:00.000Z"),
        (pa.array([1], pa.timestamp("us")), "1970-01-01T00:00:00.000001"),
        (pa.array([-1], pa.timestamp("ns", "UTC")), "1969-12-31T23:59:59.999999999Z"),
        (pa.array([19_782], pa.date32()), "2024-02-29"),
        (pa.array(["12.30", "-0.05", "0"]).cast(pa.decimal128(9, 2)), "12.30 -0.05 0.00"),
        (pa.array(["0", "-0.00000001", "7"]).cast(pa.decimal128(20, 8)), "0.00000000 -0.00000001 7.00000000"),
    ],
)
def test_every_type_has_one_text_form(column: pa.Array, text: str) -> None:
    assert lines_of({"a": column}).split() == ["a", *text.split()]


@given(st.lists(st.tuples(st.none() | TEXT, st.none() | TEXT), min_size=1, max_size=30), st.integers(1, 9))
def test_any_text_reads_back(rows: list[tuple[str | None, str | None]], block_rows: int) -> None:
    columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("ab")}
    read = list(csv.reader(io.StringIO(lines_of(columns, block_rows), newline="")))
    assert read == [["a", "b"], *([a or "", b or ""] for a, b in rows)]


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_any_float_reads_back_bit_for_bit(values: list[float]) -> None:
    read = lines_of({"a": pa.array(values, pa.float64())}).split("\n")[1:-1]
    assert [float(cell).hex() for cell in read] == [value.hex() for value in values]


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_pandas_and_polars_read_all_rows(compression: str) -> None:
    batch = batch_of(64)
    data = file_of(table_of(64, 10), batch, "csv", compression)
    frame = pd.read_csv(io.BytesIO(data), compression=None if compression == "none" else compression)
    assert frame["flag"].tolist()[:2] == [True, False]
    assert frame["text"].isna().sum() >= batch["text"].null_count
    assert len(frame) == 64
    other = pl.read_csv(io.BytesIO(data), infer_schema=False)
    assert other["text"].to_list() == [TEXTS[row % len(TEXTS)] for row in range(64)]


def test_names_of_columns_are_quoted_where_they_need_it() -> None:
    batch = pa.record_batch({"a,b": pa.array([1]), "c": pa.array([2])})
    assert FORMATS.get("csv").prefix(plan_of(batch, 1), "none") == b'"a,b",c\n'
