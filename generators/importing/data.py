"""CSV and Parquet files as facts: types, ranges, categories with their shares, nulls, keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet
import pyarrow.types as pt

from synthmill.generators.columns.guesses import text_guess
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.csv_file import USUAL, CsvOptions, csv_rows, first_rows, refuse_columns
from synthmill.generators.importing.fitting import fitted
from synthmill.generators.importing.model import MAX_DATA_ROWS, ColumnFacts, Imported, TableFacts, short
from synthmill.generators.limits import MAX_INTEGER
from synthmill.generators.patterns.parser import MAX_LENGTH

CATEGORIES = 200
"""Different texts up to which they are taken over as categories. More of them are names, codes and the like:
they stay where they are, and the recipe makes others."""
_FEW_NUMBERS = 25
_EXACT = 2**53
"""Whole numbers up to this are all doubles."""
_LAST_START = 2**62
"""Of a sequence."""
_DIGITS = "^[0-9]+$"
_UNITS = (("day", 86_400_000_000), ("hour", 3_600_000_000), ("minute", 60_000_000), ("second", 1_000_000),
          ("millisecond", 1_000), ("microsecond", 1))  # fmt: skip
_EPOCH = datetime(1970, 1, 1)
"""What a timestamp counts from, in UTC."""
_TICKS = {"s": (1_000_000, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}
"""Of each unit: microseconds in one, and how many are in a microsecond."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


def read_data(source: Path | BinaryIO, name: str, form: str, options: CsvOptions = USUAL) -> Imported:
    """One table of this name, from a file in the form `csv` or `parquet`; of long files the first rows.
    `options` are for CSV.

    Raises InvalidRequestError for what can't be read.
    """
    notes = list[str]()
    try:
        rows, whole = _rows(source, form, options, notes)
    except InvalidRequestError:
        raise
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        raise InvalidRequestError.one(
            "content",
            f"can't be read as {form}: {short(str(error))}",
            "give a parquet file"
            if form == "parquet"
            else "give a csv file, and its encoding if that isn't UTF-8",
        ) from error
    if not rows.num_rows or not rows.num_columns:
        raise InvalidRequestError.one("content", "has no rows", "give a file with a header and rows")
    table = TableFacts(name, rows=rows.num_rows)
    for column in rows.schema.names:
        table.columns[column] = _column(column, rows.column(column), notes)
    keys = [one.name for one in table.columns.values() if one.unique and not one.nullable]
    if keys:
        table.primary_key = (keys[0],)
    if not whole:
        notes.append(f"only the first {rows.num_rows:,} rows were looked at")
    return Imported([table], notes)


def _rows(source: Path | BinaryIO, form: str, options: CsvOptions, notes: list[str]) -> tuple[pa.Table, bool]:
    if form != "parquet":
        return csv_rows(source, options, notes)
    file = pa.parquet.ParquetFile(source)
    refuse_columns(file.schema_arrow.names)
    rows = first_rows(file.iter_batches(), file.schema_arrow)
    return rows, rows.num_rows < MAX_DATA_ROWS


def _column(name: str, cells: pa.ChunkedArray, notes: list[str]) -> ColumnFacts:
    facts = ColumnFacts(name, "text", nullable=bool(cells.null_count))
    if cells.null_count == len(cells):
        facts.parameters = {"kind": "constant", "value": "", "nulls": 1.0}
        notes.append(f"{name} is null in every row")
        return facts
    try:
        parameters = _parameters(facts, _known(cells), len(cells), notes)
    except (pa.ArrowException, ArithmeticError, ValueError, TypeError) as error:
        # Of a type that can't be counted or compared, or with values beyond all calendars.
        reason = short(str(error) or type(error).__name__)
        notes.append(
            f"{name}: its values of {cells.type} can't be looked at ({reason}); text stands for them"
        )
        parameters = {"kind": "text"}
    nulls = round(cells.null_count / len(cells), 6)
    facts.parameters = {**parameters, **({"nulls": nulls} if cells.null_count else {})}
    return facts


def _known(cells: pa.ChunkedArray) -> pa.Array:
    """What isn't null, as the plainest type that holds it."""
    known = cells.combine_chunks()
    if isinstance(known, pa.ChunkedArray):
        known = pa.concat_arrays(known.chunks)
    if isinstance(known, pa.ExtensionArray):
        known = known.storage
    if pt.is_dictionary(known.type):
        known = known.dictionary_decode()
    if pt.is_string_view(known.type):
        known = known.cast(pa.string())
    if pt.is_float16(known.type):
        known = known.cast(pa.float32())
    return known.drop_null()


