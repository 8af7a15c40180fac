"""Children come to be one after the other, in their parents' lives, as many as fit."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.engine.costs import estimate
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.kernels.backend import use
from tests.generators.lives import ACCOUNT, AT, DAY, DURING, UNTIL, bank, events, told
from tests.generators.worlds import fingerprint, rows_of

BUSY = {"hours": [0] * 8 + [1] * 10 + [0] * 6, "weekdays": [1, 1, 1, 1, 1, 0.3, 0]}
FREE = {"counts": "exposure", "total": "free", "per_day": 0.02, "max": 400}
WAYS: dict[str, dict[str, Any]] = {
    "weights": {"rows": 3_000, "max": 30},
    "weights, free": {"total": "free", "mean": 7, "max": 30},
    "exposure": {"rows": 3_000, "counts": "exposure", "max": 400},
    "exposure, free": FREE,
    "a gap": {**FREE, "per_day": 0.1, "max": 2_000, "min_gap": "480h"},
    "a rate": {**FREE, "during": {**DURING, "rate": BUSY}},
    "a schedule": {"schedule": {"unit": "month", "day": 31, "jitter": "2d"}},
    "a short one": {"schedule": {"unit": "hour", "every": 500}},
}
GAPS = {"kind": "weibull", "shape": 0.6}


def made_so(way: str, *columns: dict[str, Any], accounts: int = 400) -> dict[str, Any]:
    return bank(accounts, events("tx", *columns, **WAYS[way]))


def refusal(parameters: dict[str, Any]) -> FieldError:
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", parameters, 0))
    (error,) = caught.value.errors
    return error


@pytest.mark.parametrize("at", [AT, {**AT, "precision": "day"}, {**AT, "type": "date"}, {**AT, "gaps": GAPS}])
@pytest.mark.parametrize("way", WAYS)
def test_times_rise_within_a_parent_and_lie_in_its_life(way: str, at: dict[str, Any]) -> None:
    if "schedule" in WAYS[way] and "gaps" in at:
        at = {**AT, "precision": "minute"}
    if "min_gap" in WAYS[way] and "gaps" not in at and at != AT:
        at = {**AT, "precision": "hour"}
    owners, times, first, last = told(made_so(way, at))
    same = owners[1:] == owners[:-1]
    assert len(owners) > 500
    assert (np.diff(owners) >= 0).all()
    assert (times[1:] >= times[:-1])[same].all()
    start = first // DAY * DAY if at.get("type") == "date" else first
    assert (times >= start[owners]).all()
    assert (times < np.maximum(last, start + 1)[owners]).all()
    if "min_gap" in WAYS[way]:
        assert np.diff(times)[same].min() >= 480 * 3_600 * 10**6


@settings(max_examples=40)
@given(st.sampled_from(sorted(WAYS)), st.booleans(), st.integers(0, 3_000), st.integers(0, 300))
def test_any_part_is_the_same_as_in_the_whole(way: str, gaps: bool, start: int, count: int) -> None:
    at = {**AT, "gaps": GAPS} if gaps and "schedule" not in WAYS[way] else AT
    plan = make_plan(make_recipe("tabular", made_so(way, at, accounts=120), 4))
    rows = plan.table("tx").rows
    whole = make_rows(plan, "tx", 0, rows)
    start = min(start, rows)
    count = min(count, rows - start)
    assert make_rows(plan, "tx", start, start + count).equals(whole.slice(start, count))


@pytest.mark.parametrize("at", [AT, {**AT, "gaps": GAPS}])
@pytest.mark.parametrize("way", WAYS)
def test_rows_in_any_order_have_the_same_times(
    way: str, at: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that a foreign key of another table leads to, where they aren't all made at once."""
    monkeypatch.setattr("synthmill.generators.tables.rows.KEPT_WHOLE", 10)
    parameters = made_so(way, {"name": "id", "kind": "sequence"}, AT if "schedule" in WAYS[way] else at)
    parameters["tables"][1]["primary_key"] = ["id"]
    of = {"name": "of", "kind": "foreign_key", "table": "tx"}
    copied = {"name": "at", "kind": "parent", "column": "at", "through": "of"}
    disputes = {"name": "disputes", "rows": 400, "columns": [of, copied]}
    parameters["tables"].append(disputes)
    times = rows_of(parameters, "tx")["at"]
    found = rows_of(parameters, "disputes", 100, 300)
    assert found["at"].equals(times.take(pc.subtract(found["of"], 1)))


