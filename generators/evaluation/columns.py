"""Columns as codes: real, unseen and synthetic cells of equal value have equal codes, and numbers keep
their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.evaluation.roles import NUMBER, TEXT, TIME
from synthmill.generators.kernels.learning.boosting import CODES, Codes
from synthmill.generators.kernels.mix import F64, I64

MISSING = -1
Labels = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Column:
    """A column of several tables that are laid one after the other."""

    name: str
    ordered: bool
    """Whether greater codes are greater values."""
    codes: I64
    """Of each row the number of its value, MISSING where there is none."""
    values: F64 | Labels
    """By code: numbers that rise, or texts, those first that are most frequent in the first table."""
    derived: bool = False
    """Made of another column, for classifiers alone to look at."""


def encode(name: str, role: str, parts: Sequence[pa.ChunkedArray]) -> Iterator[Column]:
    """The column of each table in turn, as one; of a time also weekday and hour, of a text its length
    alone."""
    if role == TEXT:
        texts = [_as_text(part) for part in parts]
        yield _numbers(f"{name} (length)", [pc.utf8_length(part) for part in texts])
        yield _numbers(f"{name} (words)", [pc.add(pc.count_substring(part, " "), 1) for part in texts])
    elif role == TIME and all(pt.is_temporal(part.type) for part in parts):
        yield _numbers(name, [_ticks(part) for part in parts])
        yield from _calendar(name, parts)
    elif role in (NUMBER, TIME) and all(_is_number(part.type) for part in parts):
        yield _numbers(name, parts)
    else:
        yield _categories(name, parts)


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pt.is_integer(kind)
        or pt.is_floating(kind)
        or pt.is_decimal(kind)
        or pt.is_boolean(kind)
        or pt.is_duration(kind)
        or pt.is_null(kind)
    )


def _ticks(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    if pt.is_date32(cells.type) or pt.is_time32(cells.type):
        return cells.cast(pa.int32())
    if pt.is_timestamp(cells.type) or pt.is_date64(cells.type):
        return cells.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
    return cells.cast(pa.int64())


def _calendar(name: str, parts: Sequence[pa.ChunkedArray]) -> Iterator[Column]:
    if all(pt.is_timestamp(part.type) or pt.is_date(part.type) for part in parts):
        yield _numbers(f"{name} (weekday)", [pc.day_of_week(part) for part in parts], derived=True)
    if all(pt.is_timestamp(part.type) for part in parts):
        yield _numbers(f"{name} (hour)", [pc.hour(part) for part in parts], derived=True)


def _numbers(name: str, parts: Sequence[pa.ChunkedArray], derived: bool = False) -> Column:
    cells = np.concatenate([_floats(part) for part in parts])
    known = ~np.isnan(cells)
    codes = np.full(len(cells), MISSING, np.int64)
    values, codes[known] = np.unique(cells[known], return_inverse=True)
    return Column(name, True, codes, values, derived)


def _floats(cells: pa.ChunkedArray) -> F64:
    if pt.is_duration(cells.type):
        cells = cells.cast(pa.int64())
    found: F64 = cells.cast(pa.float64(), safe=False).to_numpy().astype(np.float64)
    return found


def _as_text(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    if pt.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    return cells.cast(pa.string())


def _categories(name: str, parts: Sequence[pa.ChunkedArray]) -> Column:
    texts = pa.chunked_array([chunk for part in parts for chunk in _as_text(part).chunks], pa.string())
    coded = texts.combine_chunks().dictionary_encode()
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    names = coded.dictionary.to_pylist()
    found = coded.indices.fill_null(MISSING).to_numpy(zero_copy_only=False).astype(np.int64)
    first = found[: len(parts[0])]
    counts = np.bincount(first[first >= 0], minlength=len(names))
    order = sorted(range(len(names)), key=lambda at: (-counts[at], names[at]))
    # The last place is that of what is missing, which -1 finds.
    places = np.full(len(names) + 1, MISSING, np.int64)
    places[order] = np.arange(len(names))
    return Column(name, False, places[found], np.array([names[at] for at in order], np.object_))


def binned(column: Column, like: I64, most: int) -> I64:
    """Codes from 0, which is what is missing, to at most `most`: of numbers ranges that hold as many cells of
    `like`, some of the column's codes; of categories the most frequent ones, and the rest together.

    Where `like` has no more different values than that, each has a range of its own.
    """
    known = like[like >= 0]
    if not column.ordered:
        return np.asarray(np.minimum(column.codes, most - 1) + 1)
    edges = np.unique(known)
    if len(edges) > most:
        quantiles = np.sort(known)[np.arange(1, most) * len(known) // most]
        edges = np.unique(np.concatenate((known[:0], quantiles, [known.min()])))
    found: I64 = np.maximum(np.searchsorted(edges, column.codes, "right"), 1)
    found[column.codes < 0] = 0
    return found


def tree_codes(columns: Sequence[Column], rows: I64) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """What boosted trees look at: rows by columns, and which columns are categories."""
    made = np.empty((len(rows), len(columns)), np.uint8)
    for place, column in enumerate(columns):
        part = Column(column.name, column.ordered, column.codes[rows], column.values)
        made[:, place] = binned(part, part.codes, CODES - 1)
    return made, np.array([not column.ordered for column in columns], np.bool_)
