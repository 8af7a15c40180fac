"""The raw random numbers of cells, as bytes without end: for batteries of tests.

    python -m benchmarks.raw_stream | dieharder -a -g 200

Numbers of consecutive rows under one key, 64 bits each, little-endian. What came out: RANDOMNESS.md.
"""

from __future__ import annotations

import sys

import numpy as np

from synthmill.generators.kernels.mix import key, mix

_AT_ONCE = 1 << 20


def main() -> None:
    stream_key = key(0, "table", "column")
    row = 0
    try:
        while True:
            rows = np.arange(row, row + _AT_ONCE, dtype=np.uint64)
            sys.stdout.buffer.write(mix(stream_key, rows).tobytes())
            row += _AT_ONCE
    except BrokenPipeError:
        sys.stderr.close()


if __name__ == "__main__":
    main()
