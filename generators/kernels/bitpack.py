"""Whole numbers in few bits and bytes, as Parquet and Thrift lay them: packed, as varints, as differences."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import I64

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
Flags = npt.NDArray[np.bool_]


@Twin
def packed(numbers: U32, width: int) -> U8:
    """The numbers in `width` bits each (1 to 32), the lowest bit first, filled up to a multiple of 8 of them.

    https://parquet.apache.org/docs/file-format/data-pages/encodings/ under "Run Length Encoding"
    """
    bits = (numbers[:, None] >> np.arange(width, dtype=np.uint32)) & np.uint32(1)
    return np.packbits(
        np.append(bits.astype(np.uint8).ravel(), np.zeros(-len(numbers) % 8 * width, np.uint8)),
        bitorder="little",
    )


@Twin
def used(codes: U32, size: int) -> Flags:
    """For each number below `size`, whether it is among the codes."""
    return np.bincount(codes, minlength=size) > 0


HOLE = np.dtype([("place", "<u4"), ("value", "<i8")])
"""A number that was left out of bytes, and before which of them it stood."""
COUNT_BYTES = 4

_ONE = [bytes([number]) for number in range(0x80)]


def varint(number: int) -> bytes:
    """A number from 0 on, the lowest bits first."""
    if number <= 0x7F:
        return _ONE[number]
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def zigzag(number: int) -> bytes:
    """A signed number, those near 0 short."""
    return varint(number * 2 if number >= 0 else -number * 2 - 1)


@Twin
def filled(shifts: I64, bounds: I64, packed: U8) -> U8:
    """Texts with the numbers that were left out of them, each plus its text's shift, as zigzag varints.

    Text i is packed[bounds[i] : bounds[i + 1]]: how many holes it has (4 bytes, little endian), as many HOLEs
    in the order of their places, then its bytes. What comes out is all texts, one behind another.
    """
    data, out = packed.tobytes(), bytearray()
    for start, stop, shift in zip(bounds.tolist(), bounds[1:].tolist(), shifts.tolist(), strict=False):
        count = int.from_bytes(data[start : start + COUNT_BYTES], "little")
        holes = np.frombuffer(data, HOLE, count, start + COUNT_BYTES)
        text = at = start + COUNT_BYTES + holes.nbytes
        for place, value in holes.tolist():
            out += data[at : text + place]
            out += zigzag(value + shift)
            at = text + place
        out += data[at:stop]
    return np.frombuffer(out, np.uint8)


BLOCK = 128
PACK = 32
"""Differences that share their least one, and those that share a width: what every writer takes."""
PACKS = BLOCK // PACK
_POWERS = np.uint64(1) << np.arange(64, dtype=np.uint64)


def start(values: I64) -> bytes:
    """What stands before the first block."""
    first = int(values[0]) if len(values) else 0
    return varint(BLOCK) + varint(PACKS) + varint(len(values)) + zigzag(first)


@Twin
def delta(values: I64) -> U8:
    """The numbers, which must lie within less than 2**62 of one another, encoded.

    https://parquet.apache.org/docs/file-format/data-pages/encodings/ under "Delta Encoding"
    """
    steps = np.diff(values)
    blocks = -(-len(steps) // BLOCK)
    filled = np.empty(blocks * BLOCK, np.int64)
    filled[: len(steps)] = steps
    # What fills up the last block counts as the least step.
    filled[len(steps) :] = steps[(blocks - 1) * BLOCK :].min(initial=2**63 - 1)
    least = filled.reshape(blocks, BLOCK).min(axis=1)
    above = (filled - np.repeat(least, BLOCK)).view(np.uint64).reshape(-1, PACK)
    widths = np.searchsorted(_POWERS, above.max(axis=1, initial=0), side="right")
    packs = [b""] * len(widths)
    for width in np.unique(widths):
        places = np.flatnonzero(widths == width)
        for place, pack in zip(places, _packed(above[places], int(width)), strict=True):
            packs[place] = pack.tobytes()
    pieces = [start(values)]
    for block in range(blocks):
        of_block = slice(block * PACKS, (block + 1) * PACKS)
        pieces += [zigzag(int(least[block])), bytes(widths[of_block].tolist()), *packs[of_block]]
    return np.frombuffer(b"".join(pieces), np.uint8)


def _packed(packs: npt.NDArray[np.uint64], width: int) -> U8:
    """A row of bytes for each row of numbers."""
    bits = (packs[:, :, None] >> np.arange(width, dtype=np.uint64)) & np.uint64(1)
    return np.packbits(bits.astype(np.uint8).reshape(len(packs), -1), axis=1, bitorder="little")
