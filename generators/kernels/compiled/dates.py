"""See `synthmill.generators.kernels.dates`.

Years are taken to begin in March, so that a leap day is the last day of one. The months from March on then
have 153 days in every five, and years 146,097 days in every 400 (H. Hinnant, chrono-Compatible Low-Level Date
Algorithms, 2013).
"""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import kernel
from synthmill.generators.kernels.mix import I64

_EPOCH = 719_468
"""Days from 1 March of the year 0 to 1970."""
_MONTHS = 1970 * 12 - 2
"""Months between them."""
_ERA = 146_097


@kernel("int64[::1](int64[::1])")
def _months_of(days):  # type: ignore[no-untyped-def]
    out = np.empty(len(days), np.int64)
    for i in range(len(days)):
        day = days[i] + _EPOCH
        era = day // _ERA
        within = day - era * _ERA
        year = (within - within // 1_460 + within // 36_524 - within // 146_096) // 365
        rest = within - (365 * year + year // 4 - year // 100)
        out[i] = (era * 400 + year) * 12 + (5 * rest + 2) // 153 - _MONTHS
    return out


@kernel("int64[::1](int64[::1])")
def _first_days(months):  # type: ignore[no-untyped-def]
    out = np.empty(len(months), np.int64)
    for i in range(len(months)):
        month = months[i] + _MONTHS
        year = month // 12
        since = month - year * 12
        out[i] = 365 * year + year // 4 - year // 100 + year // 400 + (153 * since + 2) // 5 - _EPOCH
    return out


def months_of(days: I64) -> I64:
    found: I64 = _months_of(np.ascontiguousarray(days))
    return found


def first_days(months: I64) -> I64:
    found: I64 = _first_days(np.ascontiguousarray(months))
    return found
