"""Parquet files put together from row groups that were written apart."""

from __future__ import annotations

import io
import struct
import time
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
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.contract_checks.awkward import (
    VALUES,
    batch_of,
    blocks_of,
    file_of,
    plan_of,
    table_of,
)
from synthmill.generators.engine.arrow_cells import cells_of
from synthmill.generators.formats import FORMATS, Block, row_group
from synthmill.generators.formats import thrift as t
from synthmill.generators.kernels.backend import use
from synthmill.generators.kernels.bitpack import zigzag

COMPRESSIONS = ["none", "gzip", "zstd"]
READERS = ["pyarrow", "duckdb", "polars", "pandas"]
OURS = ("id", "text", "word", "amount", "happened", "flag", "born", "ratio", "small", "always")
"""Columns of a table whose pages we write; with the others it is pyarrow's."""


def read_with(reader: str, path: Path, schema: pa.Schema) -> pa.Table:
    if reader == "pyarrow":
        return pq.read_table(path)
    if reader == "polars":
        return pl.read_parquet(path).to_arrow().cast(schema)
    if reader == "duckdb":
        with duckdb.connect() as connection:
            found = connection.sql(f"select * from '{path}'")
            assert found is not None
            return found.to_arrow_table().cast(schema)
    return pa.Table.from_pandas(pd.read_parquet(path, dtype_backend="pyarrow"), preserve_index=False).cast(
        schema
    )


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("columns", [OURS, tuple(VALUES)], ids=["ours", "pyarrow's"])
@pytest.mark.parametrize("groups", [1, 2, 100])
def test_every_reader_sees_every_value(
    groups: int, columns: tuple[str, ...], compression: str, reader: str, tmp_path: Path
) -> None:
    rows = groups * 37 - 5
    table, batch = table_of(rows, 37, columns), batch_of(rows, columns=columns)
    path = tmp_path / "t.parquet"
    path.write_bytes(file_of(table, batch, "parquet", compression))
    assert pq.ParquetFile(path).num_row_groups == groups
    assert read_with(reader, path, table.schema).equals(pa.Table.from_batches([batch]))