@pytest.mark.parametrize("way", WAYS)
def test_values_are_the_promised_ones_both_ways(way: str) -> None:
    for name in ("numpy", "numba"):
        with use(name):
            assert fingerprint(*rows_of(made_so(way), "tx", 0, 300).columns)[:16] == PROMISED[way]


PROMISED = {
    "weights": "ffe0d76cdfe68d3a",
    "weights, free": "df9b4a74be82bf12",
    "exposure": "b198baf50dcc9372",
    "exposure, free": "0a7c9c5ae2493017",
    "a gap": "40a731bbfff88bdf",
    "a rate": "e9d941edb9bbc065",
    "a schedule": "5dff44226e6d0486",
    "a short one": "3a98a855c979fd2c",
}
"""The first 300 rows of each way, at seed 0."""


@pytest.mark.parametrize("way", ["exposure", "exposure, free", "a rate"])
def test_children_of_a_long_life_are_more_and_as_scattered_as_poisson_numbers(way: str) -> None:
    owners, _, first, last = told(made_so(way, accounts=4_000))
    lasts = (last - first) / DAY
    expected = lasts * (0.02 if way != "exposure" else 3_000 / lasts.sum())
    counts = np.bincount(owners, minlength=4_000)
    if way == "a rate":
        expected *= counts.sum() / expected.sum()
    assert counts.sum() == pytest.approx(expected.sum(), rel=0.02)
    usable = expected > 0.1
    assert 0.9 < ((counts - expected)[usable] ** 2 / expected[usable]).mean() < 1.1


