"""What is counted of one column, from a block's cells or from another part's counts.

Everything here merges exactly: sums are fractions, counts whole numbers, registers maxima. So a column's
profile is the same whatever the order and the cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.arrays import flags
from synthmill.generators.engine.arrow_cells import concatenated, decoded, gathered, to_arrow
from synthmill.generators.engine.cells import (
    Arrow,
    Booleans,
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Fixed,
    Floats,
    Integers,
    Part,
    Text,
)
from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.mix import F64, I64, U64, key, mix
from synthmill.generators.kernels.sketches import (
    REGISTERS,
    Flags,
    extremes,
    observed,
    summed,
    tallied,
    text_hashes,
    word_mix,
)

MOST_COUNTED = 4_096
"""Words of a table up to which each word's rows are counted."""

Value: TypeAlias = str | bool | int | float
Exact: TypeAlias = int | Fraction
"""Whole numbers stay such: Python adds them up many times as fast."""

_ALL = np.empty(0, np.bool_)
_NO_KEYS = np.empty(0, np.uint64)
_KEY = key(0, "profile", "hash")


@dataclass(eq=False)
class ColumnProfile:
    """Counts of the rows seen so far."""

    type: pa.DataType
    rows: int = 0
    nulls: int = 0
    registers: U8 = field(default_factory=lambda: np.zeros(REGISTERS, np.uint8))
    """Of HyperLogLog; see `distinct`."""
    hashed: bool = True
    """Whether all cells could be hashed: those of nested types can't."""
    counts: dict[Value, int] | None = field(default_factory=dict)
    """Rows of each value; None once there were cells that aren't one of a few words."""
    numbers: int = 0
    """Cells that the extremes and sums are of: neither null nor, among doubles, infinite."""
    low: Value | None = None
    high: Value | None = None
    total: Exact = 0
    squares: Exact = 0
    samples: list[pa.Array] = field(default_factory=list)
    """Of blocks whose words aren't counted."""
    _tallies: dict[int, tuple[Dictionary, I64]] = field(default_factory=dict)
    _gathered: list[Cells] = field(default_factory=list)
    """Samples of blocks, not yet put together."""

    def add(self, cells: Cells, numbers: I64, texts: I64) -> None:
        """Count a block's cells, and keep those at the places `numbers`, or `texts` where they are such."""
        known = decoded(cells)
        nulls = known.null
        count = 0 if nulls is None else int(np.count_nonzero(nulls))
        valid = _ALL if nulls is None or not count else ~nulls
        self.rows += len(known)
        self.nulls += count
        if not self._tallied(known, valid):
            if count < len(known):
                self._observe(known, valid)
            # Of lists and objects no values are listed; a sample of large ones would fill the memory.
            if not pt.is_nested(self.type):
                places = numbers if isinstance(known, Integers | Floats) else texts
                self._gathered.append(gathered(known, places))

    def _tallied(self, cells: Cells, valid: Flags) -> bool:
        """Whether the cells are of a few words, which are counted then."""
        match cells:
            case DictionaryCells(codes, words) if len(words) <= MOST_COUNTED:
                self._count(words, tallied(len(words), valid, codes))
                return True
            case Booleans(values):
                true = int(np.count_nonzero(values & valid if len(valid) else values))
                known = len(values) if not len(valid) else int(np.count_nonzero(valid))
                self._count(_TRUTH, np.array([known - true, true], np.int64))
                return True
        return False

    def _observe(self, cells: Cells, valid: Flags) -> None:
        match cells:
            case Integers(values):
                self._sum(values, valid)
            case Floats(values):
                finite = np.isfinite(values)
                usable = finite & valid if len(valid) else finite
                if usable.any():
                    self._sum(values, _ALL if usable.all() else usable)
        self.counts = None
        hashes = _hashes(cells)
        if hashes is None:
            self.hashed = False
        else:
            observed(self.registers, valid, hashes)

    def _count(self, words: Dictionary, tally: I64) -> None:
        """Keep the tally of a table of words; tables are few, and read when all blocks are counted."""
        before = self._tallies.get(id(words))
        self._tallies[id(words)] = (words, tally if before is None else before[1] + tally)

    def settle(self) -> None:
        """Make counts by value of tallies by word, and arrays of samples; needed before these are read."""
        # All at once: what a call costs would be most of it, block by block.
        self.samples += [to_arrow(cells, self.type) for cells in concatenated(self._gathered)]
        self._gathered.clear()
        for words, tally in self._tallies.values():
            seen = np.flatnonzero(tally)
            observed(self.registers, _ALL, _word_hashes(words)[seen])
            values: list[Value] = words.made("values", pa.Array.to_pylist)
            counted = zip(seen.tolist(), tally[seen].tolist(), strict=True)
            self._settle({values[code]: rows for code, rows in counted})
        self._tallies.clear()

    def _settle(self, counted: Mapping[Value, int]) -> None:
        if self.counts is not None:
            for value, rows in counted.items():
                self.counts[value] = self.counts.get(value, 0) + rows
        for value, rows in counted.items():
            if not isinstance(value, str):
                self._extend(value, value)
                self.numbers += rows
                number = exact(value)
                self.total += rows * number
                self.squares += rows * number * number

    def _sum(self, values: I64 | F64, valid: Flags) -> None:
        low, high = extremes(valid, values)
        base, rows = exact(low), int(np.count_nonzero(valid)) if len(valid) else len(values)
        sums = summed(low, valid, values)
        if np.isfinite(sums).all():
            first, second = map(exact, sums)
        else:
            # Doubles so far apart that their squares aren't doubles: slowly, then.
            away = [exact(value) - base for value in (values[valid] if len(valid) else values).tolist()]
            first, second = sum(away), sum(one * one for one in away)
        self._extend(low, high)
        self.numbers += rows
        self.total += rows * base + first
        self.squares += second + 2 * base * first + rows * base * base

    def _extend(self, low: Value, high: Value) -> None:
        self.low = low if self.low is None else min(self.low, low)
        self.high = high if self.high is None else max(self.high, high)

    def merge(self, other: ColumnProfile) -> None:
        """Count what the other has counted, too; its rows come behind ours."""
        self.settle()
        other.settle()
        self.rows += other.rows
        self.nulls += other.nulls
        np.maximum(self.registers, other.registers, out=self.registers)
        self.hashed &= other.hashed
        if self.counts is None or other.counts is None:
            self.counts = None
        else:
            for value, rows in other.counts.items():
                self.counts[value] = self.counts.get(value, 0) + rows
        if other.low is not None and other.high is not None:
            self._extend(other.low, other.high)
        self.numbers += other.numbers
        self.total += other.total
        self.squares += other.squares
        self.samples += other.samples

    @property
    def sample(self) -> pa.ChunkedArray:
        return pa.chunked_array(self.samples, self.type)


