"""See `synthmill.generators.kernels.phrases`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.compiled.integers import high_half
from synthmill.generators.kernels.compiled.memory import copy32
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.kernels.texts import SPARE, Vocabulary

_LENGTH = 32
_STEP = 32


@kernel("void(int64[::1], uint64[::1], int64[::1], int64[::1], int64[::1])")
def _choose(places, keys, counts, chosen, offsets):  # type: ignore[no-untyped-def]
    """The place of every word and where cells begin, before any is written."""
    size = np.uint64(len(places) // 4)
    piece = 0
    end = np.int64(0)
    for cell in range(len(keys)):
        offsets[cell] = end
        last = counts[cell] - 1
        for word in range(last + 1):
            form = (word == 0) + 2 * (word == last)
            number = np.int64(high_half(mixed(keys[cell], np.uint64(word)), size))
            place = places[number + form * np.int64(size)]
            chosen[piece] = place
            piece += 1
            end += place & 0xFFFFFFFF
    offsets[len(keys)] = end


@kernel("void(int64[::1], int64, int64)")
def _write(chosen, blob, target):  # type: ignore[no-untyped-def]
    at = target
    for piece in range(len(chosen)):
        place = chosen[piece]
        start, length = blob + (place >> _LENGTH), place & 0xFFFFFFFF
        copy32(at, start)
        for done in range(_STEP, length, _STEP):
            copy32(at + done, start + done)
        at += length


def phrases(words: Vocabulary, keys: U64, counts: I64) -> tuple[U8, I64]:
    chosen = np.empty(int(counts.sum()), np.int64)
    offsets = np.empty(len(counts) + 1, np.int64)
    _choose(words.places, np.ascontiguousarray(keys), np.ascontiguousarray(counts), chosen, offsets)
    out = np.empty(int(offsets[-1]) + SPARE, np.uint8)
    _write(chosen, words.blob.ctypes.data, out.ctypes.data)
    out[offsets[-1] :] = 0
    return out, offsets
