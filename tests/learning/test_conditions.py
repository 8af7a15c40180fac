"""Conditions: exactly so many rows, all of which meet them, and otherwise as those that do."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.contract_checks.promise import DoesNotApplyError
from synthmill.generators.contract_checks.strategy import CHECKS, StrategySubject
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import InvalidRequestError
from tests.learning.models import people_file, people_model

WHERE: dict[str, Any] = {"town": ["Ulm", "Bonn"], "earnings": {"min": 20_000.5, "max": 31_000}}


def test_every_row_meets_the_conditions_and_there_are_as_many_as_asked_for() -> None:
    made = people_model().sample(3_000, where=WHERE)["people"]
    assert made.num_rows == 3_000
    assert set(made.column("town").to_pylist()) == {"Ulm", "Bonn"}
    low, high = pc.min_max(made.column("earnings")).values()
    assert 20_000.5 <= low.as_py() <= high.as_py() <= 31_000
    assert made.column("earnings").null_count == 0


@given(st.integers(-1, 4), st.integers(0, 3), st.integers(-20, 10), st.integers(0, 30))
@settings(max_examples=12)
def test_any_range_that_some_rows_meet_is_held(low: int, width: int, year: int, years: int) -> None:
    where: dict[str, Any] = {
        "children": {"min": low, "max": low + width},
        "born": {"min": f"{1970 + year}-07-01", "max": f"{1970 + year + years}-06-30"},
        "weight": {"min": 60},
    }
    try:
        made = people_model().sample(200, where=where)["people"]
    except InvalidRequestError as error:
        assert "meet it" in str(error) or "empty" in str(error)
        return
    assert all(low <= one <= low + width for one in made.column("children").to_pylist())
    born = where["born"]
    assert all(born["min"] <= one.isoformat() <= born["max"] for one in made.column("born").to_pylist())
    assert pc.min(made.column("weight")).as_py() >= 60


@pytest.mark.parametrize(
    "wanted", [{"member": True}, {"earnings": None}, {"children": 2}, {"children": [0, 3]}]
)
def test_a_value_null_and_lists_of_values_are_held(wanted: dict[str, Any]) -> None:
    made = people_model().sample(300, where=wanted)["people"]
    ((name, value),) = wanted.items()
    assert set(made.column(name).to_pylist()) == (set(value) if isinstance(value, list) else {value})


def test_times_are_held_by_their_days() -> None:
    where = {"moved": {"min": "2020-06-01", "max": "2020-06-30"}}
    days = people_model().sample(200, where=where)["people"].column("moved").cast(pa.timestamp("us", "UTC"))
    assert {(one.year, one.month) for one in days.to_pylist()} == {(2020, 6)}


def test_the_other_columns_are_as_those_of_rows_that_meet_it() -> None:
    all_rows = people_model().sample(60_000)["people"]
    meet = all_rows.filter(pc.equal(all_rows.column("town"), "Kiel"))
    made = people_model().sample(20_000, where={"town": "Kiel"})["people"]
    for name in ("job", "children", "member"):
        shares = []
        for rows in (meet, made):
            counted = {one["values"]: one["counts"] for one in rows.column(name).value_counts().to_pylist()}
            shares.append({value: count / rows.num_rows for value, count in counted.items()})
        for value in {**shares[0], **shares[1]}:
            assert abs(shares[0].get(value, 0) - shares[1].get(value, 0)) < 0.025
    means = [np.nanmean(rows.column("earnings").to_numpy()) for rows in (meet, made)]
    assert abs(means[0] - means[1]) < 150


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"twon": "Ulm"}, r"where\[twon\]: there is no such column, did you mean town\?"),
        ({"town": "Ulmm"}, r"where\[town\]: .*isn't one of its values, did you mean Ulm\?"),
        ({"email": "a@b"}, r"where\[email\]: a personal is made anew in each row"),
        ({"earnings": {"min": 9, "max": 3}}, "is empty"),
        ({"earnings": {"least": 3}}, "names neither min nor max alone"),
        ({"earnings": "much"}, "isn't a number"),
        ({"children": 1.5}, "has more decimals than the column"),
        ({"children": None}, "is never null"),
        ({"born": 3}, "isn't a date"),
        ({"born": "3 March"}, "Invalid isoformat string"),
        ({"town": []}, "the list is empty"),
        ({"town": "Ulm", "earnings": {"min": 48_000}}, "rows that the model makes meet it"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(where: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        people_model().sample(10, where=where)


def test_the_strategy_makes_the_same_rows_by_a_stage() -> None:
    file = people_file()
    recipe = make_recipe("model", {"model": file.name, "rows": 400, "where": WHERE}, 5)
    plan = make_plan(recipe, {file.name: file})
    made = make_rows(plan, "people", 0, 400, None, run_stages(plan))
    assert pa.Table.from_batches([made]).equals(
        people_model().sample(400, seed=5, where=WHERE)["people"].combine_chunks()
    )


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_strategy_keeps_its_promises_with_conditions(check: Any) -> None:
    file = people_file()
    parameters = {"model": file.name, "rows": 300, "where": {"member": True}}
    with suppress(DoesNotApplyError):
        check(StrategySubject("model", parameters, {file.name: file}))
