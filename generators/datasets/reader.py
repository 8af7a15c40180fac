"""Reading a dataset's files back, with the types that the manifest gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.json
import pyarrow.parquet
import pyarrow.types as pt

from synthmill.generators.engine.type_names import type_named
from synthmill.generators.errors import DamagedDatasetError, InvalidRequestError
from synthmill.generators.formats import FORMATS
from synthmill.generators.formats.contract import ReadableFormat

_OWN = ("arrow", "csv", "jsonl", "parquet")
_CHUNK_BYTES = 32 * 2**20
"""No row may be longer than what pyarrow reads at once."""


def read_table(path: Path, columns: Sequence[Mapping[str, Any]], format_name: str) -> pa.Table:
    """A file of a dataset as it was written: `columns` and `format_name` are those of its manifest.

    Nulls and empty texts come back apart, except in a CSV of one column, which can't tell them apart. Raises
    DamagedDatasetError where the file isn't of that format or those columns, OSError where it can't be read,
    InvalidRequestError for a plugin's format that can only be written, UnknownNameError where it isn't here.
    """
    try:
        fields = [pa.field(one["name"], type_named(one["type"]), one["nullable"]) for one in columns]
        return _read(path, pa.schema(fields), format_name)
    except InvalidRequestError:
        raise
    except (pa.ArrowException, ValueError, KeyError, TypeError) as error:
        # What Arrow says goes on with where in its own source it said so.
        reason = str(error).strip().split("\n")[0].split(". Detail:")[0]
        raise DamagedDatasetError(
            f"{path.name} isn't what the manifest says: {reason} (verify says where it differs)"
        ) from error


def can_be_read(format_name: str) -> bool:
    """Whether files of a format can be read back: a plugin's can if it says how."""
    return format_name in _OWN or isinstance(FORMATS.get(format_name), ReadableFormat)


def _read(path: Path, schema: pa.Schema, format_name: str) -> pa.Table:
    if format_name == "parquet":
        read = pa.parquet.ParquetFile(path).read()
    elif format_name == "arrow":
        with pa.ipc.open_stream(path) as stream:
            read = stream.read_all()
    elif format_name in _OWN:
        with pa.input_stream(path, compression="detect") as stream:
            read = _read_csv(stream, schema) if format_name == "csv" else _read_jsonl(stream, schema)
    else:
        read = _readable(format_name).read(path, schema)
    for name in schema.names:
        if name not in read.schema.names:
            raise ValueError(f"there is no column {name}; there are {', '.join(read.schema.names)}")
    return read.select(schema.names).cast(schema)


def _readable(name: str) -> ReadableFormat:
    fmt = FORMATS.get(name)
    if not isinstance(fmt, ReadableFormat):
        raise InvalidRequestError.one(
            "format", f"files of the format {name} can't be read back", "make the dataset as csv or parquet"
        )
    return fmt


def _read_csv(stream: pa.NativeFile, schema: pa.Schema) -> pa.Table:
    # Lists and objects are JSON there: they are read as text first.
    as_text = [field.with_type(pa.string()) if pt.is_nested(field.type) else field for field in schema]
    read = pa.csv.read_csv(
        stream,
        pa.csv.ReadOptions(block_size=_CHUNK_BYTES),
        pa.csv.ParseOptions(newlines_in_values=True),
        pa.csv.ConvertOptions(
            column_types=pa.schema(as_text),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=len(schema) == 1 and schema.field(0).nullable,
        ),
    )
    for place, name in enumerate(read.schema.names):
        if name in schema.names and pt.is_nested(schema.field(name).type):
            nested = _parsed(read.column(place), schema.field(name))
            read = read.set_column(place, schema.field(name), nested)
    return read


def _parsed(texts: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    """The lists or objects whose JSON the texts are."""
    lines = "".join(f'{{"{field.name}":{text or "null"}}}\n' for text in texts.to_pylist())
    buffer = pa.py_buffer(lines.encode())
    return _read_jsonl(pa.BufferReader(buffer), pa.schema([field])).column(0).cast(field.type)


def _read_jsonl(stream: pa.NativeFile, schema: pa.Schema) -> pa.Table:
    # pyarrow's JSON reader takes dates and times of day for numbers: they are read as text first.
    read_as = [field.with_type(_read_as(field.type)) for field in schema]
    return pa.json.read_json(
        stream,
        pa.json.ReadOptions(block_size=_CHUNK_BYTES),
        pa.json.ParseOptions(explicit_schema=pa.schema(read_as), unexpected_field_behavior="error"),
    )


def _read_as(type_: pa.DataType) -> pa.DataType:
    """The type as which cells are read from JSON."""
    if pt.is_list(type_):
        return pa.list_(type_.value_field.with_type(_read_as(type_.value_type)))
    if pt.is_struct(type_):
        return pa.struct([field.with_type(_read_as(field.type)) for field in type_])
    return pa.string() if pt.is_date(type_) or pt.is_time(type_) else type_
