"""CSV files, told apart from their like: what separates their cells, and which numbers are none."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.model import MAX_DATA_ROWS
from synthmill.generators.schema.json_values import shown

_SAMPLE_BYTES = 2**16
_BLOCK_BYTES = 2**24
_OTHERS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What separates cells where it isn't a comma."""
_LEADING_ZERO = "^0[0-9]+$"


def csv_batches(source: Path | BinaryIO, notes: list[str]) -> tuple[Iterator[pa.RecordBatch], pa.Schema]:
    """The rows, in batches, and their types; codes such as 00501 stay text, as their zeros mean something.

    Raises InvalidRequestError for a header that names a column twice, and as pyarrow does.
    """
    delimiter = _delimiter(source)
    if delimiter != ",":
        notes.append(f"cells are separated by {_OTHERS[delimiter]}")
    names = _reader(source, delimiter).schema.names
    refuse_repeated(names)
    codes = _codes(source, delimiter, names)
    reader = _reader(source, delimiter, column_types=dict.fromkeys(codes, pa.string()))
    return iter(reader), reader.schema


def refuse_repeated(names: Sequence[str]) -> None:
    """Raises InvalidRequestError where several columns have one name."""
    if repeated := [name for name, times in Counter(names).items() if times > 1]:
        raise InvalidRequestError.one(
            "content",
            f"several columns are called {', '.join(map(shown, repeated))}",
            "give each column a name of its own in the header",
        )


def _stream(source: Path | BinaryIO) -> Any:
    if isinstance(source, Path):
        return pa.input_stream(source, compression="detect")
    source.seek(0)
    return pa.PythonFile(source, "r")


def _reader(source: Path | BinaryIO, delimiter: str, **convert: Any) -> pa.csv.CSVStreamingReader:
    return pa.csv.open_csv(
        _stream(source),
        pa.csv.ReadOptions(block_size=_BLOCK_BYTES),
        pa.csv.ParseOptions(delimiter=delimiter),
        pa.csv.ConvertOptions(strings_can_be_null=True, **convert),
    )


def _delimiter(source: Path | BinaryIO) -> str:
    """A comma, unless the header has none and all first lines have as many cells by another."""
    sample = _stream(source).read(_SAMPLE_BYTES)
    lines = sample.decode("utf-8-sig", "replace").splitlines()
    if len(sample) == _SAMPLE_BYTES:
        lines = lines[:-1]  # It may be cut off.
    if not lines or "," in lines[0]:
        return ","
    for delimiter in _OTHERS:
        rows = [row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter) if row]
        if len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
            return delimiter
    return ","


def _codes(source: Path | BinaryIO, delimiter: str, names: Sequence[str]) -> set[str]:
    """The columns with digits behind a zero; read as numbers they would lose it."""
    found, rows = set[str](), 0
    for batch in _reader(source, delimiter, column_types=dict.fromkeys(names, pa.string())):
        for name in names:
            if name not in found and pc.any(pc.match_substring_regex(batch[name], _LEADING_ZERO)).as_py():
                found.add(name)
        rows += len(batch)
        if rows >= MAX_DATA_ROWS:
            break
    return found
