"""Reading a dataset's files back, with the types that the manifest gives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.json
import pyarrow.parquet

_TIMESTAMP = re.compile(r"timestamp\[(s|ms|us|ns)(?:, tz=(.+))?\]\Z")
_DECIMAL = re.compile(r"decimal128\((\d+), (-?\d+)\)\Z")
_DICTIONARY = re.compile(r"dictionary<values=(.+), indices=.+>\Z")
_CHUNK_BYTES = 32 * 2**20
"""No row may be longer than what pyarrow reads at once."""


def type_named(name: str) -> pa.DataType:
    """The column type of this name in a manifest, such as `int64` or `decimal128(12, 2)`.

    Raises ValueError for a name that isn't one.
    """
    if found := _TIMESTAMP.match(name):
        return pa.timestamp(found[1], found[2])
    if found := _DECIMAL.match(name):
        return pa.decimal128(int(found[1]), int(found[2]))
    if found := _DICTIONARY.match(name):
        return type_named(found[1])
    return pa.type_for_alias(name)


def read_table(path: Path, columns: Sequence[Mapping[str, Any]], format_name: str) -> pa.Table:
    """A file of a dataset as it was written: `columns` and `format_name` are those of its manifest.

    Nulls and empty texts come back apart, except in a CSV of one column, which can't tell them apart.
    """
    schema = pa.schema([pa.field(one["name"], type_named(one["type"]), one["nullable"]) for one in columns])
    if format_name == "parquet":
        return pa.parquet.read_table(path).cast(schema)
    if format_name == "arrow":
        with pa.ipc.open_stream(path) as stream:
            return stream.read_all().cast(schema)
    with pa.input_stream(path, compression="detect") as stream:
        read = _read_csv(stream, schema) if format_name == "csv" else _read_jsonl(stream, schema)
    return read.select(schema.names).cast(schema)


def _read_csv(stream: pa.NativeFile, schema: pa.Schema) -> pa.Table:
    return pa.csv.read_csv(
        stream,
        pa.csv.ReadOptions(block_size=_CHUNK_BYTES),
        pa.csv.ParseOptions(newlines_in_values=True),
        pa.csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=len(schema) == 1 and schema.field(0).nullable,
        ),
    )


def _read_jsonl(stream: pa.NativeFile, schema: pa.Schema) -> pa.Table:
    # pyarrow's JSON reader takes dates and times of day for numbers: they are read as text first.
    read_as = [
        field.with_type(pa.string())
        if pa.types.is_date(field.type) or pa.types.is_time(field.type)
        else field
        for field in schema
    ]
    return pa.json.read_json(
        stream,
        pa.json.ReadOptions(block_size=_CHUNK_BYTES),
        pa.json.ParseOptions(explicit_schema=pa.schema(read_as), unexpected_field_behavior="error"),
    )
