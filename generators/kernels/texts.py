"""Text put together from words and numbers, a cell behind the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.bitpack import U8, U32
from synthmill.generators.kernels.characters import uuid_text
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64, mix

SPARE = 32
_SLOTS = 2_048
"""Words that may have slots, so that these stay in the cache."""
_DIGITS = 20
_POWERS = np.array([10**power for power in range(_DIGITS - 1, -1, -1)], np.uint64)
_LENGTH = 32
"""Bits of a word's length in `Vocabulary.places`."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words in UTF-8, one behind another, and behind the last `SPARE` bytes that kernels may read."""

    blob: U8
    places: I64
    """Where each word begins in the blob, shifted left by 32, plus its length."""
    longest: int
    slots: U8 | None = None
    """Of short words: 32 bytes for each, of which the last is its length."""


def vocabulary(blob: U8, bounds: I64) -> Vocabulary:
    """Words that lie one behind another: word w is blob[bounds[w] : bounds[w + 1]]."""
    lengths = np.diff(bounds)
    places = np.ascontiguousarray((bounds[:-1] << _LENGTH) | lengths)
    return Vocabulary(np.append(blob, np.zeros(SPARE, np.uint8)), places, int(lengths.max(initial=0)))


def slotted(words: Sequence[bytes]) -> Vocabulary:
    """Words of a table that cells choose from."""
    bounds = np.cumsum([0, *map(len, words)])
    made = vocabulary(np.frombuffer(b"".join(words), np.uint8), bounds)
    if made.longest >= SPARE or len(words) > _SLOTS:
        return made
    slots = b"".join(word.ljust(SPARE - 1, b"\0") + bytes([len(word)]) for word in words)
    return replace(made, slots=np.frombuffer(slots, np.uint8))


@dataclass(frozen=True, eq=False)
class Chosen:
    """For each cell one of some words; all the same one if there are no codes."""

    words: Vocabulary
    codes: U32 | None


@dataclass(frozen=True, eq=False)
class Each:
    """For each cell a word of its own."""

    words: Vocabulary


@dataclass(frozen=True, eq=False)
class Numbers:
    """For each cell a number, of at least `width` digits; where there is a width, none is negative."""

    values: I64
    width: int


Part: TypeAlias = Chosen | Each | Numbers


@Twin
def assembled(parts: Sequence[Part], lengths: I64) -> U8:
    """Cells one behind the other, each its parts in order; their lengths in bytes go into `lengths`."""
    blobs: list[U8] = []
    starts: list[I64] = []
    sizes: list[I64] = []
    behind = 0
    for part in parts:
        blob, start, size = _characters(part, len(lengths))
        blobs.append(blob)
        starts.append(start + behind)
        sizes.append(size)
        behind += len(blob)
    np.sum(sizes, axis=0, out=lengths)
    flat = np.array(sizes, np.int64).T.ravel()
    begins = np.cumsum(flat) - flat
    taken = np.repeat(np.array(starts, np.int64).T.ravel() - begins, flat) + np.arange(flat.sum())
    cells: U8 = np.concatenate(blobs)[taken]
    return cells


def _characters(part: Part, cells: int) -> tuple[U8, I64, I64]:
    """Characters, and for each cell where its own begin among them and how many they are."""
    if isinstance(part, Numbers):
        digits, least = _digits(part.values, part.width)
        return digits.ravel(), np.arange(cells) * digits.shape[1] + least, digits.shape[1] - least
    places = part.words.places
    if isinstance(part, Chosen):
        places = places[np.zeros(cells, np.int64) if part.codes is None else part.codes]
    return part.words.blob, places >> _LENGTH, places & ((1 << _LENGTH) - 1)


def _digits(numbers: I64, width: int) -> tuple[U8, I64]:
    """A row of digits for each number, filled up with zeros in front, and where its text begins."""
    magnitude = np.where(numbers < 0, np.uint64(0) - numbers.view(np.uint64), numbers.view(np.uint64))
    size = max(_DIGITS, width) + 1
    rows: npt.NDArray[np.uint8] = np.full((len(numbers), size), ord("0"), np.uint8)
    rows[:, -_DIGITS:] += (magnitude[:, None] // _POWERS % np.uint64(10)).astype(np.uint8)
    needed = np.maximum((magnitude[:, None] >= _POWERS[:-1]).sum(axis=1) + 1, width)
    negative = np.flatnonzero(numbers < 0)
    rows[negative, size - needed[negative] - 1] = ord("-")
    return rows, size - needed - (numbers < 0)


@Twin
def hyphenated(rows: U8) -> U8:
    """UUIDs of 16 bytes a row as their 36 characters, one behind the other."""
    return uuid_text(rows).ravel()


@Twin
def phrases(words: Vocabulary, keys: U64, counts: I64) -> tuple[U8, I64]:
    """Text of `counts` words under each key: its characters, and where each cell begins and the last ends.
    Behind the last one are `SPARE` zeros, which kernels may read.

    A vocabulary holds equally many words in four forms, form by form: in the middle, at the start, at the
    end, and alone. Word j of a cell is `mix(key, j)` among them. Counts are at least 1.
    """
    size = len(words.places) // 4
    ends = np.cumsum(counts)
    starts = ends - counts
    places = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(starts, counts)
    chosen = bounded(mix(np.repeat(keys, counts), places.view(np.uint64)), size).view(np.int64)
    chosen[starts] += size
    chosen[ends - 1] += 2 * size
    lengths = np.empty(len(chosen), np.int64)
    characters = assembled([Chosen(words, chosen.astype(np.uint32))], lengths)
    offsets = np.zeros(len(counts) + 1, np.int64)
    offsets[1:] = np.cumsum(lengths)[ends - 1]
    return np.append(characters, np.zeros(SPARE, np.uint8)), offsets
