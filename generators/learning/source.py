"""A table to learn from: plain types, rows in an order that follows from what they hold, subjects counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.engine.arrays import truths, whole_numbers
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.learning.trees import I32
from synthmill.generators.kernels.mix import F64, I64, U64, key, mix
from synthmill.generators.kernels.sketches import text_hashes, word_mix
from synthmill.generators.learning.days import DAY, FIRST_DAY, LAST_DAY

Flags = npt.NDArray[np.bool_]
_NULL_HASH = 0x9D39247E33776D41
_LARGEST = 2**63 - 1
_LARGEST_DOUBLE = 1e300
"""So that sums of five, and distances of two, are finite."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column in a plain type, without nulls: texts, whole numbers, doubles, truth values or times."""

    name: str
    type: pa.DataType
    """As it is given back: a nearest type that all formats have."""
    values: pa.Array
    """Of `type`; what lies beneath a null means nothing."""
    known: Flags
    """Of each row, whether it isn't null."""
    notes: tuple[str, ...] = ()
    """What it isn't as it was given, for people."""

    @property
    def has_nulls(self) -> bool:
        return not bool(self.known.all())

    @cached_property
    def words(self) -> tuple[pa.Array, I64]:
        """The different values, without null, and each row's place among them; -1 for null."""
        encoded = self.values.dictionary_encode()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return encoded.dictionary, np.where(self.known, codes, -1)

    def taken(self, rows: I64) -> Column:
        return Column(self.name, self.type, self.values.take(pa.array(rows)), self.known[rows], self.notes)


@dataclass(frozen=True, eq=False)
class Source:
    """A table's columns, rows in canonical order: those of a subject together, otherwise by their hashes.

    So nothing that is counted here depends on the order in which the rows were given.
    """

    name: str
    columns: Mapping[str, Column]
    subjects: I32
    """Of each row, its subject from 0; rising."""
    share: F64
    """Of each row, where its subject lies from 0 to 1, by a hash: which rows are held out together."""

    @property
    def rows(self) -> int:
        return len(self.subjects)

    @property
    def subject_count(self) -> int:
        return int(self.subjects[-1]) + 1 if len(self.subjects) else 0

    def only(self, chosen: Flags) -> Source:
        """Some of the rows, whole subjects of them."""
        rows = np.flatnonzero(chosen)
        subjects = self.subjects[rows]
        changed = np.concatenate([[False], subjects[1:] != subjects[:-1]])[: len(rows)]
        columns = {name: column.taken(rows) for name, column in self.columns.items()}
        return Source(self.name, columns, np.cumsum(changed).astype(np.int32), self.share[rows])


