"""How many different values: HyperLogLog registers, read by Apache DataSketches.

Registers merge by their maxima, so the estimate is the same in whatever order and parts rows are seen. The
sketches of the library can't be fed with arrays; the registers are filled by our kernel, and the library
reads them as the image of a sketch of type HLL_8 (https://datasketches.apache.org/docs/HLL/HllSketches.html).
"""

from __future__ import annotations

import struct

import datasketches
import numpy as np

from synthmill.generators.kernels.bitpack import U8
from synthmill.generators.kernels.sketches import INDEX_BITS

DISTINCT_ERROR = 0.033
"""With 95 % confidence an estimate is no farther off: two times 1.04 / sqrt(4096)."""

_PREAMBLE, _VERSION, _FAMILY, _OUT_OF_ORDER, _HLL_8 = 10, 1, 7, 16, 0b1010


def estimate(registers: U8) -> int:
    """The number of different values that the registers have seen, to the nearest whole number."""
    if not registers.any():
        return 0
    # The image begins with sums of the powers that the registers stand for; they are exact.
    small, great = (float(np.ldexp(1.0, -part.astype(np.int32)).sum()) for part in _halves(registers))
    image = struct.pack(
        "<8B3d2I",
        *(_PREAMBLE, _VERSION, _FAMILY, INDEX_BITS, 0, _OUT_OF_ORDER, 0, _HLL_8),
        *(0.0, small, great),
        *(int(np.count_nonzero(registers == 0)), 0),
    )
    sketch = datasketches.hll_sketch.deserialize(image + registers.tobytes())
    found: float = sketch.get_estimate()
    return round(found)


def _halves(registers: U8) -> tuple[U8, U8]:
    return registers[registers < 32], registers[registers >= 32]