def _parameters(facts: ColumnFacts, known: pa.Array, rows: int, notes: list[str]) -> Mapping[str, Any]:
    kind = known.type
    if pt.is_boolean(kind):
        return {"kind": "boolean", "probability": round(pc.mean(known).as_py(), 6)}
    if pt.is_date(kind):
        low, high = (one.as_py() for one in pc.min_max(known).values())
        return {"kind": "date", "start": low.isoformat(), "end": high.isoformat()}
    if pt.is_timestamp(kind):
        return _moments(known)
    if pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind):
        return _numbers(facts, known, rows, notes)
    if pt.is_string(kind) or pt.is_large_string(kind):
        return _texts(facts, known.cast(pa.string()), rows)
    notes.append(f"{facts.name}: {kind} has no column kind; text stands for it")
    return {"kind": "text"}


def _moments(known: pa.Array) -> Mapping[str, Any]:
    """Raises ArithmeticError beyond the years 1 to 9999. What is finer than a microsecond is cut off."""
    ticks = known.cast(pa.int64()).to_numpy()
    factor, divisor = _TICKS[known.type.unit]
    start, end = (
        (_EPOCH + timedelta(microseconds=int(one) * factor // divisor)).isoformat() + "Z"
        for one in (ticks.min(), ticks.max())
    )
    unit = next(
        (name for name, size in _UNITS if not (ticks % max(1, size * divisor // factor)).any()), "microsecond"
    )
    return {"kind": "timestamp", "start": start, "end": end, "precision": unit}


def _numbers(facts: ColumnFacts, known: pa.Array, rows: int, notes: list[str]) -> Mapping[str, Any]:
    if pt.is_floating(known.type):
        known = known.filter(pc.is_finite(known))
        return (
            _categories(known)
            if _are_few(known, rows)
            else fitted(known.cast(pa.float64()).to_numpy(), False)
        )
    if pt.is_decimal(known.type):
        if _are_few(known, rows):
            return _categories(known)
        low, high = (float(one.as_py()) for one in pc.min_max(known).values())
        return {"kind": "decimal", "min": low, "max": high, "scale": min(9, known.type.scale)}
    return _whole_numbers(facts, known, rows, notes)


def _are_few(known: pa.Array, rows: int) -> bool:
    different = pc.count_distinct(known).as_py()
    return bool(0 < different <= _FEW_NUMBERS and different < rows)


def _whole_numbers(facts: ColumnFacts, known: pa.Array, rows: int, notes: list[str]) -> Mapping[str, Any]:
    low, high = (int(one.as_py()) for one in pc.min_max(known).values())
    if max(-low, high) > MAX_INTEGER:
        notes.append(f"{facts.name}: whole numbers beyond {MAX_INTEGER} have no kind; text stands for them")
        return _texts(facts, known.cast(pa.string()), rows)
    numbers = known.cast(pa.int64()).to_numpy()
    step = int(numbers[1]) - int(numbers[0]) if len(numbers) == rows > 1 else 0
    if 0 < abs(step) <= 10**8 and abs(int(numbers[0])) <= _LAST_START and (np.diff(numbers) == step).all():
        facts.unique = True
        return {"kind": "sequence", "start": int(numbers[0]), "step": step}
    if _are_few(known, rows):
        return _categories(known)
    if max(-low, high) > _EXACT:
        # A law in doubles would miss the last digits: keys of other systems, spread over their range.
        return {"kind": "integer", "min": low, "max": high}
    return fitted(known.cast(pa.float64()).to_numpy(), True)


def _texts(facts: ColumnFacts, known: pa.Array, rows: int) -> Mapping[str, Any]:
    different = pc.count_distinct(known).as_py()
    first = known.slice(0, 1_000).to_pylist()
    if all(map(_UUID.match, first)):
        facts.unique = different == rows
        return {"kind": "uuid"}
    if all("@" in one for one in first):
        return {"kind": "email", "numbered": True}
    if different <= CATEGORIES and (different <= rows / 2 or different <= 10):
        return _categories(known)
    lengths = pc.utf8_length(known)
    if pc.all(pc.match_substring_regex(known, _DIGITS)).as_py():
        least, most = (one.as_py() for one in pc.min_max(lengths).values())
        if most <= MAX_LENGTH:
            return {
                "kind": "pattern",
                "pattern": rf"\d{{{least}}}" if least == most else rf"\d{{{least},{most}}}",
            }
    guessed = text_guess(facts.name, None)
    if guessed is not None:
        return guessed
    words = max(1, round(pc.mean(lengths).as_py() / 6))
    return {
        "kind": "text",
        "min_words": max(1, words // 2),
        "max_words": min(1_000, words * 2),
        "form": "words",
    }


def _categories(known: pa.Array) -> Mapping[str, Any]:
    if pt.is_decimal(known.type):
        known = known.cast(pa.float64())
    counted = sorted(pc.value_counts(known).to_pylist(), key=lambda one: -one["counts"])
    return {
        "kind": "categorical",
        "values": [one["values"] for one in counted],
        "weights": [one["counts"] for one in counted],
    }
