"""See `synthmill.generators.kernels.dates`.

Years are taken to begin in March, so that a leap day is the last day of one. The months from March on then
have 153 days in every five, and years 146,097 days in every 400 (H. Hinnant, chrono-Compatible Low-Level Date
Algorithms, 2013).
"""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.mix import I64

_ERA = np.uint64(146_097)
"""Days of 400 years."""
_ERAS = np.uint64(1_000)
"""By so many times 400 years days and months are moved, so that none is below 0."""
_DAYS = 719_468 + int(_ERA * _ERAS)
"""Days from 1 March of the year 0 to 1970, and these years."""
_MONTHS = 1970 * 12 - 2 + 4_800 * int(_ERAS)
"""Months of the same time."""
_LENGTHS = np.array([31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28], np.int64)
"""Of months from March on, without a leap day."""

_1, _2, _4, _5, _12, _100 = (np.uint64(n) for n in (1, 2, 4, 5, 12, 100))
_153, _365, _400 = (np.uint64(n) for n in (153, 365, 400))
_1460, _36524, _146096 = (np.uint64(n) for n in (1_460, 36_524, 146_096))


@kernel("int64[::1](int64[::1])")
def _months_of(days):  # type: ignore[no-untyped-def]
    out = np.empty(len(days), np.int64)
    for i in range(len(days)):
        day = np.uint64(days[i] + _DAYS)
        era = day // _ERA
        within = day - era * _ERA
        year = (within - within // _1460 + within // _36524 - within // _146096) // _365
        rest = within - (_365 * year + year // _4 - year // _100)
        out[i] = np.int64((era * _400 + year) * _12 + (_5 * rest + _2) // _153) - _MONTHS
    return out


@inlined
def _first(year, since):  # type: ignore[no-untyped-def]
    passed = _365 * year + year // _4 - year // _100 + year // _400 + (_153 * since + _2) // _5
    return np.int64(passed) - _DAYS


@kernel("int64[::1](int64[::1])")
def _first_days(months):  # type: ignore[no-untyped-def]
    out = np.empty(len(months), np.int64)
    for i in range(len(months)):
        month = np.uint64(months[i] + _MONTHS)
        year = month // _12
        out[i] = _first(year, month - year * _12)
    return out


@kernel("int64[::1](int64[::1], int64[::1])")
def _days_within(later, months):  # type: ignore[no-untyped-def]
    out = np.empty(len(months), np.int64)
    for i in range(len(months)):
        month = np.uint64(months[i] + _MONTHS)
        year = month // _12
        since = month - year * _12
        last = _LENGTHS[since] - 1
        if since == 11 and later[i] > last:
            # February ends a year that began in March: the leap day is that of the next.
            after = year + _1
            last += after % _4 == 0 and (after % _100 != 0 or after % _400 == 0)
        out[i] = _first(year, since) + min(later[i], last)
    return out


def months_of(days: I64) -> I64:
    found: I64 = _months_of(np.ascontiguousarray(days))
    return found


def first_days(months: I64) -> I64:
    found: I64 = _first_days(np.ascontiguousarray(months))
    return found


def days_within(later: I64, months: I64) -> I64:
    found: I64 = _days_within(np.ascontiguousarray(later), np.ascontiguousarray(months))
    return found
