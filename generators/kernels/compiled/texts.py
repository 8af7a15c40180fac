"""See `synthmill.generators.kernels.texts`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.compiled.integers import high_half
from synthmill.generators.kernels.compiled.memory import copy32, load8, load32, load64, store_uuid
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.compiled.rows import put_fixed, put_integer
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.kernels.texts import SPARE, Chosen, Each, Part, Vocabulary

_SAME, _CHOSEN, _EACH, _NUMBER, _SLOT = range(5)
_STEP = 32
_UUID = 36
_LENGTH = 32
_ROOMY = 256
"""A part's longest word, up to which room is made for it in every cell."""


@kernel("int64(int64[:, ::1], int64, int64[::1])")
def _assemble(parts, out, lengths):  # type: ignore[no-untyped-def]
    at = out
    for cell in range(len(lengths)):
        begin = at
        for part in range(len(parts)):
            kind, values, places, blob = parts[part, 0], parts[part, 1], parts[part, 2], parts[part, 3]
            if kind == _SLOT:
                slot = blob + _STEP * load32(values + 4 * cell)
                copy32(at, slot)
                at += load8(slot + _STEP - 1)
                continue
            if kind == _NUMBER:
                number = load64(values + 8 * cell)
                at = put_fixed(at, number, places) if places else put_integer(at, number)
                continue
            word = 0
            if kind == _CHOSEN:
                word = load32(values + 4 * cell)
            elif kind == _EACH:
                word = cell
            place = load64(places + 8 * word)
            start = blob + (place >> _LENGTH)
            length = place & 0xFFFFFFFF
            copy32(at, start)
            for done in range(_STEP, length, _STEP):
                copy32(at + done, start + done)
            at += length
        lengths[cell] = at - begin
    return at - out


@kernel("void(uint8[:, ::1], uint8[::1])")
def _hyphenate(rows, out):  # type: ignore[no-untyped-def]
    target, source = out.ctypes.data, rows.ctypes.data
    for row in range(len(rows)):
        store_uuid(target + _UUID * row, source + 16 * row)


def assembled(parts: Sequence[Part], lengths: I64) -> U8:
    cells = len(lengths)
    program = np.zeros((len(parts), 4), np.int64)
    room = SPARE
    # What the program has addresses of stays alive in here.
    held: list[npt.NDArray[np.generic]] = []
    for row, part in zip(program, parts, strict=True):
        if isinstance(part, Each):
            row[0] = _EACH
            room += len(part.words.blob)
        elif isinstance(part, Chosen):
            row[0] = _SAME if part.codes is None else _CHOSEN
            codes = np.zeros(0, np.uint32) if part.codes is None else np.ascontiguousarray(part.codes)
            held.append(codes)
            row[1] = codes.ctypes.data
            room += _room(part, cells)
            if part.codes is not None and part.words.slots is not None:
                row[0], row[3] = _SLOT, part.words.slots.ctypes.data
                continue
        else:
            values = np.ascontiguousarray(part.values)
            held.append(values)
            row[:3] = _NUMBER, values.ctypes.data, part.width
            digits = len(str(max(-int(values.min()), int(values.max())))) + 1 if cells else 0
            room += cells * max(digits, part.width + 1)
            continue
        row[2:] = part.words.places.ctypes.data, part.words.blob.ctypes.data
    out = np.empty(room, np.uint8)
    return out[: _assemble(program, out.ctypes.data, lengths)]


def _room(part: Chosen, cells: int) -> int:
    if part.codes is None or part.words.longest <= _ROOMY:
        return cells * part.words.longest
    return int((part.words.places & ((1 << _LENGTH) - 1))[part.codes].sum())


def hyphenated(rows: U8) -> U8:
    out = np.empty(len(rows) * _UUID, np.uint8)
    _hyphenate(np.require(rows, requirements=["C", "W"]), out)
    return out


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
