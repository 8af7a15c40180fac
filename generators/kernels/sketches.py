"""What a profile counts on every row: tallies, extremes and sums, and the registers of HyperLogLog.

`valid` is True for each row that counts; an empty array says that all do.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.bitpack import U8, U32
from synthmill.generators.kernels.mix import F64, I64, U64, mix

Flags = npt.NDArray[np.bool_]

INDEX_BITS = 12
"""A hash's leading bits choose one of `REGISTERS`."""
REGISTERS = 2**INDEX_BITS

LANES = 4
"""Sums of doubles are kept apart in so many, which a processor adds to at once."""
_REST = np.uint64(64 - INDEX_BITS)
_LEADING = np.uint64(1) << _REST


@Twin
def tallied(size: int, valid: Flags, codes: U32) -> I64:
    """How often each code from 0 to size - 1 comes."""
    counted = codes if not len(valid) else codes[valid]
    return np.bincount(counted, minlength=size).astype(np.int64)


@Twin
def observed(registers: U8, valid: Flags, hashes: U64) -> U8:
    """The registers, changed in place: the greatest place, from 1, of the lowest 1 in a hash of theirs."""
    counted = hashes if not len(valid) else hashes[valid]
    marked = counted | _LEADING
    lowest = marked & (np.uint64(0) - marked)
    # Powers of two are doubles; frexp gives the exponent plus 1.
    ranks = np.frexp(lowest.astype(np.float64))[1].astype(np.uint8)
    np.maximum.at(registers, (counted >> _REST).astype(np.int64), ranks)
    return registers


@Twin
def extremes(valid: Flags, values: I64 | F64) -> tuple[int | float, int | float]:
    """The least and the greatest value; some are valid, and none of those is NaN."""
    counted = values[valid] if len(valid) else values
    return counted.min().item(), counted.max().item()


@Twin
def summed(low: int | float, valid: Flags, values: I64 | F64) -> tuple[float, float]:
    """Sum and sum of squares of the values' distances from the least of them, as doubles.

    Added up in four lanes, row i in lane i % 4, each in order, so that every machine rounds alike.
    """
    whole = values.dtype != np.float64
    rows = np.zeros(-(-len(values) // LANES) * LANES)
    with np.errstate(all="ignore"):
        away = values.view(np.uint64) - np.uint64(int(low) % 2**64) if whole else values - low
        rows[: len(values)] = np.where(valid, away, 0.0) if len(valid) else away
        lanes = rows.reshape(-1, LANES)
        first, second = (np.add.accumulate(part, axis=0)[-1] for part in (lanes, lanes * lanes))
        return (
            float((first[0] + first[1]) + (first[2] + first[3])),
            float((second[0] + second[1]) + (second[2] + second[3])),
        )


@Twin
def word_mix(keys: U64, words: U64, codes: U32) -> U64:
    """The hashes of the words chosen, each under its key; as they are if there are no keys."""
    chosen = words[codes]
    return mix.plain(keys, chosen) if len(keys) else chosen


@Twin
def text_hashes(blob: U8, offsets: I64) -> U64:
    """A hash of each text blob[offsets[i] : offsets[i + 1]]: its length, then its bytes, eight at a time."""
    starts, lengths = offsets[:-1], np.diff(offsets)
    hashes = lengths.astype(np.uint64)
    padded = np.append(blob, np.zeros(8, np.uint8))
    for at in range(0, int(lengths.max(initial=0)), 8):
        longer = np.flatnonzero(lengths > at)
        places = (starts[longer] + at)[:, None] + np.arange(8)
        taken = padded[places]
        taken[places >= offsets[1:][longer][:, None]] = 0
        words = np.ascontiguousarray(taken).view("<u8").ravel().astype(np.uint64)
        hashes[longer] = mix(hashes[longer], words)
    return hashes
