"""Times as things happen: by hour, day and year, and as irregular as independent events are."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from synthmill.generators.conformance.report import conformance, rows_of
from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import F64
from tests.generators.fit import assert_shares
from tests.generators.test_columns_calendars import BUSINESS
from tests.generators.worlds import cells, fingerprint, one_column

YEARS = {"start": "2020-01-01T00:00:00Z", "end": "2023-12-31T23:59:59Z"}
SHOP = {
    "hours": [0] * 7 + [1, 2, 4, 5, 5, 6, 5, 4, 4, 5, 6, 6, 4, 2, 1] + [0] * 2,
    "weekdays": [4, 4, 4, 5, 6, 9, 0],
    "months": [1] * 10 + [1.5, 2.5],
    "special_days": [{"holidays": "DE", "factor": 0}],
    "growth": 0.25,
    "zone": "Europe/Berlin",
}


def seconds(kind: str, rows: int = 50_000, **parameters: Any) -> F64:
    made = cells(kind, rows, **YEARS, **parameters)
    return made.cast(pa.int64()).to_numpy().astype(np.float64)


def dispersion(times: F64, parts: int = 500) -> float:
    """The variance of how many times lie in equal parts, over their mean: 1 where they are independent."""
    counts = np.histogram(times, parts)[0]
    return float(counts.var(ddof=1) / counts.mean())


def test_independent_events_are_irregular_and_even_ones_arent() -> None:
    poisson, even = (seconds("rising", arrivals=arrivals) for arrivals in ("poisson", "even"))
    assert 0.85 < dispersion(poisson) < 1.15
    assert 0.85 < dispersion(seconds("timestamp")) < 1.15
    assert dispersion(even) < 0.05
    assert np.array_equal(even, seconds("rising"))
    gaps = np.diff(poisson)
    assert gaps.min() >= 0
    assert gaps.std() / gaps.mean() == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("kind", ["rising", "timestamp"])
def test_events_come_by_hour_weekday_month_holiday_and_year(kind: str) -> None:
    made = cells(kind, 40_000, **YEARS, rate=SHOP).to_pylist()
    local = [moment.astimezone(ZoneInfo("Europe/Berlin")) for moment in made]
    assert_shares(Counter(moment.hour for moment in local), dict(enumerate(SHOP["hours"])))  # type: ignore[arg-type]
    found = Counter(moment.year for moment in local)
    assert found[2023] / found[2020] == pytest.approx(1.25**3, rel=0.06)
    december = sum(moment.month == 12 for moment in local)
    assert december / sum(moment.month == 10 for moment in local) == pytest.approx(2.5, rel=0.12)
    weekdays = Counter(moment.weekday() for moment in local)
    assert weekdays[6] == 0
    assert weekdays[5] / weekdays[1] == pytest.approx(9 / 4, rel=0.12)
    assert not {(moment.month, moment.day) for moment in local} & {(12, 25), (10, 3), (5, 1)}
    if kind == "rising":
        assert made == sorted(made)


def test_within_an_hour_of_equal_rate_events_are_irregular_too() -> None:
    times = seconds("rising", rate={"hours": BUSINESS})
    inside = np.floor(times / 3.6e9) % 24
    assert set(inside.tolist()) == set(range(9, 17))
    # Counts by hour, over the hours in which anything can happen.
    hours = np.unique(np.floor(times / 3.6e9), return_counts=True)[1]
    missing = 1461 * 8 - len(hours)
    counts = np.concatenate([hours, np.zeros(missing)])
    assert 0.9 < counts.var(ddof=1) / counts.mean() < 1.1


def test_times_stay_from_start_to_end_in_whole_steps() -> None:
    for rate in (None, {"hours": BUSINESS}):
        for kind in ("rising", "timestamp"):
            day = {"start": "2023-05-01T09:30:00Z", "end": "2023-05-01T11:59:00Z", "precision": "minute"}
            poisson = {"arrivals": "poisson"} if kind == "rising" else {}
            made = set(cells(kind, 5_000, **day, rate=rate, **poisson).to_pylist())
            first = datetime(2023, 5, 1, 9, 30, tzinfo=UTC)
            assert made == {first + timedelta(minutes=at) for at in range(150)}


def test_dates_come_by_the_rate_of_their_day() -> None:
    made = cells("rising", 20_000, **YEARS, type="date", rate={"weekdays": [1, 1, 1, 1, 1, 0, 0]}).to_pylist()
    assert made == sorted(made)
    assert_shares(Counter(day.weekday() for day in made), dict.fromkeys(range(5), 1))


def test_the_values_are_the_promised_ones() -> None:
    poisson = cells("rising", 30_000, arrivals="poisson")
    by_rate = [cells(kind, 30_000, **YEARS, rate=SHOP) for kind in ("rising", "timestamp")]
    assert (
        fingerprint(poisson, *by_rate) == "701893feac5d9ea45cafa57866bd4ea3ac88ca1ca65672c8d3ec2abd9a414aea"
    )


def test_a_dataset_with_rates_conforms_and_one_without_doesnt() -> None:
    for kind in ("rising", "timestamp"):
        recipe, other = (
            make_recipe("tabular", one_column(kind, 20_000, **YEARS, rate=rate), 1)
            for rate in (SHOP, {"weekdays": [1, 1, 1, 1, 1, 1, 2]})
        )
        assert not conformance(recipe, rows_of(recipe)).failed
        failed = conformance(recipe, rows_of(other)).failed
        assert [check.what for check in failed] == ["distribution"]
    for kind, span in (("timestamp", YEARS), ("date", {"start": "2020-01-01", "end": "2023-12-31"})):
        seasons = one_column(kind, 20_000, **span, months=[1] * 6 + [4] * 6)
        recipe = make_recipe("tabular", seasons, 1)
        assert not conformance(recipe, rows_of(recipe)).failed


@pytest.mark.parametrize(
    ("kind", "wrong", "field"),
    [
        ("rising", {"arrivals": "even", "rate": {"growth": 1}}, "arrivals"),
        ("rising", {"type": "date", "rate": {"growth": 1, "zone": "Europe/Berlin"}}, "rate"),
        ("rising", {"rate": {"growth": 1}, "end": "2199-01-01T00:00:00Z"}, "end"),
        ("timestamp", {"weekdays": [1] * 7, "rate": {"growth": 1}}, "rate"),
        ("timestamp", {"rate": {"hours": [0] * 24}}, "rate.hours"),
        ("timestamp", {"rate": {"growth": 1, "hour": 1}}, "rate.hour"),
    ],
)
def test_what_contradicts_itself_is_refused(kind: str, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        cells(kind, 10, **wrong)
    assert refusal.value.errors[0].field == f"tables[t].columns[c].{field}"
