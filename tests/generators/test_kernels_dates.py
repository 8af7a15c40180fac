"""The calendar and sums of rates: compiled kernels against plain ones, and against the calendar itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.columns.times.arrival_rate import RateParameters, arrival_rate
from synthmill.generators.kernels.dates import days_within, first_days, months_of
from synthmill.generators.kernels.mix import mix
from synthmill.generators.kernels.rates import moment_of, reached_by
from synthmill.generators.schema.times import UNITS
from tests.generators.test_kernels_twins import same

_EPOCH = date(1970, 1, 1)
_FARTHEST = 200_000 * 366
RATES: dict[str, dict[str, Any]] = {
    "hours, weekdays and a zone": {
        "hours": [0] * 7 + [1, 3] + [5] * 9 + [2, 1] + [0] * 4,
        "weekdays": [5, 5, 5, 5, 6, 2, 0],
        "zone": "Europe/London",
    },
    "a week's hours and growth": {"hours": list(range(168)), "growth": 0.4},
    "one month of the year, which dies out": {"months": [0] * 4 + [1] + [0] * 7, "growth": -0.9},
}


@given(st.lists(st.integers(-_FARTHEST, _FARTHEST), min_size=1))
def test_months_and_days_have_the_same_bits_both_ways(days: list[int]) -> None:
    given_days = np.array(days, np.int64)
    same(months_of, given_days)
    same(first_days, given_days // 31)
    same(days_within, given_days % 40, given_days // 31)


def test_every_day_of_five_centuries_lies_in_its_month() -> None:
    days = np.arange((date(1799, 1, 1) - _EPOCH).days, (date(2301, 1, 1) - _EPOCH).days)
    same(months_of, days)
    months = months_of(days)
    for at in range(0, len(days), 97):
        day = _EPOCH + timedelta(days=int(days[at]))
        assert months[at] == (day.year - 1970) * 12 + day.month - 1
    assert np.array_equal(first_days(months)[days == first_days(months)], days[days == first_days(months)])
    assert (days - first_days(months)).max() == 30


def test_the_31st_of_a_month_that_has_fewer_days_is_its_last() -> None:
    months = np.arange((1896 - 1970) * 12, (2110 - 1970) * 12)
    last = days_within(np.full(len(months), 30), months)
    assert np.array_equal(last + 1, first_days(months + 1))
    same(days_within, np.full(len(months), 30), months)
    same(days_within, np.full(len(months), 28), months)


@pytest.mark.parametrize("rate", RATES.values(), ids=RATES)
def test_sums_of_rates_and_their_times_have_the_same_bits_both_ways(rate: dict[str, Any]) -> None:
    start, end = 400 * UNITS["day"] + 12_345, 20_400 * UNITS["day"]
    made = arrival_rate(RateParameters().load(rate), start, end)
    drawn = mix(3, np.arange(20_000, dtype=np.uint64))
    sums = np.concatenate((drawn % np.uint64(made.total), np.array([0, made.total - 1], np.uint64)))
    same(moment_of, made.local, made.stretches, sums)
    same(moment_of, made.local, made.stretches, np.sort(sums))
    times = (drawn % np.uint64(2 * end)).view(np.int64) - end // 2
    same(reached_by, made.local, made.stretches, times)
    found = made.moment(sums)
    assert np.all(made.reached(found) <= sums)
    assert np.all(made.reached(found + 1) > sums)
