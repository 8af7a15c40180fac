"""See `synthmill.generators.kernels.rates`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels import rates as plain
from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.kernels.rates import LocalRate, Stretches

_DAY, _HOUR = plain.DAY, plain.HOUR
_HOUR_U, _ONE, _DROPPED, _PROFILE = np.uint64(_HOUR), np.uint64(1), plain.DROPPED, plain.PROFILE


@inlined
def _last(rising, value, low, high):  # type: ignore[no-untyped-def]
    """The last place from `low` to `high` whose number isn't above the value; that of the first one isn't."""
    while low < high:
        middle = (low + high + 1) >> 1
        if rising[middle] <= value:
            low = middle
        else:
            high = middle - 1
    return low


@inlined
def _stretch(rising, value, at):  # type: ignore[no-untyped-def]
    """The same of all places, tried at `at` first."""
    last = len(rising) - 1
    if rising[at] <= value and (at == last or value < rising[at + 1]):
        return at
    return _last(rising, value, np.int64(0), np.int64(last))


@kernel(
    "uint64[::1](int64, uint64[::1], uint64[::1], int64[::1], uint64[::1], int64, int64, int64[::1],"
    "int64[::1], uint64[::1], uint64[::1], int64[::1])"
)
def _reached_by(first_day, before, weights, profiles, hours, start, end, starts, ahead, sums, local, times):  # type: ignore[no-untyped-def]
    out, at = np.empty(len(times), np.uint64), np.int64(0)
    for i in range(len(times)):
        time = min(max(times[i], start), end)
        at = _stretch(starts, time, at)
        time += ahead[at]
        day = time // _DAY
        within = time - day * _DAY
        day -= first_day
        hour = within // _HOUR
        place, weight = profiles[day] * 25 + hour, weights[day]
        low = (weight * (hours[place] % _PROFILE)) >> _DROPPED
        width = ((weight * (hours[place + 1] % _PROFILE)) >> _DROPPED) - low
        passed = width * np.uint64(within - hour * _HOUR) // _HOUR_U
        out[i] = before[day] + low + passed - local[at] + sums[at]
    return out


@kernel(
    "int64[::1](int64, uint64[::1], uint64[::1], int64[::1], uint64[::1], int64, int64[::1],"
    "int64[::1], uint64[::1], uint64[::1], uint64[::1])"
)
def _moment_of(first_day, before, weights, profiles, hours, shift, guide, ahead, sums, local, reached):  # type: ignore[no-untyped-def]
    out = np.empty(len(reached), np.int64)
    at = np.int64(0)
    for i in range(len(reached)):
        at = _stretch(sums, reached[i], at)
        sum_ = reached[i] - sums[at] + local[at]
        step = sum_ >> np.uint64(shift)
        day = _last(before, sum_, guide[step], guide[step + _ONE])
        rest, weight, profile = sum_ - before[day], weights[day], profiles[day]
        target = (((rest + _ONE) << _DROPPED) - _ONE) // weight + np.uint64(profile) * _PROFILE
        # The hour lies in the day's own profile: five halvings of its 25 numbers.
        first = profile * 25
        place, size = first, np.int64(25)
        while size > 1:
            half = size >> 1
            place = place + half if hours[place + half] <= target else place
            size -= half
        low = (weight * (hours[place] % _PROFILE)) >> _DROPPED
        width = ((weight * (hours[place + 1] % _PROFILE)) >> _DROPPED) - low
        within = ((rest - low + _ONE) * _HOUR_U - _ONE) // width
        out[i] = (day + first_day) * _DAY + (place - first) * _HOUR + np.int64(within) - ahead[at]
    return out


def reached_by(rate: LocalRate, stretches: Stretches, times: I64) -> U64:
    found: U64 = _reached_by(*rate[:5], *stretches, np.ascontiguousarray(times))
    return found


def moment_of(rate: LocalRate, stretches: Stretches, reached: U64) -> I64:
    given = (stretches.ahead, stretches.sums, stretches.local_sums, np.ascontiguousarray(reached))
    found: I64 = _moment_of(*rate, *given)
    return found
