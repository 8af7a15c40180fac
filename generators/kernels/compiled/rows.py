"""The assembler: the text of rows, cell after cell, from arrays of cells.

A program is a matrix of int64 with a row for each step of a row, made by `generators.formats.row_program`. A
step writes the cell of the row, if it has one, and then its tail, which is constant: a separator, quotes, the
next key. `a`, `b` and `c` are addresses or numbers, by the step's kind.
"""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.memory import (
    copy16,
    copy32,
    load8,
    load32,
    load64,
    store8,
    store16,
    store64,
    store_uuid,
    zero_bytes,
)

KIND, A, B, C, TAIL, TAIL_SIZE, WIDTH = range(7)
(
    CONSTANT,
    SLOT,
    WORD,
    INTEGER,
    DIGITS,
    DECIMAL,
    DATE,
    MOMENT,
    UUID,
    TEXT,
    NULL,
) = range(11)
"""CONSTANT  nothing but the tail
SLOT      a: codes (uint32), c: 32 bytes for each word, of which the last one is its length
WORD      a: codes (uint32), b: where each word begins and the last one ends (uint32), c: the words
INTEGER   a: numbers (int64)
DIGITS    a: numbers from 0 on, b: digits at least
DECIMAL   a: numbers, b: digits after the point, at least 1, c: 10 to that power
DATE      a: days, b: the calendar's first day, c: the calendar, 16 bytes for each day
MOMENT    a: units since 1970, b: the first of them in the calendar, c: the calendar; WIDTH: decimals of a
          second, which say the unit: 0, 3, 6 or 9
UUID      a: 16 bytes a row
TEXT      a: where each cell begins and the last one ends (int64), b: the characters
NULL      a: flags of a byte; where it is set the row has the tail and skips b steps, else no tail
"""

PAIRS = np.frombuffer("".join(f"{number:02}" for number in range(100)).encode(), np.uint16).astype(np.int64)
CLOCK = np.frombuffer(
    "".join(f"T{minute // 60:02}:{minute % 60:02}:\0" for minute in range(1440)).encode(), np.int64
).copy()
FOURS = (PAIRS[:, None] | (PAIRS << 16)).ravel().astype(np.uint32) & np.uint32(0x0F0F0F0F)
"""The four digits of every number below 10,000, not yet characters."""
SLOT_SIZE = 32
SLACK = 64
"""What may be read behind every text and written behind the last row."""

_LEAST = np.int64(-(2**63))
_EIGHT = 100_000_000
_ZEROS = np.int64(0x3030303030303030)
_NOTHING = np.int64(0x303030303030302E)
"""Zeros behind a point."""


