"""See `synthmill.generators.kernels.grammar`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.compiled.integers import high_half
from synthmill.generators.kernels.compiled.memory import copy32
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.grammar import AGAIN, ATTEMPTS, GrammarTables
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.kernels.texts import SPARE

_LENGTH, _SIZE = 32, 0xFFFFFFFF
_STEP = 32
_ATTEMPTS, _AGAIN = ATTEMPTS, np.uint64(AGAIN)
_ROOM = 64
"""Bytes that copies may write beyond a text."""


@kernel(
    "int64(int64, int64[::1], int64[::1], int64[::1], int64[::1], uint64[::1], int64[::1], int64[::1],"
    " int64[::1], uint64, int64[:, ::1], int64, int64[:, ::1], uint64[::1], uint64[::1],"
    " int64[::1], int64[::1], int64[::1], int64, int64, int64[::1])"
)
def _write(  # type: ignore[no-untyped-def]
    start,
    first,
    count,
    label,
    limits,
    thresholds,
    starts,
    pieces,
    texts,
    needed,
    labels,
    blob,
    slots,
    index,
    keys,
    at,
    end,
    places,
    out,
    room,
    offsets,
):
    """Write the rows from `start` on, as far as there is room; the number of the row that comes next."""
    for row in range(start, len(keys)):
        key = keys[row]
        total = np.int64(0)
        filled = 0
        for attempt in range(_ATTEMPTS):
            if attempt > 0:
                key = mixed(keys[row], _AGAIN + np.uint64(attempt))
            number, reached = index[row], np.uint64(1)
            counter = np.uint64(0)
            total, filled = np.int64(0), 0
            level, symbol = -1, np.int64(0)
            while True:
                if symbol >= 0:
                    size = np.uint64(count[symbol])
                    if label[symbol] >= 0:
                        choice = labels[label[symbol], row]
                    else:
                        if limits[symbol] < 0 and reached < needed:
                            choice = np.int64(number % size)
                            number //= size
                            reached *= size
                        else:
                            u = mixed(key, counter)
                            if limits[symbol] < 0:
                                choice = np.int64(high_half(u, size))
                            else:
                                choice = 0
                                low = limits[symbol]
                                while choice < count[symbol] - 1 and u >= thresholds[low + choice]:
                                    choice += 1
                        counter += np.uint64(1)
                    level += 1
                    alternative = first[symbol] + choice
                    at[level], end[level] = starts[alternative], starts[alternative + 1]
                    symbol = -1
                elif at[level] >= end[level]:
                    level -= 1
                    if level < 0:
                        break
                else:
                    symbol = pieces[at[level]]
                    at[level] += 1
                    if symbol < 0:
                        text = -1 - symbol
                        place = texts[text] if text < len(texts) else slots[text - len(texts), row]
                        places[filled] = place
                        filled += 1
                        total += place & _SIZE
            if reached >= needed:
                break
        if offsets[row] + total > room:
            return row
        target = out + offsets[row]
        for piece in range(filled):
            source, length = blob + (places[piece] >> _LENGTH), places[piece] & _SIZE
            copy32(target, source)
            for done in range(_STEP, length, _STEP):
                copy32(target + done, source + done)
            target += length
        offsets[row + 1] = offsets[row] + total
    return len(keys)


def written(
    grammar: GrammarTables,
    needed: int,
    labels: I64,
    blob: U8,
    slots: I64,
    index: U64,
    keys: U64,
) -> tuple[U8, I64]:
    offsets = np.zeros(len(keys) + 1, np.int64)
    labels, slots = np.ascontiguousarray(labels), np.ascontiguousarray(slots)
    index, keys = np.ascontiguousarray(index), np.ascontiguousarray(keys)
    at, end = np.empty(grammar.depth, np.int64), np.empty(grammar.depth, np.int64)
    places = np.empty(grammar.most, np.int64)
    room = int(len(keys) * grammar.mean * 1.25) + 4_096
    out, row = np.empty(room + _ROOM, np.uint8), 0
    while row < len(keys):
        row = _write(
            row,
            grammar.first,
            grammar.count,
            grammar.label,
            grammar.limits,
            grammar.thresholds,
            grammar.starts,
            grammar.pieces,
            grammar.texts,
            np.uint64(needed),
            labels,
            blob.ctypes.data,
            slots,
            index,
            keys,
            at,
            end,
            places,
            out.ctypes.data,
            room,
            offsets,
        )
        if row < len(keys):
            room = max(room * 2, int(offsets[row] * len(keys) / max(1, row) * 1.1))
            larger = np.empty(room + _ROOM, np.uint8)
            larger[: offsets[row]] = out[: offsets[row]]
            out = larger
    size = int(offsets[-1])
    out[size : size + SPARE] = 0
    return out[: size + SPARE], offsets
