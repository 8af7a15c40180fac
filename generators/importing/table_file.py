"""A whole file as a table, for what is learnt from it or compared with it: the same for every face, so that
the same file gives the same model here, in a notebook and on a server."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.importing.csv_file import USUAL, csv_rows, refuse_columns
from synthmill.generators.importing.model import short
from synthmill.generators.limits import MAX_COLUMNS, MAX_FIT_ROWS, MAX_INTEGER

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
_ZONE = r"(Z|[-+][0-9]{2}:?[0-9]{2})"


def read_table_file(path: Path, name: str, form: str, most_rows: int = MAX_FIT_ROWS) -> pa.Table:
    """All rows of a file in one of `FORMS`, with the types that its values have.

    Codes such as 00501 stay text, and whole numbers of more than 64 bits become it; dates and times in ISO
    8601 are dates and times, in JSON, too. A JSON file is one array of objects, a JSON Lines file an object a
    line: what a row doesn't name is null there.

    Raises InvalidRequestError naming the table for a file that can't be read, has no rows or more than
    `most_rows`, and UnknownNameError for another form. OSError where there is no such file.
    """
    if form not in _READERS:
        raise UnknownNameError("format", form, FORMS)
    field = f"tables.{name}"
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((_GZIP, _ZSTD)):
        raise InvalidRequestError.one(field, "is compressed", "give it as it is before compression")
    try:
        table = _READERS[form](path, most_rows + 1)
    except InvalidRequestError as error:
        found = error.errors[0]
        raise InvalidRequestError.one(field, found.reason, found.fix) from error
    except (pa.ArrowException, ValueError, NotImplementedError, OverflowError, RecursionError) as error:
        reason = short(str(error) or type(error).__name__)
        raise InvalidRequestError.one(
            field, f"can't be read as {form}: {reason}", f"a {form} file"
        ) from error
    if not table.num_rows or not table.num_columns:
        raise InvalidRequestError.one(field, "has no rows", "give a file with names of columns and rows")
    if table.num_rows > most_rows:
        raise InvalidRequestError.one(
            field,
            f"has more than {most_rows:,} rows",
            f"at most {most_rows:,}, which bounds the memory that is taken: give a sample of whole subjects",
        )
    return table


def _csv(path: Path, most: int) -> pa.Table:
    return csv_rows(path, USUAL, [], most)[0]


def _parquet(path: Path, most: int) -> pa.Table:
    file = pa.parquet.ParquetFile(path)
    refuse_columns(file.schema_arrow.names)
    if file.metadata.num_rows > most:
        # Not read: its columns are there to say how many rows it has.
        return pa.table({file.schema_arrow.names[0]: pa.nulls(most)})
    return file.read()


def _json(path: Path, most: int) -> pa.Table:
    rows = _parsed(path.read_bytes(), "")
    if not isinstance(rows, list):
        raise InvalidRequestError.one("", "isn't a JSON array", "an array of objects, one for each row")
    return _columns(enumerate(rows, 1), most)


def _jsonl(path: Path, most: int) -> pa.Table:
    def rows() -> Iterator[tuple[int, Any]]:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, _parsed(line, f" (line {number:,})")

    return _columns(rows(), most)


def _parsed(text: bytes, where: str) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise InvalidRequestError.one(
            "", f"holds {constant}, which isn't JSON{where}", "null where it is missing"
        )

    return json.loads(text.decode("utf-8-sig"), parse_constant=refuse)


def _columns(rows: Iterator[tuple[int, Any]], most: int) -> pa.Table:
    """Rows, each with its number, as columns in the order in which their names come first."""
    columns: dict[str, list[Any]] = {}
    for count, (number, row) in enumerate(rows):
        if not isinstance(row, dict):
            raise InvalidRequestError.one("", f"row {number:,} isn't an object", "an object for each row")
        for name, value in row.items():
            cells = columns.get(name)
            if cells is None:
                if len(columns) == MAX_COLUMNS:
                    refuse_columns([*columns, name])
                cells = columns[name] = [None] * count
            cells.append(value)
        if len(row) < len(columns):
            for cells in columns.values():
                if len(cells) <= count:
                    cells.append(None)
        if count + 1 >= most:
            break
    return pa.table({name: _array(name, cells) for name, cells in columns.items()})


def _array(name: str, cells: list[Any]) -> pa.Array:
    kinds = {type(cell) for cell in cells if cell is not None}
    if not kinds:
        return pa.nulls(len(cells))
    if kinds == {bool}:
        return pa.array(cells, pa.bool_())
    if kinds == {int} and all(cell is None or abs(cell) <= MAX_INTEGER for cell in cells):
        return pa.array(cells, pa.int64())
    if kinds == {int}:
        # As doubles they would lose their last digits.
        return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
    if kinds <= {int, float}:
        return _numbers(name, cells)
    if kinds == {str}:
        return _texts(pa.array(cells, pa.string()))
    found = " and ".join(sorted(_KINDS[kind] for kind in kinds))
    raise InvalidRequestError.one("", f"column {name} holds {found}", "values of one kind, or null")


_KINDS = {
    bool: "truth values",
    int: "numbers",
    float: "numbers",
    str: "texts",
    list: "lists",
    dict: "objects",
}


def _numbers(name: str, cells: list[Any]) -> pa.Array:
    numbers = [None if cell is None else float(cell) for cell in cells]
    if not all(number is None or math.isfinite(number) for number in numbers):
        raise InvalidRequestError.one("", f"column {name} holds a number beyond 1.8e308", "finite numbers")
    return pa.array(numbers, pa.float64())


def _texts(cells: pa.Array) -> pa.Array:
    """Dates and times where all texts are, as reading CSV finds them."""
    for form, type_ in (
        (_DATE, pa.date32()),
        (f"{_TIME}$", pa.timestamp("us")),
        (_TIME + _ZONE + "$", pa.timestamp("us", "UTC")),
    ):
        if pc.all(pc.match_substring_regex(cells, form)).as_py():
            try:
                return cells.cast(type_)
            except pa.ArrowInvalid:  # No such day.
                return cells
    return cells


_READERS: dict[str, Callable[[Path, int], pa.Table]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "json": _json,
    "parquet": _parquet,
}
FORMS = tuple(_READERS)
"""What a file may be: `csv`, `jsonl`, `json` (one array of objects) or `parquet`."""
