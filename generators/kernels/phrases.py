"""Phrases: some words of a list for each cell, of other forms at its start and end than within."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.kernels.texts import SPARE, Chosen, Vocabulary, assembled


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
