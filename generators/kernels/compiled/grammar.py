"""See `synthmill.generators.kernels.grammar`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.integers import high_half
from synthmill.generators.kernels.compiled.memory import copy32
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.grammar import AGAIN, ATTEMPTS, GrammarTables
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.kernels.texts import SPARE

_LENGTH, _SIZE = 32, 0xFFFFFFFF
_STEP = 32
_ATTEMPTS, _AGAIN = np.uint64(ATTEMPTS), np.uint64(AGAIN)
_ROOM = 64
"""Bytes that copies may write beyond a text."""


@inlined
def _chosen(u, first, size, thresholds):  # type: ignore[no-untyped-def]
    """An alternative by 64 random bits; its thresholds begin at `first`, unless all are equally likely."""
    if first < 0:
        return np.int64(high_half(u, size))
    choice = np.int64(0)
    while choice < np.int64(size) - 1 and u >= thresholds[first + choice]:
        choice += 1
    return choice


@inlined
def _copied(blob, places, filled, target):  # type: ignore[no-untyped-def]
    for piece in range(filled):
        source, length = blob + (places[piece] >> _LENGTH), places[piece] & _SIZE
        copy32(target, source)
        for done in range(_STEP, length, _STEP):
            copy32(target + done, source + done)
        target += length


_ARRAYS = "int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], uint64[::1], int64[::1], int64[::1]"


@inlined
def _expanded(  # type: ignore[no-untyped-def]
    row,
    key,
    number,
    needed,
    first,
    count,
    label,
    limits,
    words,
    thresholds,
    starts,
    pieces,
    texts,
    labels,
    slots,
    at,
    end,
    places,
):
    """The places of a row's texts: how many, their length, and how many numbers its words tell apart."""
    reached, counter = np.uint64(1), np.uint64(0)
    total, filled = np.int64(0), np.int64(0)
    level, symbol = np.int64(-1), np.int64(0)
    while True:
        if symbol >= 0:
            size = np.uint64(count[symbol])
            if label[symbol] >= 0:
                choice = labels[label[symbol], row]
            elif words[symbol] == 1 and reached < needed:
                choice = np.int64(number % size)
                number //= size
                reached *= size
                counter += np.uint64(1)
            else:
                choice = _chosen(mixed(key, counter), limits[symbol], size, thresholds)
                counter += np.uint64(1)
            level += 1
            at[level], end[level] = starts[first[symbol] + choice], starts[first[symbol] + choice + 1]
            symbol = np.int64(-1)
        elif at[level] < end[level]:
            symbol = pieces[at[level]]
            at[level] += 1
            if symbol < 0:
                text = -1 - symbol
                places[filled] = texts[text] if text < len(texts) else slots[text - len(texts), row]
                total += places[filled] & _SIZE
                filled += 1
        else:
            level -= 1
            if level < 0:
                return filled, total, reached


@kernel(
    f"int64(int64, uint64, {_ARRAYS}, int64[::1], int64[:, ::1], int64, int64[:, ::1], uint64[::1],"
    " uint64[::1], int64[::1], int64[::1], int64[::1], int64, int64, int64[::1])"
)
def _write(  # type: ignore[no-untyped-def]
    start,
    needed,
    first,
    count,
    label,
    limits,
    words,
    thresholds,
    starts,
    pieces,
    texts,
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
        attempt = np.uint64(0)
        while True:
            key = keys[row] if attempt == 0 else mixed(keys[row], _AGAIN + attempt)
            filled, total, reached = _expanded(
                row,
                key,
                index[row],
                needed,
                first,
                count,
                label,
                limits,
                words,
                thresholds,
                starts,
                pieces,
                texts,
                labels,
                slots,
                at,
                end,
                places,
            )
            attempt += np.uint64(1)
            if reached >= needed or attempt == _ATTEMPTS:
                break
        if offsets[row] + total > room:
            return row
        _copied(blob, places, filled, out + offsets[row])
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
            np.uint64(needed),
            grammar.first,
            grammar.count,
            grammar.label,
            grammar.limits,
            grammar.words,
            grammar.thresholds,
            grammar.starts,
            grammar.pieces,
            grammar.texts,
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
