"""pyarrow, polars, duckdb and pandas: a ready table, already in the library's own memory, only written."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from clock import measure

WARM_ROWS = 70_000


def pyarrow(table: pa.Table, kind: str, compression: str, like: Path | None) -> Callable[[str], object]:
    import pyarrow.csv
    import pyarrow.parquet

    if kind == "csv":
        return lambda out: pyarrow.csv.write_csv(table, out)
    options: dict[str, Any] = {} if compression == "default" else {"compression": compression}
    if like is not None:
        options |= layout(pyarrow.parquet.ParquetFile(like))
    return lambda out: pyarrow.parquet.write_table(table, out, **options)


def layout(written: Any) -> dict[str, Any]:
    """Settings with which pyarrow lays a file out as another is: by column, as its first row group tells."""
    group = written.metadata.row_group(0)
    columns = [group.column(at) for at in range(group.num_columns)]
    plain = {"PLAIN", "RLE", "RLE_DICTIONARY", "PLAIN_DICTIONARY", "BIT_PACKED"}
    coded = {one.path_in_schema: one for one in columns}
    dictionary = [name for name, one in coded.items() if one.has_dictionary_page]
    encodings = {
        name: next(iter(set(one.encodings) - plain), "PLAIN")
        for name, one in coded.items()
        if name not in dictionary and one.physical_type != "BOOLEAN"
    }
    codecs = {name: one.compression.lower().replace("uncompressed", "none") for name, one in coded.items()}
    return {
        "compression": codecs,
        "compression_level": {name: 1 for name, codec in codecs.items() if codec in ("zstd", "gzip")} or None,
        "use_dictionary": dictionary or False,
        "column_encoding": encodings,
        "write_statistics": [name for name, one in coded.items() if one.is_stats_set] or False,
        "row_group_size": group.num_rows,
        "store_decimal_as_integer": True,
    }


def polars(table: pa.Table, kind: str, compression: str, like: Path | None) -> Callable[[str], object]:
    import polars as pl

    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    frame = frame.rechunk()
    if kind == "csv":
        return frame.write_csv
    if kind == "jsonl":
        return frame.write_ndjson
    if compression == "default":
        return frame.write_parquet
    level = 1 if compression == "zstd" else None
    named = "uncompressed" if compression == "none" else compression
    return partial(frame.write_parquet, compression=named, compression_level=level)


def duckdb(table: pa.Table, kind: str, compression: str, like: Path | None) -> Callable[[str], object]:
    import duckdb as db

    connection = db.connect()
    connection.execute("SET threads = 1; SET preserve_insertion_order = true")
    connection.register("given", table)
    connection.execute("CREATE TABLE ready AS SELECT * FROM given")
    options = {"csv": "FORMAT csv, HEADER", "jsonl": "FORMAT json"}.get(kind, "FORMAT parquet")
    if kind == "parquet" and compression != "default":
        options += f", COMPRESSION {'uncompressed' if compression == 'none' else compression}"
        options += ", COMPRESSION_LEVEL 1" if compression == "zstd" else ""
    return lambda out: connection.execute(f"COPY ready TO '{out}' ({options})")


def pandas(table: pa.Table, kind: str, compression: str, like: Path | None) -> Callable[[str], object]:
    frame = table.to_pandas()
    if kind == "csv":
        return partial(frame.to_csv, index=False)
    if kind == "jsonl":
        if "balance" in frame:
            frame["balance"] = frame["balance"].astype(float)
        return partial(frame.to_json, orient="records", lines=True, date_format="iso", date_unit="us")
    return partial(frame.to_parquet, index=False)


LIBRARIES = {"pyarrow": pyarrow, "polars": polars, "duckdb": duckdb, "pandas": pandas}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("ready", help="an Arrow file")
    parser.add_argument("out")
    parser.add_argument("--format", default="csv")
    parser.add_argument("--compression", default="default")
    parser.add_argument("--like", type=Path, help="a Parquet file: its rows, in its layout")
    parser.add_argument("--zone", action="store_true", help="give timestamps the zone UTC")
    asked = parser.parse_args()
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if asked.like:
        import pyarrow.parquet

        table = pyarrow.parquet.read_table(asked.like)
    else:
        with pa.memory_map(asked.ready) as file:
            table = pa.ipc.open_file(file).read_all()
    if asked.zone:
        for at, field in enumerate(table.schema):
            if pa.types.is_timestamp(field.type):
                zoned = table[field.name].cast(pa.timestamp(field.type.unit, "UTC"))
                table = table.set_column(at, field.name, zoned)
    library = LIBRARIES[asked.library]
    arguments = (asked.format, asked.compression, asked.like)
    few = library(table.slice(0, WARM_ROWS), *arguments)
    write = library(table, *arguments)
    measure(lambda: write(asked.out), lambda: few(asked.out), asked.out)


main()
