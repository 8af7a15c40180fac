"""Small numbers in as few bits as they need, as Parquet lays them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin

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
