"""Dates and times by weekday, season, holiday, hour and zone; lengths of time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from synthmill.generators.columns.calendars import countries, holidays, zones
from synthmill.generators.columns.times.seasons import zone
from synthmill.generators.errors import InvalidRequestError
from tests.generators.fit import assert_shares
from tests.generators.worlds import cells

N = 20_000
BUSINESS = [0] * 9 + [1] * 8 + [0] * 7
YEAR = {"start": "2023-01-01T00:00:00Z", "end": "2023-12-31T23:59:59Z"}


def values(kind: str, **parameters: Any) -> list[Any]:
    made: list[Any] = cells(kind, N, **parameters).to_pylist()
    return made


def refused(kind: str, **parameters: Any) -> str:
    with pytest.raises(InvalidRequestError) as refusal:
        cells(kind, 10, **parameters)
    return refusal.value.errors[0].field.removeprefix("tables[t].columns[c].")


def test_weekdays_and_months_come_by_weight() -> None:
    weekdays, months = [5, 4, 3, 2, 1, 0, 0], [1] * 11 + [3]
    made = values("date", start="2023-01-02", end="2024-12-29", weekdays=weekdays)
    assert_shares(Counter(day.weekday() for day in made), dict(enumerate(weekdays)))
    made = values("date", start="2023-01-01", end="2023-12-31", months=months)
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    shares = {month: lengths[month - 1] * months[month - 1] for month in range(1, 13)}
    assert_shares(Counter(day.month for day in made), shares)


def test_nothing_happens_on_holidays() -> None:
    made = set(values("date", start="2023-01-01", end="2023-12-31", holidays="DE"))
    assert not made & {date(2023, 1, 1), date(2023, 5, 1), date(2023, 10, 3), date(2023, 12, 25)}
    assert len(made) == 365 - 9
    assert len(countries()) >= 25
    for country in countries():
        days = holidays(country)
        assert len(days) > 100
        assert (np.diff(days) > 0).all()


def test_business_hours_are_those_of_their_zone_in_summer_and_winter() -> None:
    made = values("timestamp", **YEAR, weekdays=[1] * 5 + [0] * 2, hours=BUSINESS, zone="America/New_York")
    local = [moment.astimezone(ZoneInfo("America/New_York")) for moment in made]
    assert_shares(Counter(moment.hour for moment in local), dict(enumerate(BUSINESS)))
    assert {moment.weekday() for moment in local} == {0, 1, 2, 3, 4}
    assert len({moment.hour for moment in made}) == 9
    assert min(made) >= datetime(2023, 1, 1, tzinfo=UTC)


def test_every_zone_agrees_with_the_standard_library() -> None:
    # Rules of the years to come may have changed since the extraction; those of the past don't.
    moments = [datetime(2015, 1, 1, 0, 30) + timedelta(hours=7 * step) for step in range(10_000)]
    local = np.array(moments, "datetime64[us]").astype(np.int64)
    assert len(zones()) >= 45
    for name in zones():
        there = ZoneInfo(name)
        ours = zone(name).to_utc(local)
        for moment, found in zip(moments[::97], ours[::97].tolist(), strict=True):
            expected = moment.replace(tzinfo=there).astimezone(UTC)
            assert datetime.fromtimestamp(found / 1e6, UTC) == expected, (name, moment)


def test_times_stay_within_start_and_end_whatever_the_zone() -> None:
    for name in ("Asia/Tokyo", "Pacific/Auckland", "America/Los_Angeles"):
        made = values("timestamp", start="2023-01-01T00:00:00Z", end="2023-01-05T23:59:59Z", zone=name)
        assert datetime(2023, 1, 1, tzinfo=UTC) <= min(made)
        assert max(made) <= datetime(2023, 1, 5, 23, 59, 59, tzinfo=UTC)
        days = {moment.astimezone(ZoneInfo(name)).date() for moment in made}
        assert len(days) == 4


def test_calendars_that_leave_nothing_are_refused() -> None:
    assert refused("date", weekdays=[0] * 7) == "weekdays"
    assert refused("date", weekdays=[1] * 6) == "weekdays"
    assert refused("date", start="1999-01-01", holidays="FR") == "holidays"
    assert refused("date", holidays="XX") == "holidays"
    assert refused("date", start="1900-01-01", end="2100-01-01", months=[1] * 12) == "end"
    assert refused("timestamp", hours=[0] * 24) == "hours"
    assert refused("timestamp", zone="Mars/Olympus") == "zone"
    assert refused("timestamp", zone="Asia/Tokyo", precision="day") == "precision"
    day = {"start": "2023-01-01T09:00:00Z", "end": "2023-01-01T17:00:00Z"}
    assert refused("timestamp", hours=BUSINESS, **day) == "end"


def test_lengths_of_time_are_whole_units_between_their_limits() -> None:
    made = values("duration", min="90s", max="5m", unit="minute")
    assert_shares(Counter(made), dict.fromkeys(range(2, 6), 1))
    assert set(values("duration", min="1d", max="2d", unit="day", form="iso")) == {"P1D", "P2D"}
    assert set(values("duration", max="1m", unit="minute", form="iso")) == {"PT0M", "PT1M"}
    assert refused("duration", min="2m", max="1m") == "max"
    assert refused("duration", min="10s", max="50s", unit="minute") == "unit"