def exact(value: float) -> Exact:
    """The number itself, without a rounding."""
    return int(value) if isinstance(value, int) or value.is_integer() else Fraction(value)


_TRUTH = Dictionary(flags(np.array([False, True])))


def _hashes(cells: Cells | Part, keys: U64 = _NO_KEYS) -> U64 | None:
    """A hash of each cell, equal for equal cells of one class; what lies beneath a null has one too.

    With keys, of a cell and what its key is a hash of.
    """
    under = keys if len(keys) else _KEY
    match cells:
        case DictionaryCells(codes, words):
            return word_mix(keys, _word_hashes(words), codes)
        case Integers(values) | Digits(values):
            return mix(under, values.view(np.uint64))
        case Floats(values):
            # 0.0 and -0.0 are equal.
            return mix(under, (values + 0.0).view(np.uint64))
        case Booleans(values):
            return mix(under, values.astype(np.uint64))
        case Fixed(rows):
            halves = np.ascontiguousarray(rows).view("<u8").astype(np.uint64)
            return mix(mix(under, halves[:, 0].copy()), halves[:, 1].copy())
        case Text(blob, offsets):
            hashes = text_hashes(blob, offsets)
            return mix(keys, hashes) if len(keys) else hashes
        case Concat(parts):
            # Equal pieces make equal texts. Unequal ones make unequal texts but for rare chance (`a` + `bc`
            # is `ab` + `c`), which the estimate's own error is far above.
            for part in parts:
                if not isinstance(part, bytes):
                    hashed = _hashes(part, keys)
                    assert hashed is not None
                    keys = hashed
            return keys
    return None


def _word_hashes(words: Dictionary) -> U64:
    return words.made("hashes", _array_hashes)


def _array_hashes(values: pa.Array) -> U64:
    hashes = _hashes(decoded(Arrow(values)))
    assert hashes is not None, "words are numbers, truth values or text"
    return hashes
