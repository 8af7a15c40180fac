"""Tables of text that a row's cells are copied from: words, numbers close to one another, days."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.arrays import fixed_width, strings
from synthmill.generators.engine.cells import U8, U32, Dictionary, Integers
from synthmill.generators.kernels.mix import I64

_SLOTS = 2_048
"""Words that may have a slot each, which is quicker, but takes room in the cache."""
_DAYS = 1_024
_MOST_DAYS = 100_000
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
"""Of the years 1 to 9999, which are written with four digits."""
_NEAR, _MOST_NEAR = 256, 4_096
"""Whole numbers that lie within the second are written as words; tables begin at multiples of the first."""
UNITS = {"s": (0, 1), "ms": (3, 10**3), "us": (6, 10**6), "ns": (9, 10**9)}
"""Of timestamps: the decimals of a second, and how many there are in one."""
SLACK = 64
"""Bytes that the kernel may write behind the last row, and never looks at."""
AFTER = bytes(SLACK)
"""Behind a constant: the kernel copies more than there is."""


@dataclass(frozen=True, eq=False)
class FormattedWords(Dictionary):
    """Words in which nothing is left to quote or escape."""


def days_of(cells: Integers, type_: pa.DataType) -> tuple[int, int] | None:
    """The first and last day of dates or timestamps, rounded outwards; None where no calendar has them."""
    known = cells.values if cells.null is None else cells.values[~cells.null]
    if not len(known):
        return 0, 0
    units = 1 if pt.is_date32(type_) else UNITS[type_.unit][1] * 86_400
    first, last = int(known.min()) // units, int(known.max()) // units
    if first < _FIRST_DAY or last > _LAST_DAY or last - first > _MOST_DAYS:
        return None
    return max(first // _DAYS * _DAYS, _FIRST_DAY), min(last // _DAYS * _DAYS + _DAYS, _LAST_DAY)


@lru_cache(maxsize=16)
def calendar(first: int, last: int) -> U8:
    """The days' text, 16 bytes for each."""
    texts = fixed_width(np.arange(first, last + 1, dtype=np.int32), pa.date32()).cast(pa.string())
    table = np.zeros((len(texts), 16), np.uint8)
    table[:, :10] = np.frombuffer(texts.buffers()[2], np.uint8, len(texts) * 10).reshape(-1, 10)
    return table


def few(least: int, greatest: int, values: I64, scale: int) -> tuple[int, Dictionary] | None:
    """Where numbers lie close together: the least that there is a word for, and words from it on."""
    first, last = least // _NEAR * _NEAR, greatest // _NEAR * _NEAR + _NEAR
    if last - first > _MOST_NEAR or len(values) < _MOST_NEAR:
        return None
    return first, _numerals(first, last, scale)


@lru_cache(maxsize=64)
def _numerals(first: int, last: int, scale: int) -> Dictionary:
    """The decimals with so many digits behind the point whose digits are the numbers first to last - 1."""
    digits = [f"{abs(number):0{scale + 1}}" for number in range(first, last)]
    texts = [f"{one[:-scale]}.{one[-scale:]}" for one in digits] if scale else digits
    return FormattedWords(strings(["-" * (first + at < 0) + one for at, one in enumerate(texts)]))


@dataclass(frozen=True, eq=False)
class WordTable:
    """Words, each with the constant that follows it in every row: one after the other, or in slots."""

    starts: U32
    blob: U8
    slots: bool
    most: int
    places: tuple[int, int]
    """The addresses of the two arrays."""


def word_table(values: pa.Array, after: bytes, slot: int) -> WordTable:
    words = [word.as_py().encode() + after for word in values]
    starts = np.cumsum([0, *map(len, words)]).astype(np.uint32)
    most = max(map(len, words))
    slots = most < slot and len(words) <= _SLOTS
    if slots:
        words = [word.ljust(slot - 1, b"\0") + bytes([len(word)]) for word in words]
    blob = np.frombuffer(b"".join(words) + AFTER, np.uint8)
    return WordTable(starts, blob, slots, most, (starts.ctypes.data, blob.ctypes.data))