def source_of(name: str, table: pa.Table, subject: str | None, ignored: set[str] | frozenset[str]) -> Source:
    """The table in plain types; `subject` is the column that says whose a row is, `ignored` are left out.

    Raises InvalidRequestError for a column that can't be learnt from.
    """
    columns = {
        field.name: plain(name, field.name, table.column(field.name))
        for field in table.schema
        if field.name not in ignored
    }
    hashes = np.zeros(table.num_rows, np.uint64)
    for column in columns.values():
        hashes = mix(hashes, hashes_of(column))
    whose = hashes if subject is None else hashes_of(columns[subject])
    # A null subject is a subject of its own each time.
    if subject is not None:
        whose = np.where(columns[subject].known, whose, hashes)
    order = np.lexsort((hashes, whose))
    whose = whose[order]
    if subject is None:
        subjects = np.arange(len(order), dtype=np.int32)
    else:
        changed = np.concatenate([[False], whose[1:] != whose[:-1]])
        subjects = np.cumsum(changed).astype(np.int32)
    share = (mix(key(0, "share"), whose) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return Source(name, {one: column.taken(order) for one, column in columns.items()}, subjects, share)


def hashes_of(column: Column) -> U64:
    """64 bits for each cell, by its column's name and its value."""
    salt = key(0, "cell", column.name)
    if pt.is_string(column.type):
        words, codes = column.words
        large = words.cast(pa.large_string())
        offsets = np.frombuffer(large.buffers()[1], np.int64, len(large) + 1 + large.offset)[large.offset :]
        blob = np.frombuffer(large.buffers()[2] or b"", np.uint8)
        texts = text_hashes(blob, offsets)
        keys = np.full(len(codes), salt, np.uint64)
        found = word_mix(
            keys, np.append(texts, np.uint64(0)), np.where(codes < 0, len(texts), codes).astype(np.uint32)
        )
    else:
        found = mix(salt, bits_of(column).view(np.uint64))
    return np.where(column.known, found, np.uint64(_NULL_HASH))


def bits_of(column: Column) -> I64:
    """A number's 64 bits, or 0 for null."""
    if pt.is_boolean(column.type):
        numbers = truths(column.values).astype(np.int64)
    elif pt.is_floating(column.type):
        numbers = doubles_of(column.values).view(np.int64)
    else:
        numbers = units_of(column.values)
    return np.where(column.known, numbers, 0)


def doubles_of(values: pa.Array) -> F64:
    doubles = np.frombuffer(values.buffers()[1], np.float64, len(values) + values.offset)[values.offset :]
    return doubles + 0.0  # -0.0 becomes 0.0.


def units_of(values: pa.Array) -> I64:
    """Whole numbers of a column's unit: days, ticks of a timestamp, of a decimal its last digits."""
    if pt.is_decimal(values.type):
        halves = np.frombuffer(values.buffers()[1], np.int64, 2 * (len(values) + values.offset))
        return np.ascontiguousarray(halves[2 * values.offset :: 2])
    if pt.is_date32(values.type):
        days = np.frombuffer(values.buffers()[1], np.int32, len(values) + values.offset)[values.offset :]
        return days.astype(np.int64)
    return whole_numbers(values)


def plain(table: str, name: str, cells: pa.ChunkedArray) -> Column:
    """A column of Arrow in the plainest type that holds it. Raises InvalidRequestError."""
    values: Any = cells.combine_chunks()
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    if isinstance(values, pa.ExtensionArray):
        values = values.storage
    if pt.is_dictionary(values.type):
        values = values.dictionary_decode()
    type_ = _plain_type(values)
    place = f"tables[{table}].columns[{name}]"
    if type_ is None:
        raise InvalidRequestError.one(
            place,
            f"cells of {values.type} aren't learnt from",
            f"make text or numbers of it, or leave it out: roles {{{name}: ignore}}",
        )
    notes = _changed(values.type, type_)
    try:
        values = values.cast(type_)
    except pa.ArrowException as error:
        raise InvalidRequestError.one(place, str(error), "give numbers of at most 18 digits") from error
    known = truths(values.is_valid())
    if pt.is_floating(type_):
        values, finite = _finite(place, values, notes)
        known = known & finite
    elif (pt.is_date(type_) or pt.is_timestamp(type_)) and not _in_calendar(values):
        reason = "has dates beyond the years 1 to 9999"
        raise InvalidRequestError.one(place, reason, "give null where a date only means that there is none")
    elif pt.is_null(values.type):
        values, type_ = pa.array([""] * len(values), pa.string()), pa.string()
    return Column(name, type_, values, known, tuple(notes))


def _changed(given: pa.DataType, type_: pa.DataType) -> list[str]:
    """What is to be said of a column that is given back in another type."""
    if pt.is_duration(given):
        return [f"durations are learnt, and made, as whole numbers of {given.unit}"]
    if type_ == pa.string() and (pt.is_time(given) or pt.is_uint64(given)):
        return [f"cells of {given} are learnt, and made, as texts"]
    return []


def _finite(place: str, values: pa.Array, notes: list[str]) -> tuple[pa.Array, Flags]:
    """Doubles with 0 for those that are none, and which are; how many are infinite is noted."""
    values = values.fill_null(0.0)
    doubles = doubles_of(values)
    finite: Flags = np.isfinite(doubles)
    if infinite := int(np.isinf(doubles).sum()):
        notes.append(f"{infinite:,} infinite numbers are learnt as null")
    if (np.abs(doubles[finite]) > _LARGEST_DOUBLE).any():
        raise InvalidRequestError.one(
            place,
            f"has numbers beyond {_LARGEST_DOUBLE:g}, whose means and distances can't be told",
            "give it in another unit, or null where the number only means that there is none",
        )
    return pc.if_else(pa.array(finite), values, 0.0), finite


def _in_calendar(values: pa.Array) -> bool:
    """Whether all dates or times are of years that dates are written with."""
    units = units_of(values)[truths(values.is_valid())]
    if not len(units):
        return True
    day = 1 if pt.is_date(values.type) else DAY[values.type.unit]
    days = units // day
    return bool(days.min() >= FIRST_DAY and days.max() <= LAST_DAY)


def _plain_type(values: pa.Array) -> pa.DataType | None:
    """The type that stands for the values' own; None where none does."""
    type_ = values.type
    if pt.is_null(type_) or pt.is_string(type_) or pt.is_large_string(type_) or pt.is_string_view(type_):
        return type_ if pt.is_null(type_) else pa.string()
    if pt.is_uint64(type_):
        most = pc.max(values).as_py()
        return pa.int64() if most is None or most <= _LARGEST else pa.string()
    if pt.is_integer(type_) or pt.is_duration(type_):
        return pa.int64()
    if pt.is_floating(type_):
        return pa.float64()
    if pt.is_decimal(type_):
        return pa.decimal128(min(18, type_.precision), type_.scale) if 0 <= type_.scale <= 18 else None
    if pt.is_date(type_):
        return pa.date32()
    if pt.is_timestamp(type_) or pt.is_boolean(type_):
        return type_
    if pt.is_time(type_):
        return pa.string()
    return None