def test_predicates_that_skip_row_groups_give_right_answers(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    batch = pa.record_batch(
        {"n": pa.array(range(10_000)), "s": pa.array([f"v{n % 7}" for n in range(10_000)])}
    )
    path.write_bytes(file_of(plan_of(batch, 100), batch, "parquet", "zstd"))
    assert pq.read_table(path, filters=[("n", ">=", 4_321), ("n", "<", 4_555)])["n"].to_pylist() == list(
        range(4_321, 4_555)
    )
    assert pl.scan_parquet(path).filter(pl.col("n") == 777).collect().rows() == [(777, "v0")]
    assert duckdb.connect().execute(
        f"select sum(n) from '{path}' where n between 150 and 250"
    ).fetchall() == [(sum(range(150, 251)),)]


@pytest.fixture(scope="module")
def ten_thousand(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pa.RecordBatch]:
    """A file of 10,000 row groups of three rows, numbered, with some of each kind of column."""
    rows = 30_000
    batch = batch_of(rows, columns=OURS).set_column(0, "id", pa.array(range(rows)))
    path = tmp_path_factory.mktemp("splice") / "t.parquet"
    path.write_bytes(file_of(plan_of(batch, 3), batch, "parquet", "zstd"))
    return path, batch


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_sees_every_value_of_ten_thousand_row_groups(
    ten_thousand: tuple[Path, pa.RecordBatch], reader: str
) -> None:
    path, batch = ten_thousand
    assert pq.ParquetFile(path).num_row_groups == 10_000
    assert read_with(reader, path, batch.schema).equals(pa.Table.from_batches([batch]))


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_predicates_find_their_rows_among_ten_thousand_row_groups(
    ten_thousand: tuple[Path, pa.RecordBatch], reader: str
) -> None:
    path, batch = ten_thousand
    first, last = 14_321, 14_555
    wanted = batch.slice(first, last - first).filter(pc.field("word") == "red")["id"].to_pylist()
    assert wanted
    if reader in ("pyarrow", "pandas"):
        read: Any = pq.read_table if reader == "pyarrow" else pd.read_parquet
        rows = read(path, filters=[("id", ">=", first), ("id", "<", last), ("word", "==", "red")])
    elif reader == "polars":
        within = pl.col("id").is_between(first, last - 1)
        rows = pl.scan_parquet(path).filter(within, pl.col("word") == "red").collect()
    else:
        query = f"select * from '{path}' where id >= {first} and id < {last} and word = 'red' order by id"
        with duckdb.connect() as connection:
            rows = connection.sql(query).to_arrow_table()
    assert [int(one) for one in np.asarray(rows["id"])] == wanted


def test_statistics_say_the_least_and_the_greatest_of_each_group() -> None:
    batch = batch_of(120, columns=("born", "word"))
    file = pq.ParquetFile(io.BytesIO(file_of(table_of(120, 50, ("born", "word")), batch, "parquet", "none")))
    for group in range(3):
        rows = batch.slice(group * 50, 50)
        found = file.metadata.row_group(group).column(1).statistics
        assert (found.min, found.max) == (pc.min(rows["word"]).as_py(), pc.max(rows["word"]).as_py())
        assert found.null_count == rows["word"].null_count


def test_one_block_gives_what_pyarrow_alone_would_read() -> None:
    batch = batch_of(60)
    metadata = pq.ParquetFile(io.BytesIO(file_of(table_of(60, 60), batch, "parquet", "zstd"))).metadata
    alone = io.BytesIO()
    pq.write_table(pa.table({"x": [1]}), alone)
    assert metadata.num_rows == 60
    assert metadata.created_by == pq.ParquetFile(alone).metadata.created_by
    assert metadata.schema.to_arrow_schema().remove_metadata() == batch.schema


def test_offsets_lie_where_the_row_groups_are() -> None:
    table, batch = table_of(90, 30), batch_of(90)
    made = blocks_of(table, batch, "parquet", "none")
    metadata = pq.ParquetFile(io.BytesIO(file_of(table, batch, "parquet", "none"))).metadata
    start = 4
    for group, (block, _) in enumerate(made):
        first = metadata.row_group(group).column(0)
        assert min(filter(None, [first.dictionary_page_offset, first.data_page_offset])) == start
        start += block.size


def test_ten_thousand_row_groups_are_put_together_in_seconds() -> None:
    table, fmt = table_of(10_000 * 8, 8, OURS), FORMATS.get("parquet")
    encoded = fmt.encode(table, cells_of(batch_of(8, columns=OURS)), "none")
    blocks = [Block(index, 8, len(encoded.body), "", encoded.footer) for index in range(10_000)]
    began = time.process_time()
    suffix = fmt.suffix(table, "none", blocks)
    assert time.process_time() - began < 5
    whole = fmt.prefix(table, "none") + encoded.body * 10_000 + suffix
    file = pq.ParquetFile(io.BytesIO(whole))
    assert (file.num_row_groups, file.metadata.num_rows) == (10_000, 80_000)
    assert file.read_row_group(9_999).equals(pa.Table.from_batches([batch_of(8, columns=OURS)]))


def test_real_footers_are_written_back_byte_for_byte() -> None:
    data = file_of(table_of(70, 10), batch_of(70), "parquet", "gzip")
    footer = data[-8 - int.from_bytes(data[-8:-4], "little") : -8]
    writer = t.Writer()
    writer.struct(t.Reader(footer).struct())
    assert bytes(writer.out) == footer


VALUES: Any = st.deferred(
    lambda: st.one_of(
        st.tuples(st.just(t.I64), st.integers(-(2**63), 2**63 - 1)),
        st.tuples(st.just(t.I32), st.integers(-(2**31), 2**31 - 1)),
        st.tuples(st.just(t.BYTE), st.integers(0, 255)),
        st.tuples(st.just(t.DOUBLE), st.floats(allow_nan=False)),
        st.tuples(st.just(t.BINARY), st.binary(max_size=300)),
        st.tuples(st.just(t.TRUE), st.just(True)),
        st.tuples(st.just(t.FALSE), st.just(False)),
        st.tuples(
            st.just(t.LIST), st.lists(st.integers(-9, 9), max_size=40).map(lambda v: t.Items(t.I32, v))
        ),
        st.tuples(st.just(t.SET), st.lists(st.booleans()).map(lambda v: t.Items(t.TRUE, v))),
        st.tuples(st.just(t.STRUCT), STRUCTS),
        st.tuples(st.just(t.LIST), st.lists(STRUCTS, max_size=3).map(lambda v: t.Items(t.STRUCT, v))),
    )
)
STRUCTS: Any = st.dictionaries(st.integers(1, 400), VALUES.map(lambda pair: t.Field(*pair)), max_size=4).map(
    lambda fields: dict(sorted(fields.items()))
)


@given(STRUCTS)
def test_any_struct_is_read_as_it_was_written(fields: t.Struct) -> None:
    writer = t.Writer()
    writer.struct(fields)
    reader = t.Reader(bytes(writer.out))
    assert reader.struct() == fields
    assert reader.at == len(writer.out)


@given(STRUCTS.filter(bool), st.data())
def test_bytes_that_end_too_early_are_refused(fields: t.Struct, data: st.DataObject) -> None:
    writer = t.Writer()
    writer.struct(fields)
    cut = data.draw(st.integers(0, len(writer.out) - 1))
    with pytest.raises(t.ThriftError):
        t.Reader(bytes(writer.out[:cut])).struct()


@pytest.mark.parametrize("kernels", ["numpy", "numba"])
@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.binary(min_size=1, max_size=30),
            st.lists(st.tuples(st.integers(0, 30), st.integers(-70, 2**45)), max_size=5),
            st.integers(0, 2**50),
        ),
        max_size=5,
    )
)
def test_offsets_stand_where_they_were_taken_out(kernels: str, groups: list[Any]) -> None:
    packed, expected = [], []
    for text, holes, shift in groups:
        rising = sorted((min(place, len(text)), value) for place, value in holes)
        places = b"".join(struct.pack("<Iq", *hole) for hole in rising)
        packed.append(struct.pack("<I", len(rising)) + places + text)
        whole, done = b"", 0
        for place, value in rising:
            whole += text[done:place] + zigzag(value + shift)
            done = place
        expected.append(whole + text[done:])
    with use(kernels):
        found = row_group.placed(packed, [shift for _, _, shift in groups])
        assert b"".join(found) == b"".join(expected)
