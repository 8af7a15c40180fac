"""Whole numbers as differences in few bits: Parquet's DELTA_BINARY_PACKED."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import I64
from synthmill.generators.kernels.varint import varint, zigzag

U8 = npt.NDArray[np.uint8]

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