def test_arrivals_of_all_parents_together_are_as_scattered_as_poisson_numbers() -> None:
    """Those of a week in which no account opens or closes."""
    steady = {"since": "2022-01-01T00:00:00Z", "until": "2024-01-01T00:00:00Z"}
    owners, times, *_ = told(bank(3_000, events("tx", **{**FREE, "during": steady})))
    hours = np.bincount((times - times.min()) // (DAY // 4))
    assert len(owners) == pytest.approx(3_000 * 730 * 0.02, rel=0.02)
    assert 0.9 < hours.var() / hours.mean() < 1.1


def test_a_rate_says_at_which_hours_and_weekdays() -> None:
    _, times, *_ = told(made_so("a rate", accounts=2_000))
    hours, days = times // (DAY // 24) % 24, (times // DAY + 3) % 7
    assert set(hours) == set(range(8, 18))
    tally = np.bincount(days, minlength=7)
    assert tally[6] == 0
    assert tally[5] / tally[:5].mean() == pytest.approx(0.3, abs=0.04)


def test_gaps_of_a_law_are_burstier_or_more_even_than_chance() -> None:
    def spread(**law: Any) -> float:
        made = {**WAYS["weights"], "min": 20, "max": 20, "rows": 8_000}
        at = {**AT, "gaps": law} if law else AT
        owners, times, first, last = told(bank(400, events("tx", at, **made)))
        gaps = (np.diff(times) / (last - first)[owners[1:]])[owners[1:] == owners[:-1]]
        return float(gaps.std() / gaps.mean())

    assert spread() == pytest.approx(0.95, abs=0.05)
    assert spread(kind="exponential") == pytest.approx(0.95, abs=0.05)
    assert spread(kind="gamma", shape=25) == pytest.approx(0.2, abs=0.03)
    assert spread(kind="weibull", shape=0.5) > 1.5


def test_an_invoice_comes_every_month_on_its_day_or_on_the_months_last() -> None:
    made = rows_of(bank(50, events("tx", schedule={"unit": "month", "day": 31})), "tx").to_pylist()
    for row in made:
        assert (row["at"] + dt.timedelta(days=1)).day == 1
        assert row["at"].time() == dt.time()
    for before, after in pairwise(made):
        if before["account"] == after["account"]:
            months = (after["at"].year - before["at"].year) * 12 + after["at"].month - before["at"].month
            assert months == 1


def test_a_schedule_can_be_each_parents_own_and_begins_with_its_life() -> None:
    step = {"name": "step", "kind": "integer", "min": 0, "max": 40}
    schedule = {"unit": "day", "every_column": "step", "jitter": "1h"}
    parameters = bank(60, events("tx", schedule=schedule), columns=(step,))
    accounts = rows_of(parameters, "accounts").to_pylist()
    found: dict[int, list[Any]] = {row["id"]: [] for row in accounts}
    for row in rows_of(parameters, "tx").to_pylist():
        found[row["account"]].append(row["at"])
    end = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    for row in accounts:
        if row["step"] == 0:
            assert not found[row["id"]]
            continue
        last = min(row["closed"] or end, end) - dt.timedelta(hours=1)
        assert len(found[row["id"]]) == (last - row["opened"]) // dt.timedelta(days=row["step"]) + 1
        for at, when in enumerate(found[row["id"]]):
            late = when - row["opened"] - at * dt.timedelta(days=row["step"])
            assert dt.timedelta(seconds=-1) < late < dt.timedelta(hours=1)


def test_the_busier_a_parent_is_the_more_children_it_has() -> None:
    busy = {"name": "busy", "kind": "categorical", "values": [0, 1, 3]}
    parameters = bank(3_000, events("tx", **FREE, intensity="busy"), columns=(busy,))
    owners, _, first, last = told(parameters)
    counts = np.bincount(owners, minlength=3_000)
    factors = rows_of(parameters, "accounts")["busy"].to_numpy()
    for factor in (0, 1, 3):
        chosen = factors == factor
        days = ((last - first)[chosen] / DAY).sum()
        assert counts[chosen].sum() == pytest.approx(0.02 * factor * days, rel=0.05)


def test_a_life_begins_no_earlier_than_since_and_ends_no_later_than_until() -> None:
    since = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
    during = {"start": "opened", "since": since.isoformat(), "until": "2022-01-01T00:00:00Z"}
    made = rows_of(bank(400, events("tx", **{**FREE, "during": during})), "tx")["at"].to_pylist()
    assert since <= min(made) < since + dt.timedelta(days=3)
    assert dt.timedelta(days=362) < max(made) - since < dt.timedelta(days=365)


def test_a_life_without_a_beginning_has_no_children() -> None:
    opened = {"name": "opened", "kind": "timestamp", "start": "2018-01-01", "end": "2024-06-30", "nulls": 0.5}
    parameters = made_so("exposure, free")
    parameters["tables"][0]["columns"][1] = opened
    without = rows_of(parameters, "accounts")["opened"].is_null().to_numpy(zero_copy_only=False)
    owners = rows_of(parameters, "tx")["account"].to_numpy() - 1
    assert without.sum() > 100
    assert not without[owners].any()
    assert rows_of(parameters, "tx")["at"].null_count == 0


def test_more_parents_leave_the_children_of_the_others_as_they_are() -> None:
    few, many = (rows_of(made_so("exposure, free", accounts=count), "tx") for count in (100, 300))
    assert many.slice(0, few.num_rows).equals(few)


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"max": 3, "total": "free", "during": None}, "columns[at].kind", "nothing says in which time"),
    ({**FREE, "during": None}, "children_of.during", "is missing"),
    ({**FREE, "during": {"start": "opened"}}, "children_of.during.until", "is missing"),
    ({**FREE, "during": {"until": UNTIL}}, "children_of.during.start", "is missing"),
    ({**FREE, "during": {"start": "opened", "end": "closed"}}, "children_of.during.until", "may be null"),
    ({**FREE, "during": {"start": "id", "until": UNTIL}}, "children_of.during.start", "is of type int64"),
    ({**FREE, "during": {"start": "born", "until": UNTIL}}, "children_of.during.start", "has no column born"),
    ({**FREE, "during": {"since": UNTIL, "until": UNTIL}}, "children_of.during.since", "isn't before until"),
    ({**FREE, "max": 20}, "children_of.max", "children on average"),
    ({**FREE, "per_day": None}, "children_of.per_day", "is missing"),
    ({**FREE, "mean": 3}, "children_of.mean", "means nothing to counts by exposure"),
    ({**FREE, "intensity": "opened"}, "children_of.intensity", "is of type timestamp"),
    ({"rows": 900, "counts": "exposure", "max": 300, "intensity": "id"}, "children_of.intensity", "times"),
    ({"max": 3, "total": "free", "min_gap": "1h"}, "children_of.min_gap", "needs counts by exposure"),
    ({**FREE, "min_gap": "100ms"}, "columns[at].precision", "isn't a whole number"),
    ({"rows": 90_000, "counts": "exposure", "max": 300}, "children_of.max", "would have more than 300"),
    ({"rows": 9, "counts": "exposure", "max": 9, "during": {"start": "opened", "until": "2017-01-01"}},
     "children_of.during", "has a life in which"),
    ({"max": 20_000, "total": "free"}, "children_of.max", "outside 1 to 10000"),
    ({"schedule": {"unit": "month"}, "max": 3, "min": 1}, "children_of.min", "means nothing beside schedule"),
    ({"schedule": {"unit": "day", "day": 3}}, "children_of.schedule.day", "means nothing to days"),
    ({"schedule": {"unit": "hour", "jitter": "61m"}}, "children_of.schedule.jitter", "is longer"),
    ({"schedule": {"unit": "second"}}, "children_of.schedule", "events in its life"),
    ({"schedule": {"unit": "day", "every_column": "opened"}}, "schedule.every_column", "is of type"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "field", "reason"), REFUSED)
