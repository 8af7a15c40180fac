"""JSON Lines as people's readers take it."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.contract_checks.awkward import TEXTS, batch_of, file_of, plan_of, table_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def text_of(columns: dict[str, pa.Array], block_rows: int = 100) -> str:
    batch = pa.record_batch(columns)
    return file_of(plan_of(batch, block_rows), batch, "jsonl", "none").decode()


def rows_of(columns: dict[str, pa.Array], block_rows: int = 100) -> list[Any]:
    lines = text_of(columns, block_rows).split("\n")
    assert lines.pop() == ""
    return [json.loads(line, parse_float=Decimal) for line in lines]


def test_keys_stand_in_the_order_of_the_columns() -> None:
    assert (
        text_of({"b": pa.array([1, 2]), "a": pa.array(["x", "y"])}, 1) == '{"b":1,"a":"x"}\n{"b":2,"a":"y"}\n'
    )


def test_null_and_an_empty_text_stay_apart() -> None:
    assert text_of({"a": pa.array([None, "", "null"])}) == '{"a":null}\n{"a":""}\n{"a":"null"}\n'


def test_numbers_decimals_and_booleans_have_no_quotes() -> None:
    columns = {
        "i": pa.array([7]),
        "f": pa.array([0.5]),
        "d": pa.array(["12.30"]).cast(pa.decimal128(9, 2)),
        "b": pa.array([True]),
    }
    assert text_of(columns) == '{"i":7,"f":0.5,"d":12.30,"b":true}\n'


def test_dates_and_timestamps_are_text() -> None:
    columns = {
        "d": pa.array([0], pa.date32()),
        "t": pa.array(
            [
                1,
            ],
            pa.timestamp("us", "UTC"),
        ),
    }
    assert text_of(columns) == '{"d":"1970-01-01","t":"1970-01-01T00:00:00.000001Z"}\n'


def test_what_is_not_a_number_in_json_is_null() -> None:
    values = [float("nan"), float("inf"), float("-inf"), None, 1.5]
    assert [row["f"] for row in rows_of({"f": pa.array(values, pa.float64())})] == [None] * 4 + [
        Decimal("1.5")
    ]


def test_unicode_is_written_as_it_is_and_control_characters_are_escaped() -> None:
    assert text_of({"a": pa.array(["Grüße 🏔️", "\x00\x1f\n", '"\\'])}) == (
        '{"a":"Grüße 🏔️"}\n{"a":"\\u0000\\u001f\\n"}\n{"a":"\\"\\\\"}\n'
    )


@given(st.lists(st.tuples(st.none() | TEXT, TEXT), min_size=1, max_size=30), st.integers(1, 9))
def test_any_text_reads_back(rows: list[tuple[str | None, str]], block_rows: int) -> None:
    columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate("ab")}
    assert rows_of(columns, block_rows) == [{"a": a, "b": b} for a, b in rows]


@given(st.lists(st.none() | st.decimals(-(10**9), 10**9, places=9), min_size=1))
def test_any_decimal_keeps_all_its_digits(values: list[Decimal | None]) -> None:
    column = pa.array(values, pa.decimal128(25, 9))
    lines = text_of({"a": column}).split("\n")[:-1]
    assert lines == [
        '{"a":' + ("null" if value is None else f"{value + 0:.9f}") + "}" for value in column.to_pylist()
    ]


@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_pandas_polars_and_duckdb_read_all_rows(compression: str, tmp_path: Any) -> None:
    columns = ("small", "flag", "amount", "born", "happened", "text", "word")
    data = file_of(table_of(64, 10, columns), batch_of(64, columns=columns), "jsonl", compression)
    expected = [TEXTS[row % len(TEXTS)] for row in range(64)]
    frame = pd.read_json(
        io.BytesIO(data), lines=True, compression=None if compression == "none" else compression
    )
    assert [None if pd.isna(cell) else cell for cell in frame["text"]] == expected
    path = tmp_path / ("t.jsonl" + {"none": "", "gzip": ".gz", "zstd": ".zst"}[compression])
    path.write_bytes(data)
    assert pl.read_ndjson(path)["text"].to_list() == expected
    found = (
        duckdb.connect()
        .execute(f"select text from read_json('{path}', format='newline_delimited')")
        .fetchall()
    )
    assert [row[0] for row in found] == expected
