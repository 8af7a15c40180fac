"""The fixed sample: rows that are looked at closely, chosen by their numbers alone.

The same rows whatever the recipe and however the work is cut, so samples of parts are parts of the sample.
"""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.mix import I64, key, mix

SAMPLE_ROWS = 16_384
"""Of a table with more rows; of any other, all are looked at."""

TEXT_SAMPLE_ROWS = 2_048
"""Of the same, where cells are texts that have to be put together for it: lengths and common values."""

RANK_ERROR = 0.0106
"""With 95 % confidence no quantile of a sample of so many rows is farther off in rank, as a share of all:
sqrt(ln(2 / 0.05) / (2 * 16384)), after Dvoretzky, Kiefer, Wolfowitz and Massart."""

_KEY = key(0, "profile", "sample")


def sampled_rows(rows: int, start: int, stop: int, size: int = SAMPLE_ROWS) -> I64:
    """Which of the rows start to stop - 1 of a table belong to the sample, rising.

    A table of more than SAMPLE_ROWS is cut into `size` strata of equally many rows (give or take one), and
    one row is drawn of each: a sample that no period in the data can deceive.
    """
    if rows <= SAMPLE_ROWS:
        return np.arange(start, stop, dtype=np.int64)
    first = start * size // rows
    last = min(size, -(-stop * size // rows))
    bounds = np.arange(first, last + 1, dtype=np.int64) * rows // size
    drawn = mix(_KEY, np.arange(first, last, dtype=np.uint64)) % np.diff(bounds).view(np.uint64)
    chosen = bounds[:-1] + drawn.view(np.int64)
    return chosen[(chosen >= start) & (chosen < stop)]


def places_in(rows: int, start: int, stop: int) -> tuple[I64, I64]:
    """`sampled_rows` counted from the first row, and the same of the smaller sample for texts."""
    numbers, texts = (
        sampled_rows(rows, start, stop, size) - start for size in (SAMPLE_ROWS, TEXT_SAMPLE_ROWS)
    )
    return numbers, texts