def test_what_cannot_be_satisfied_is_refused_by_name(
    changed: dict[str, Any], field: str, reason: str
) -> None:
    error = refusal(bank(300, events("tx", **changed)))
    assert error.field.endswith(field), error
    assert error.field.startswith("tables[")
    assert reason in error.reason
    assert error.fix


def test_a_rate_needs_to_know_between_which_times_lives_lie() -> None:
    opened = {"name": "opened", "kind": "formula", "formula": "opened_on + days(3)"}
    parameters = bank(
        30, events("tx", **{**FREE, "during": {"start": "opened", "until": UNTIL, "rate": BUSY}})
    )
    source = {"name": "opened_on", "kind": "timestamp", "start": "2018-01-01", "end": "2024-06-30"}
    parameters["tables"][0]["columns"][1:3] = [source, opened]
    error = refusal(parameters)
    assert error.field == "tables[tx].children_of.during.since"
    assert "as a rate asks for" in error.reason


def test_gaps_follow_a_law_and_no_other_kind() -> None:
    error = refusal(made_so("weights", {**AT, "gaps": {"kind": "parent", "column": "id"}}))
    assert error.field == "tables[tx].columns[at].gaps.kind"
    scheduled = refusal(made_so("a schedule", {**AT, "gaps": GAPS}))
    assert scheduled.field == "tables[tx].columns[at].gaps"


def test_a_life_that_depends_on_its_own_children_is_refused() -> None:
    closed = {"name": "closed", "kind": "aggregate", "function": "max", "table": "tx", "column": "at"}
    parameters = made_so("exposure, free")
    parameters["tables"][0]["columns"][2] = closed
    assert "depends on its own rows" in refusal(parameters).reason


def test_children_by_weights_can_be_as_long_as_before() -> None:
    plain = bank(
        300, {"name": "tx", "rows": 900, "children_of": {"table": "accounts", "max": 9}, "columns": [ACCOUNT]}
    )
    lived = bank(300, events("tx", rows=900, max=9))
    assert rows_of(plain, "tx")["account"].equals(rows_of(lived, "tx")["account"])


@pytest.mark.parametrize("way", ["exposure, free", "a rate", "a schedule", "a short one"])
def test_how_many_rows_there_will_be_is_estimated_before_any_life_is_known(way: str) -> None:
    recipe = make_recipe("tabular", made_so(way), 0)
    estimated = estimate(recipe)
    assert estimated is not None
    (rows,) = (table.rows for table in estimated.tables if table.name == "tx")
    assert 0.6 < rows / make_plan(recipe).table("tx").rows < 2.5
