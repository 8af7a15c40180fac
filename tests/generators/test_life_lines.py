"""Ages at events, and times within intervals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from synthmill.generators.columns.kinds.birth_date import years_before
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.errors import FieldError, InvalidRequestError
from tests.generators.worlds import rows_of

HIRED = {"name": "hired", "kind": "date", "start": "2005-01-01", "end": "2024-06-30"}
LEFT = {
    "name": "left",
    "kind": "later",
    "column": "hired",
    "min": "60d",
    "max": "3000d",
    "until": "2025-01-01",
    "nulls": 0.6,
}
AGES = [{"min": 16, "max": 24, "weight": 3}, {"min": 25, "max": 60, "weight": 7}]
BORN = {"name": "born", "kind": "birth_date", "column": "hired", "ages": AGES}
TODAY = dt.date(2025, 1, 1)


def staff(*columns: dict[str, Any], rows: int = 20_000) -> dict[str, Any]:
    return {"tables": [{"name": "staff", "rows": rows, "columns": [HIRED, LEFT, *columns]}]}


def people(*columns: dict[str, Any], rows: int = 20_000) -> list[dict[str, Any]]:
    return rows_of(staff(*columns, rows=rows), "staff").to_pylist()


def age(born: dt.date, day: dt.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def refusal(*columns: dict[str, Any]) -> FieldError:
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", staff(*columns), 0))
    (error,) = caught.value.errors
    return error


def test_ages_at_an_event_are_as_common_as_stated() -> None:
    ages = np.bincount([age(row["born"], row["hired"]) for row in people(BORN)])
    assert (len(ages), ages[:16].sum()) == (61, 0)
    assert ages[16:25].sum() / ages.sum() == pytest.approx(0.3, abs=0.015)
    assert ages[16:25].std() / ages[16:25].mean() < 0.08
    assert ages[25:].std() / ages[25:].mean() < 0.12


def test_nobody_is_too_old_at_the_end_and_the_law_is_the_same_up_to_there() -> None:
    made = people({**BORN, "until": "2025-01-01T00:00:00Z", "oldest": 66})
    for row in made:
        assert 16 <= age(row["born"], row["hired"]) <= 60
        assert age(row["born"], TODAY) <= 66
    early = [row for row in made if row["hired"] < dt.date(2010, 1, 1)]
    young = np.mean([age(row["born"], row["hired"]) <= 24 for row in early])
    # Of the ages from 25 to 60 those are left that come to 66 by then.
    left = np.mean([(67 - (TODAY - row["hired"]).days / 365.25 - 25) / 36 for row in early])
    assert young == pytest.approx(3 / (3 + 7 * left), abs=0.02)


def test_ages_follow_a_row_that_a_key_leads_to() -> None:
    parameters = staff(rows=300)
    parameters["tables"][0]["columns"].insert(0, {"name": "id", "kind": "sequence"})
    parameters["tables"][0]["primary_key"] = ["id"]
    worker = {"name": "worker", "kind": "foreign_key", "table": "staff"}
    born = {**BORN, "through": "worker"}
    parameters["tables"].append({"name": "cards", "rows": 500, "columns": [worker, born]})
    hired = {row["id"]: row["hired"] for row in rows_of(parameters, "staff").to_pylist()}
    for row in rows_of(parameters, "cards").to_pylist():
        assert 16 <= age(row["born"], hired[row["worker"]]) <= 60


@pytest.mark.parametrize(
    ("day", "years", "born"),
    [
        ("2024-02-29", 18, "2006-02-28"),
        ("2023-02-28", 19, "2004-02-28"),
        ("2023-03-01", 19, "2004-03-01"),
        ("2024-02-29", 20, "2004-02-29"),
        ("1970-01-01", 1, "1969-01-01"),
    ],
)
def test_the_last_day_on_which_somebody_as_old_was_born(day: str, years: int, born: str) -> None:
    whole = np.array([day], "datetime64[D]").astype(np.int64)
    found = dt.date.fromisoformat(born)
    assert years_before(whole, years)[0] == np.datetime64(born).astype(int)
    assert age(found, dt.date.fromisoformat(day)) == years
    assert age(found + dt.timedelta(days=1), dt.date.fromisoformat(day)) == years - 1


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"until": "2025-01-01T00:00:00Z", "oldest": 35}, "oldest", "who was 16 when hired began, in 2005"),
        ({"until": "2025-01-01T00:00:00Z"}, "oldest", "needs both"),
        ({"ages": [{"min": 20, "max": 30}, {"min": 30, "max": 40}]}, "ages", "don't rise"),
        ({"ages": [{"min": 20, "max": 131}]}, "ages[0].max", "outside 0 to 130"),
        ({"column": "left", "through": "nowhere"}, "through", "nowhere"),
        ({"column": "n"}, "column", "isn't a timestamp"),
        ({"column": "other", "until": "2025-01-01T00:00:00Z", "oldest": 99}, "until", "nothing says between"),
    ],
)  # fmt: skip
def test_ages_that_cannot_be_are_refused_by_name(changed: dict[str, Any], field: str, reason: str) -> None:
    number = {"name": "n", "kind": "integer", "max": 9}
    other = {"name": "other", "kind": "formula", "formula": "hired + n"}
    error = refusal(number, other, {**BORN, **changed})
    assert error.field == f"tables[staff].columns[born].{field}"
    assert reason in error.reason


AWAY = {
    "name": "away",
    "kind": "within",
    "type": "date",
    "during": {"start": "hired", "end": "left", "until": "2025-01-01T00:00:00Z"},
}


def test_a_stay_begins_and_ends_within_its_interval() -> None:
    days = {"name": "days", "kind": "integer", "min": 1, "max": 50}
    places = []
    for row in people(days, {**AWAY, "stay_column": "days"}):
        end = min(row["left"] or TODAY, TODAY)
        assert row["hired"] <= row["away"]
        assert row["away"] + dt.timedelta(days=row["days"]) <= end
        room = (end - row["hired"]).days - row["days"]
        if room > 50:
            places.append(((row["away"] - row["hired"]).days + 0.5) / room)
    tally = np.histogram(places, 10, (0, 1))[0]
    assert tally.std() / tally.mean() < 0.06


def test_a_stay_longer_than_its_interval_begins_with_it() -> None:
    for row in people({**AWAY, "stay": "100w"}, rows=2_000):
        end = min(row["left"] or TODAY, TODAY)
        if (end - row["hired"]).days <= 700:
            assert row["away"] == row["hired"]
        else:
            assert row["hired"] <= row["away"] <= end - dt.timedelta(days=700)


def test_a_stay_longer_than_any_interval_is_refused() -> None:
    during = {"since": "2024-01-01T00:00:00Z", "until": "2024-01-08T00:00:00Z"}
    error = refusal({**AWAY, "during": during, "stay": "8d"})
    assert (error.field, error.reason) == ("tables[staff].columns[away].stay", "is longer than the interval")


def test_times_within_an_interval_can_have_a_rate() -> None:
    during = {**AWAY["during"], "rate": {"weekdays": [1, 1, 1, 1, 1, 0, 0]}}  # type: ignore[dict-item]
    for row in people({**AWAY, "during": during}, rows=3_000):
        assert row["away"].weekday() < 5 or row["away"] == row["hired"]