@inlined
def _over(value, divisor):  # type: ignore[no-untyped-def]
    """The quotient of two numbers that aren't negative, without the steps that negative ones would need."""
    return np.int64(np.uint64(value) // np.uint64(divisor))


@inlined
def _eight_digits(value):  # type: ignore[no-untyped-def]
    """The digits of a number below 10**8, a byte each, the first one lowest."""
    upper = np.uint64(value) // np.uint64(10_000)
    lower = np.uint64(value) - upper * np.uint64(10_000)
    return np.int64(FOURS[upper]) | (np.int64(FOURS[lower]) << 32)


@inlined
def _put_few(at, value, width):  # type: ignore[no-untyped-def]
    """A number below 10**8 with `width` digits, at most 8, or as many more as it has."""
    digits = _eight_digits(value)
    left = min(zero_bytes(digits | (1 << 56)), 8 - width)
    store64(at, (digits + _ZEROS) >> (8 * left))
    return at + 8 - left


@inlined
def _put_unsigned(at, value):  # type: ignore[no-untyped-def]
    if value < _EIGHT:
        return _put_few(at, value, 1)
    upper = _over(value, _EIGHT)
    if upper < _EIGHT:
        at = _put_few(at, upper, 1)
    else:
        top = _over(upper, _EIGHT)
        at = _put_few(_put_few(at, top, 1), upper - top * _EIGHT, 8)
    return _put_few(at, value - upper * _EIGHT, 8)


@inlined
def put_fixed(at, value, width):  # type: ignore[no-untyped-def]
    """A number with `width` digits, or as many more as it has."""
    if width <= 8 and value < _EIGHT:
        return _put_few(at, value, width)
    count, limit = 1, 10
    while count < 19 and value >= limit:
        count += 1
        limit *= 10
    for _ in range(count, width):
        store8(at, 48)
        at += 1
    return _put_unsigned(at, value)


@inlined
def put_integer(at, value):  # type: ignore[no-untyped-def]
    if value < 0:
        store8(at, 45)
        at += 1
        if value == _LEAST:
            # The one whose opposite doesn't exist: ...5808 is written apart.
            return _put_few(_put_unsigned(at, 922_337_203_685_477), 5_808, 4)
        value = -value
    return _put_unsigned(at, value)


@inlined
def _put_copy(at, source, size):  # type: ignore[no-untyped-def]
    copy32(at, source)
    done = 32
    while done < size:
        copy32(at + done, source + done)
        done += 32
    return at + size


@inlined
def _put_word(at, code, starts, words):  # type: ignore[no-untyped-def]
    both = load64(starts + 4 * code)
    start, stop = both & 0xFFFFFFFF, (both >> 32) & 0xFFFFFFFF
    return _put_copy(at, words + start, stop - start)


@inlined
def _put_decimal(at, value, scale, power):  # type: ignore[no-untyped-def]
    if value < 0:
        store8(at, 45)
        at += 1
        value = -value
    if scale == 2:
        if value < _EIGHT:
            digits = _eight_digits(value)
            left = min(zero_bytes(digits | (1 << 56)), 5)
            digits += _ZEROS
            store64(at, digits >> (8 * left))
            at += 6 - left
            store8(at, 46)
            store16(at + 1, (digits >> 48) & 0xFFFF)
            return at + 3
        whole = _over(value, 100)
        at = _put_unsigned(at, whole)
        store8(at, 46)
        store16(at + 1, PAIRS[value - whole * 100])
        return at + 3
    whole = _over(value, power)
    at = _put_unsigned(at, whole)
    store8(at, 46)
    return put_fixed(at + 1, value - whole * power, scale)


@inlined
def _put_second(at, second, calendar):  # type: ignore[no-untyped-def]
    day = _over(second, 86_400)
    copy16(at, calendar + 16 * day)
    second -= day * 86_400
    minute = _over(second, 60)
    store64(at + 10, CLOCK[minute])
    store16(at + 17, PAIRS[second - minute * 60])
    return at + 19


@inlined
def _put_moment(at, value, calendar, decimals):  # type: ignore[no-untyped-def]
    if decimals == 0:
        return _put_second(at, value, calendar)
    if decimals == 6:
        second = _over(value, 1_000_000)
        rest = value - second * 1_000_000
    elif decimals == 3:
        second = _over(value, 1_000)
        rest = value - second * 1_000
    else:
        second = _over(value, 1_000_000_000)
        rest = value - second * 1_000_000_000
    at = _put_second(at, second, calendar)
    if rest == 0:
        store64(at, _NOTHING)
        store16(at + 8, _ZEROS)
        return at + 1 + decimals
    store8(at, 46)
    return put_fixed(at + 1, rest, decimals)


@kernel("int64(int64[:, ::1], int64, int64, int64)")
def assemble(program, start, stop, target):  # type: ignore[no-untyped-def]  # noqa: C901
    """Write rows start to stop - 1 from address `target` on; the address behind the last one."""
    at = target
    steps = len(program)
    for row in range(start, stop):
        step = 0
        while step < steps:
            kind, a = program[step, KIND], program[step, A]
            if kind == SLOT:
                source = program[step, C] + SLOT_SIZE * load32(a + 4 * row)
                copy32(at, source)
                at += load8(source + SLOT_SIZE - 1)
            elif kind == WORD:
                at = _put_word(at, load32(a + 4 * row), program[step, B], program[step, C])
            elif kind == INTEGER:
                at = put_integer(at, load64(a + 8 * row))
            elif kind == MOMENT:
                value = load64(a + 8 * row) - program[step, B]
                at = _put_moment(at, value, program[step, C], program[step, WIDTH])
            elif kind == DECIMAL:
                at = _put_decimal(at, load64(a + 8 * row), program[step, B], program[step, C])
            elif kind == UUID:
                store_uuid(at, a + 16 * row)
                at += 36
            elif kind == TEXT:
                begin = load64(a + 8 * row)
                at = _put_copy(at, program[step, B] + begin, load64(a + 8 * row + 8) - begin)
            elif kind == DATE:
                copy16(at, program[step, C] + 16 * (load64(a + 8 * row) - program[step, B]))
                at += 10
            elif kind == DIGITS:
                at = put_fixed(at, load64(a + 8 * row), program[step, B])
            elif kind == NULL:
                if load8(a + row) == 0:
                    step += 1
                    continue
                skipped = program[step, B]
                at = _put_copy(at, program[step, TAIL], program[step, TAIL_SIZE])
                step += skipped + 1
                continue
            size = program[step, TAIL_SIZE]
            if size:
                at = _put_copy(at, program[step, TAIL], size)
            step += 1
    return at
