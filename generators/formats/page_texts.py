"""Text cells as Parquet and Arrow keep them: all characters end to end, and the length of each cell."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.cells import (
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Fixed,
    Integers,
    Text,
)
from synthmill.generators.engine.recent import Recent
from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.mix import I64
from synthmill.generators.kernels.texts import (
    Chosen,
    Each,
    Numbers,
    Part,
    Vocabulary,
    assembled,
    hyphenated,
    slotted,
    vocabulary,
)

Texts: TypeAlias = DictionaryCells | Digits | Integers | Fixed | Text | Concat
Piece: TypeAlias = DictionaryCells | Integers | Digits | Text | bytes
UUID_LENGTH = 36


def text_of(cells: Texts) -> tuple[U8, I64]:
    """The characters of all cells in UTF-8, and each cell's length in bytes; nulls aren't looked at."""
    match cells:
        case Fixed(rows):
            return hyphenated(rows), np.full(len(rows), UUID_LENGTH, np.int64)
        case Text():
            return cells.characters, np.diff(cells.offsets)
        case DictionaryCells(codes, words):
            return _together([Chosen(vocabulary_of(words), codes)], len(codes))
        case Concat(parts):
            return _together(_parts(parts), len(cells))
        case Digits() | Integers():
            return _together(_parts((cells,)), len(cells))


def vocabulary_of(words: Dictionary, before: bytes = b"", after: bytes = b"") -> Vocabulary:
    """A table's words with something before and after each of them."""

    def make(values: pa.Array) -> Vocabulary:
        return slotted([before + value.encode() + after for value in values.cast(pa.string()).to_pylist()])

    return words.made(("vocabulary", before, after), make)


def _together(parts: list[Part], cells: int) -> tuple[U8, I64]:
    lengths = np.empty(cells, np.int64)
    return assembled(parts, lengths), lengths


def _parts(pieces: tuple[Piece, ...]) -> list[Part]:
    """Constants go with the words beside them, so that there are fewer parts to a cell."""
    parts: list[Part] = []
    at = 0
    while at < len(pieces):
        before, at = _constant(pieces, at)
        piece = pieces[at] if at < len(pieces) else None
        at += 1
        if isinstance(piece, DictionaryCells):
            after, at = _constant(pieces, at)
            parts.append(Chosen(vocabulary_of(piece.words, before, after), piece.codes))
            continue
        if before:
            parts.append(Chosen(_alone(before), None))
        if isinstance(piece, Text):
            parts.append(Each(vocabulary(piece.characters, piece.offsets - piece.offsets[0])))
        elif isinstance(piece, Digits):
            parts.append(Numbers(piece.values, piece.width))
        elif isinstance(piece, Integers):
            parts.append(Numbers(piece.values, 0))
    return parts


def _constant(pieces: tuple[Piece, ...], at: int) -> tuple[bytes, int]:
    """The constants from a piece on, as one, and the place behind them."""
    joined = b""
    while at < len(pieces) and isinstance(piece := pieces[at], bytes):
        joined += piece
        at += 1
    return joined, at


_CONSTANTS: Recent[Vocabulary] = Recent(4 * 2**20, lambda made: 2.0 * made.blob.nbytes)


def _alone(constant: bytes) -> Vocabulary:
    return _CONSTANTS.get(constant, lambda: slotted([constant]))
