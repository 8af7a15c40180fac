"""Sums of a rate that is constant within an hour of a zone's days: up to any time, and back.

`columns.times.arrival_rate` says what the numbers mean and compiles them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import I64, U64

HOUR = 3_600_000_000
"""In microseconds."""
DAY = 24 * HOUR
BITS = 24
"""Of a day's weight, and of an hour's."""
DROPPED = np.uint64(2 * BITS - 32)
"""Bits of their product: an hour has 32."""
PROFILE = np.uint64(2**32)
"""More than the sum of a day's hours."""


class LocalRate(NamedTuple):
    """The sum of the rate by a zone's own time, whose days all have 24 hours."""

    first_day: int
    before: U64
    """The sum before each day, and before the one after the last."""
    weights: U64
    """Of each day."""
    profiles: I64
    """Which of the profiles a day has."""
    hours: U64
    """The sums of a profile's hours before each and after the last, profile after profile: 25 numbers each,
    a profile's raised by 2**32 times its number, so that they rise throughout."""
    shift: int
    guide: I64
    """The day in which a sum lies is, by its bits above `shift`, between the entry there and the next."""


class Stretches(NamedTuple):
    """The times from `start` to `end - 1`, in stretches during which the zone is as far ahead of UTC."""

    start: int
    end: int
    starts: I64
    """When each begins."""
    ahead: I64
    sums: U64
    """At the beginning of each."""
    local_sums: U64
    """What the local rate has reached then."""


def local_rate(first_day: int, before: U64, weights: U64, profiles: I64, hours: U64) -> LocalRate:
    """With a guide of about an entry for each day."""
    shift = max(0, int(before[-1]).bit_length() - len(before).bit_length())
    steps = np.arange((int(before[-1]) >> shift) + 2, dtype=np.uint64) << np.uint64(shift)
    guide = np.searchsorted(before, steps, side="right") - 1
    return LocalRate(first_day, before, weights, profiles, hours, shift, guide)


def local_reached(rate: LocalRate, local: I64) -> U64:
    """The sum at each time of the zone's own, in microseconds."""
    day, within = np.divmod(local, DAY)
    day -= rate.first_day
    hour, within = np.divmod(within, HOUR)
    low, width = _hour(rate, rate.weights[day], rate.profiles[day] * 25 + hour)
    passed = width * within.view(np.uint64) // np.uint64(HOUR)
    result: U64 = rate.before[day] + low + passed
    return result


@Twin
def reached_by(rate: LocalRate, stretches: Stretches, times: I64) -> U64:
    """The sum at each time: rising, 0 up to the start and the total from the end on."""
    inside = np.minimum(np.maximum(times, stretches.start), stretches.end)
    at = np.searchsorted(stretches.starts, inside, side="right") - 1
    found = local_reached(rate, inside + stretches.ahead[at])
    result: U64 = found - stretches.local_sums[at] + stretches.sums[at]
    return result


@Twin
def moment_of(rate: LocalRate, stretches: Stretches, reached: U64) -> I64:
    """The last microsecond by which the sum is `reached` at most, which is below the total: the rate is above
    0 then."""
    at = np.searchsorted(stretches.sums, reached, side="right") - 1
    reached = reached - stretches.sums[at] + stretches.local_sums[at]
    day = np.searchsorted(rate.before, reached, side="right") - 1
    rest = reached - rate.before[day]
    weight, profile = rate.weights[day], rate.profiles[day]
    # The last hour before which (weight * hours) >> dropped comes to `rest` at most.
    sums = (((rest + np.uint64(1)) << DROPPED) - np.uint64(1)) // weight
    place = np.searchsorted(rate.hours, sums + profile.view(np.uint64) * PROFILE, side="right") - 1
    low, width = _hour(rate, weight, place)
    within = ((rest - low + np.uint64(1)) * np.uint64(HOUR) - np.uint64(1)) // width
    hour = place - profile * 25
    result: I64 = (day + rate.first_day) * DAY + hour * HOUR + within.view(np.int64) - stretches.ahead[at]
    return result


def _hour(rate: LocalRate, weight: U64, place: I64) -> tuple[U64, U64]:
    """The sum of a day's earlier hours, and that of the hour."""
    low, high = rate.hours[place] % PROFILE, rate.hours[place + 1] % PROFILE
    start = (weight * low) >> DROPPED
    return start, ((weight * high) >> DROPPED) - start
