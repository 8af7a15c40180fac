"""Our own Parquet pages: every kind of cells, read alike by everybody."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import struct
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from synthmill.generators.engine.cells import Cells, Floats, Integers, masked
from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.formats import FORMATS, Block, codec
from synthmill.generators.kernels.backend import use
from tests.generators.parquet_cells import COLUMNS, every_cell, file_of, reference, table_of

GOLDEN = json.loads((Path(__file__).parent.parent / "golden" / "bytes.json").read_text())
COMPRESSIONS = ["none", "gzip", "zstd"]
nullable = pytest.mark.parametrize("nulls", [False, True])
compressed = pytest.mark.parametrize("compression", COMPRESSIONS)


def read_with(reader: str, path: Path, schema: pa.Schema) -> pa.Table:
    if reader == "pyarrow":
        return pq.read_table(path)
    if reader == "polars":
        return pl.read_parquet(path).to_arrow().cast(schema)
    if reader == "duckdb":
        connection = duckdb.connect()
        connection.execute("set timezone = 'UTC'")
        found = connection.sql(f"select * from '{path}'")
        return found.to_arrow_table().cast(schema)
    frame = pd.read_parquet(path, dtype_backend="pyarrow")
    return pa.Table.from_pandas(frame, preserve_index=False).cast(schema)


@pytest.mark.parametrize("reader", ["pyarrow", "duckdb", "polars", "pandas"])
@compressed
@nullable
@pytest.mark.parametrize(("rows", "block_rows"), [(1, 1), (9, 5), (700, 7), (5_000, 5_000), (9_001, 4_500)])
def test_every_reader_sees_every_cell(
    rows: int, block_rows: int, nulls: bool, compression: str, reader: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(_written(rows, block_rows, nulls, compression))
    expected = _expected(rows, block_rows, nulls)
    got = read_with(reader, path, expected.schema)
    for name in COLUMNS:
        assert got[name].equals(expected[name]), name


# All readers have the same file to read, one after the other.
@lru_cache(1)
def _written(rows: int, block_rows: int, nulls: bool, compression: str) -> bytes:
    return file_of(table_of(rows, block_rows, nulls), compression, nulls)


@lru_cache(1)
def _expected(rows: int, block_rows: int, nulls: bool) -> pa.Table:
    return reference(table_of(rows, block_rows, nulls), nulls)


def metadata_of(table: TablePlan, compression: str = "none", nulls: bool = False) -> Any:
    return pq.ParquetFile(io.BytesIO(file_of(table, compression, nulls))).metadata


@nullable
def test_the_schema_says_types_and_nulls(nulls: bool) -> None:
    table = table_of(100, 50, nulls)
    found = metadata_of(table, nulls=nulls).schema.to_arrow_schema()
    assert found == table.schema
    assert [found.field(c.name).nullable for c in table.columns] == [nulls] * len(table.columns)


def test_files_say_who_wrote_them() -> None:
    assert metadata_of(table_of(10, 10)).created_by.startswith("synthmill-parquet version ")


@nullable
def test_statistics_are_the_bounds_of_each_row_group(nulls: bool) -> None:
    table = table_of(3_000, 1_000, nulls)
    metadata, rows = metadata_of(table, nulls=nulls), reference(table, nulls)
    reported = set()
    for group in range(3):
        some = rows.slice(group * 1_000, 1_000)
        for place, name in enumerate(COLUMNS):
            found = metadata.row_group(group).column(place).statistics
            assert found.null_count == some[name].null_count
            if found.has_min_max:
                reported.add(name)
                # Older releases of pyarrow can't show those of decimals.
                with contextlib.suppress(pa.ArrowNotImplementedError):
                    seen = found.min, found.max
                    assert seen == tuple(pc.min_max(some[name]).as_py().values()), name
    assert reported >= {
        "sequence",
        "any_integer",
        "money",
        "day",
        "at",
        "ratio",
        "coded",
        "coded_price",
        "repeats",
    }


@nullable
def test_filters_give_what_a_whole_scan_gives(nulls: bool, tmp_path: Path) -> None:
    table = table_of(5_000, 500, nulls)
    path = tmp_path / "t.parquet"
    path.write_bytes(file_of(table, "zstd", nulls))
    rows = reference(table, nulls)
    for name in (
        "sequence",
        "money",
        "day",
        "at",
        "ratio",
        "coded",
        "repeats",
        "coded_number",
        "uuid",
        "zero",
    ):
        value = next(cell for cell in rows[name].slice(1_234).to_pylist() if cell is not None)
        wanted = rows.filter(pc.equal(rows[name], pa.scalar(value, rows[name].type)))["sequence"]
        assert wanted.null_count or len(wanted)
        assert pq.read_table(path, filters=[(name, "==", value)])["sequence"].equals(wanted), name
        scanned = pl.scan_parquet(path).filter(pl.col(name) == pl.lit(value)).select("sequence").collect()
        assert scanned["sequence"].to_list() == wanted.to_pylist(), name
        selected = duckdb.connect().execute(f"select sequence from '{path}' where \"{name}\" = ?", [value])
        assert [row[0] for row in selected.fetchall()] == wanted.to_pylist(), name


@compressed
@nullable
def test_compiled_and_plain_kernels_give_the_same_file(nulls: bool, compression: str) -> None:
    table = table_of(1_500, 1_000, nulls)
    with use("numpy"):
        plain = file_of(table, compression, nulls)
    with use("numba"):
        assert file_of(table, compression, nulls) == plain


@compressed
def test_bytes_of_pages_are_golden(compression: str) -> None:
    known = GOLDEN[f"pages/{compression}"]
    if codec("parquet", compression) != known["codec"]:
        pytest.skip(f"known for {known['codec']}, this machine writes {codec('parquet', compression)}")
    data = file_of(table_of(3_000, 1_000, True), compression, True)
    assert hashlib.sha256(data).hexdigest() == known["sha256"]


def test_only_words_that_a_block_has_are_in_its_dictionary_if_there_are_many() -> None:
    places = list(COLUMNS)
    group = metadata_of(table_of(30_000, 30_000)).row_group(0)
    for name, most in (("coded", 3_000), ("always", 4_000)):
        assert group.column(places.index(name)).total_compressed_size < 30_000
        assert (
            group.column(places.index(name)).data_page_offset
            - group.column(places.index(name)).dictionary_page_offset
            < most
        )
    assert group.column(places.index("sparse")).dictionary_page_offset is None


def test_identifiers_take_half_of_their_letters_when_compressed() -> None:
    column = metadata_of(table_of(4_000, 4_000), "zstd").row_group(0).column(list(COLUMNS).index("uuid"))
    assert column.total_compressed_size < 4_000 * 19


def test_nulls_in_a_column_without_them_are_refused() -> None:
    table = TablePlan("t", 2, 2, (ColumnPlan("n", pa.int64(), False, "any"),))
    cells: dict[str, Cells] = {"n": Integers(np.array([1, 2]), np.array([False, True]))}
    with pytest.raises(ValueError, match="column n has nulls"):
        FORMATS.get("parquet").encode(table, cells, "none")


@pytest.mark.parametrize("name", list(COLUMNS))
def test_columns_of_nulls_alone_are_read_back(name: str) -> None:
    table = TablePlan("t", 9, 9, (ColumnPlan(name, COLUMNS[name][0], True, "any"),))
    cells = every_cell(9)[name]
    array = pa.nulls(9, COLUMNS[name][0])
    fmt = FORMATS.get("parquet")
    encoded = fmt.encode(table, {name: masked(cells, np.ones(9, np.bool_))}, "zstd")
    end = fmt.suffix(table, "zstd", [Block(0, 9, len(encoded.body), "", encoded.footer)])
    found = pq.read_table(io.BytesIO(fmt.prefix(table, "zstd") + encoded.body + end))
    assert found[name].combine_chunks().equals(array)


def test_zeros_in_a_footer_are_bounds_of_both_their_signs_and_a_nan_leaves_none() -> None:
    """Were 0.0 the least, a reader could not tell whether -0.0 is within; with a NaN it can tell nothing."""
    assert footer_of(0.0, 1.5).count(bound(LEAST, -0.0)) == 1
    assert footer_of(0.0, 1.5).count(bound(GREATEST, 1.5)) == 1
    assert footer_of(-2.5, -0.0).count(bound(GREATEST, 0.0)) == 1
    assert footer_of(-2.5, -0.0).count(bound(LEAST, -2.5)) == 1
    with_nan = footer_of(float("nan"), 1.5, -2.5)
    assert not any(struct.pack("<d", value) in with_nan for value in (float("nan"), 1.5, -2.5))


GREATEST, LEAST = b"\x28", b"\x18"
"""How the statistics of a footer (Thrift, compact protocol) begin their fields 5 and 6."""


def bound(field: bytes, value: float) -> bytes:
    return field + b"\x08" + struct.pack("<d", value)


def footer_of(*values: float) -> bytes:
    """The footer of a file of one column of these numbers."""
    table = TablePlan("t", len(values), 10, (ColumnPlan("x", pa.float64(), False, "any"),))
    fmt = FORMATS.get("parquet")
    encoded = fmt.encode(table, {"x": Floats(np.array(values))}, "none")
    block = Block(0, len(values), len(encoded.body), "", encoded.footer)
    return fmt.suffix(table, "none", [block])
