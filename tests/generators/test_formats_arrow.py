"""Arrow IPC streams."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pytest

from synthmill.generators.contract_checks.awkward import batch_of, file_of, plan_of, table_of
from synthmill.generators.errors import UnknownNameError
from synthmill.generators.formats import FORMATS, Block, codec
from synthmill.generators.kernels.backend import use
from tests.generators.parquet_cells import every_cell, reference
from tests.generators.parquet_cells import table_of as table_of_cells

COMPRESSIONS = FORMATS.get("arrow").compressions
compressed = pytest.mark.parametrize("compression", COMPRESSIONS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.arrow"


@compressed
def test_a_block_is_a_record_batch(compression: str, path: Path) -> None:
    path.write_bytes(file_of(table_of(100, 32), batch_of(100), "arrow", compression))
    with pa.ipc.open_stream(path) as stream:
        assert [batch.num_rows for batch in stream] == [32, 32, 32, 4]


@compressed
@pytest.mark.parametrize("nulls", [False, True])
def test_every_kind_of_cells_is_read_back(nulls: bool, compression: str, path: Path) -> None:
    table, fmt = table_of_cells(5_000, 5_000, nulls), FORMATS.get("arrow")
    encoded = fmt.encode(table, every_cell(5_000, 0, nulls), compression)
    end = fmt.suffix(table, compression, [Block(0, 5_000, len(encoded.body), "", b"")])
    path.write_bytes(fmt.prefix(table, compression) + encoded.body + end)
    with pa.ipc.open_stream(path) as stream:
        found = stream.read_all()
    assert found.schema == table.schema
    assert found.equals(reference(table, nulls))


@compressed
def test_kernels_make_no_difference(compression: str) -> None:
    table, fmt, cells = table_of_cells(500, 500), FORMATS.get("arrow"), every_cell(500)
    with use("numba"):
        fast = fmt.encode(table, cells, compression)
    with use("numpy"):
        assert fmt.encode(table, cells, compression) == fast


@compressed
def test_polars_reads_it(compression: str, path: Path) -> None:
    columns = ("id", "text", "word", "amount", "happened", "flag", "born")
    batch = batch_of(100, columns=columns)
    path.write_bytes(file_of(table_of(100, 32, columns), batch, "arrow", compression))
    assert pl.read_ipc_stream(path).to_arrow().cast(batch.schema).equals(pa.Table.from_batches([batch]))


@compressed
def test_pandas_takes_it_from_pyarrow(compression: str, path: Path) -> None:
    batch = batch_of(100, columns=("always", "born"))
    path.write_bytes(file_of(table_of(100, 32, ("always", "born")), batch, "arrow", compression))
    with pa.ipc.open_stream(path) as stream:
        frame = stream.read_pandas()
    assert pd.api.types.is_string_dtype(frame["always"])
    assert frame["always"].tolist() == batch["always"].to_pylist()


@compressed
def test_duckdb_queries_it_through_pyarrow(compression: str, path: Path) -> None:
    batch = pa.record_batch({"n": pa.array(np.arange(100))})
    path.write_bytes(file_of(plan_of(batch, 30), batch, "arrow", compression))
    with pa.ipc.open_stream(path) as stream:
        connection = duckdb.connect()
        connection.register("numbers", stream)
        assert connection.execute("select sum(n) from numbers where n >= 50").fetchone() == (3_725,)


def test_gzip_is_refused_by_name() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown compression of arrow 'gzip'; known: none, zstd"):
        codec("arrow", "gzip")


def test_zstd_makes_it_smaller() -> None:
    sizes = {how: len(file_of(table_of(2_000, 500), batch_of(2_000), "arrow", how)) for how in COMPRESSIONS}
    assert sizes["zstd"] < sizes["none"] / 4
