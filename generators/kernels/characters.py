"""Characters from random bits, as matrices with a row of bytes for each cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import U64

Characters = npt.NDArray[np.uint8]

_HEX_PAIRS: npt.NDArray[np.uint16] = np.frombuffer(bytes(range(256)).hex().encode(), np.uint16)
_HYPHEN = ord("-")


@Twin
def uuid4(high: U64, low: U64) -> Characters:
    """UUIDs of version 4 (RFC 9562), a row of 16 bytes for each, from twice 64 random bits."""
    numbers = np.empty((len(high), 2), ">u8")
    numbers[:, 0] = (high & np.uint64(0xFFFFFFFFFFFF0FFF)) | np.uint64(0x4000)
    numbers[:, 1] = (low & np.uint64(0x3FFFFFFFFFFFFFFF)) | np.uint64(1 << 63)
    return numbers.view(np.uint8)


def uuid_text(rows: Characters) -> Characters:
    """UUIDs in their usual form of 36 characters, from rows of 16 bytes."""
    digits = _HEX_PAIRS[rows].view(np.uint8)
    text = np.full((len(rows), 36), _HYPHEN, np.uint8)
    taken = 0
    for start, length in ((0, 8), (9, 4), (14, 4), (19, 4), (24, 12)):
        text[:, start : start + length] = digits[:, taken : taken + length]
        taken += length
    return text


@Twin
def holds(below: int, others: bytes, text: Characters) -> bool:
    """Whether any byte of a text is less than `below`, or one of four others."""
    found = text < np.uint8(below)
    for other in others:
        found |= text == np.uint8(other)
    return bool(found.any())
