"""The sum of a rate to any microsecond, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import marshmallow as ma
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.columns.times.arrival_rate import ArrivalRate, RateParameters, arrival_rate
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.schema.times import UNITS, microseconds
from tests.generators.worlds import fingerprint

HOUR, DAY = UNITS["hour"], UNITS["day"]
HOURS = [1, 0, 0, 0, 0, 1, 2, 4, 6, 8, 9, 9, 8, 8, 9, 9, 10, 11, 12, 12, 10, 7, 4, 2]
WEEKDAYS = [5, 5, 5, 5, 6, 9, 0]
MONTHS = [8, 7, 8, 8, 8, 8, 7, 7, 8, 9, 12, 14]
SHOP: dict[str, Any] = {
    "hours": HOURS,
    "weekdays": WEEKDAYS,
    "months": MONTHS,
    "special_days": [
        {"holidays": "US", "factor": 0.25},
        {"dates": ["12-24", "2023-11-24", "02-29"], "factor": 3},
    ],
    "growth": 0.15,
    "zone": "America/New_York",
}


def rate(start: str = "2015-03-01T07:30:00Z", end: str = "2035-02-01T00:00:01Z", **given: Any) -> ArrivalRate:
    loaded = RateParameters().load(given) if given else None
    return arrival_rate(loaded, microseconds(start), microseconds(end))


def expected(at: int) -> float:
    """The shop's rate then, by its definition, special days and growth left out."""
    moment = datetime.fromtimestamp(at // 10**6, UTC).astimezone(ZoneInfo("America/New_York"))
    return float(HOURS[moment.hour] * WEEKDAYS[moment.weekday()] * MONTHS[moment.month - 1])


def spread(made: ArrivalRate, count: int) -> U64:
    return mix(7, np.arange(count, dtype=np.uint64)) % np.uint64(made.total)


def test_a_rate_that_never_changes_is_the_passing_of_time() -> None:
    start, end = microseconds("1999-12-31T23:00:00Z"), microseconds("2031-01-01T00:00:00Z")
    made = arrival_rate(None, start, end)
    times = np.linspace(start, end, 1_001).astype(np.int64)
    assert made.reached(times).tolist() == [(time - start) * 2**32 // HOUR for time in times.tolist()]
    assert made.total == (end - start) // HOUR * 2**32


def test_the_sum_rises_by_each_hours_weight() -> None:
    made = rate(**SHOP | {"growth": 0.0, "special_days": None})
    starts = np.arange(made.start - made.start % HOUR + HOUR, made.end - HOUR, 97 * HOUR)
    grown = (made.reached(starts + HOUR) - made.reached(starts)).astype(np.float64)
    wanted = np.array([expected(int(at)) for at in starts])
    assert np.allclose(grown / 2**32, wanted / (12 * 9 * 14), rtol=1e-5, atol=1e-9)


def test_special_days_and_growth_multiply_the_rate() -> None:
    plain = rate(**SHOP | {"growth": 0.0, "special_days": None})
    full = rate(**SHOP)

    def share(day: str) -> float:
        noon = microseconds(f"{day}T12:00:00Z")
        ends = np.array([noon, noon + 10 * HOUR], np.int64)
        return float(np.diff(full.reached(ends))[0] / np.diff(plain.reached(ends))[0])

    common = share("2023-11-22")
    assert share("2023-11-24") / common == pytest.approx(3.0, rel=0.001)
    assert share("2027-12-24") / share("2027-12-23") == pytest.approx(
        0.75, rel=0.001
    )  # A holiday in lieu, too.
    assert share("2023-07-04") / share("2023-07-05") == pytest.approx(0.25, rel=0.001)
    assert share("2024-02-29") / share("2024-02-28") == pytest.approx(3.0, rel=0.001)
    assert share("2030-05-15") / share("2020-05-15") == pytest.approx(1.15**10, rel=0.001)


@pytest.mark.parametrize(
    "parameters",
    [{"months": [1] * 12}, SHOP, {"hours": [0] * 167 + [1]}, {"growth": -0.5, "zone": "Europe/London"}],
)
def test_a_sums_moment_is_the_last_by_which_it_is_not_passed(parameters: dict[str, Any]) -> None:
    made = rate(**parameters)
    sums = np.sort(np.append(spread(made, 20_000), np.array([0, made.total - 1], np.uint64)))
    times = made.moment(sums)
    assert (times >= made.start).all()
    assert (times < made.end).all()
    assert (np.diff(times) >= 0).all()
    assert (made.reached(times) <= sums).all()
    assert (made.reached(times + 1) > sums).all()


@given(st.integers(0, 6 * 365 * DAY), st.integers(1, 400 * DAY), st.integers(0, 2**64 - 1))
def test_a_draw_between_two_times_lies_between_them(after: int, length: int, u: int) -> None:
    made = rate(**SHOP)
    ends = np.array([made.start + after, made.start + after + length], np.int64)
    low, high = made.reached(ends).tolist()
    if low < high:
        time = int(made.moment(np.array([low + (u * (high - low) >> 64)], np.uint64))[0])
        assert ends[0] <= time < ends[1]


def test_the_sum_never_falls_not_even_when_clocks_go_back() -> None:
    made = rate(**SHOP)
    autumn = microseconds("2023-11-05T04:00:00Z") + np.arange(0, 4 * HOUR, 10**7)
    reached = made.reached(autumn).view(np.int64)
    assert (np.diff(reached) >= 0).all()
    # 00:00 to 04:00 there, of which 01:00 to 02:00 comes twice: all without weight but the first hour.
    assert reached[-1] - reached[0] == reached[HOUR // 10**7] - reached[0]
    outside = np.array([made.start - DAY, made.start, made.end, made.end + DAY], np.int64)
    assert made.reached(outside).tolist() == [0, 0, made.total, made.total]


def test_the_same_bits_everywhere() -> None:
    made = rate(**SHOP)
    times = made.moment(spread(made, 1_000))
    assert (
        fingerprint(pa.array(times), pa.array(made.reached(times + 12_345)))
        == "eba6ffdd4db31fc35797c2b8c3e394e9521a8512666dcd41f5fc363e020f0d7a"
    )


def test_rates_that_nothing_follows_from_are_refused() -> None:
    def field(**given: Any) -> str:
        with pytest.raises(ParameterError) as refusal:
            rate(**given)
        return refusal.value.parameter

    assert field(hours=[0] * 24) == "rate.hours"
    assert field(weekdays=[0] * 7) == "rate.weekdays"
    assert (
        field(special_days=[{"holidays": "DE", "factor": 1}], end="2036-01-02T00:00:00Z")
        == "rate.special_days[0].holidays"
    )
    assert field(end="2300-01-01T00:00:00Z") == "end"
    night = {"start": "2024-01-01T01:00:00Z", "end": "2024-01-01T02:00:00Z"}
    assert field(**night, hours=[0] * 8 + [1] * 16) == "rate"
    for wrong in (
        {},
        {"zone": "Europe/Berlin"},
        {"hours": [1] * 25},
        {"special_days": [{"factor": 2}]},
        {"special_days": [{"dates": ["02-30"], "factor": 2}]},
    ):
        with pytest.raises(ma.ValidationError):
            RateParameters().load(wrong)


def test_a_day_has_the_profile_of_its_weekday() -> None:
    week: I64 = np.zeros(168, np.int64)
    week[[24 + 9, 6 * 24 + 22]] = 1  # Tuesday at nine, Sunday at ten in the evening.
    made = rate(hours=week.tolist(), weekdays=[0, 3, 0, 0, 0, 0, 1])
    times = made.moment(spread(made, 4_000)).astype("datetime64[us]").astype(datetime)
    found = [(one.weekday(), one.hour) for one in times]
    assert set(found) == {(1, 9), (6, 22)}
    assert 0.72 < found.count((1, 9)) / len(found) < 0.78
