"""Amounts of money: price points, round amounts, zeros, heavy tails, and a level that drifts with time."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from synthmill.generators.errors import InvalidRequestError
from tests.generators.fit import assert_continuous, assert_shares
from tests.generators.worlds import cells, rows_of

N = 20_000
BASE = {"median": 30, "sigma": 0.8, "min": 1, "max": 2_000}


def amounts(**parameters: Any) -> list[Decimal]:
    made: list[Decimal] = cells("money", N, **{**BASE, **parameters}).to_pylist()
    return made


def test_price_points_have_their_shares_and_leave_whole_units_as_they_were() -> None:
    made = amounts(endings=[0.99, 0.95, 0.49], weights=[6, 3, 1])
    assert_shares(Counter(str(amount)[-2:] for amount in made), {"99": 6, "95": 3, "49": 1})
    assert [int(amount) for amount in made] == [int(amount) for amount in amounts()]


@pytest.mark.parametrize("limits", [(1.5, 2.5), (-3.2, -1.4)])
def test_price_points_stay_within_the_limits(limits: tuple[float, float]) -> None:
    low, high = limits
    made = amounts(distribution="uniform", min=low, max=high, endings=[0.99, 0, 0.5])
    assert Decimal(str(low)) <= min(made) <= max(made) <= Decimal(str(high))
    assert {amount % 1 for amount in made} <= {
        Decimal(n) for n in ("0", "0.99", "0.5", "-0.5", "-0.01", "-0.99")
    }


def test_round_amounts_are_multiples_of_their_steps() -> None:
    made = amounts(median=80, min=10, max=500, steps=[10, 20, 50], weights=[2, 5, 3])
    assert all(amount % 10 == 0 and 10 <= amount <= 500 for amount in made)
    # Multiples of none but 10 come from the step of 10 alone.
    odd = sum(amount % 20 != 0 and amount % 50 != 0 for amount in made)
    assert 0 < odd < 0.2 * N
    assert set(amounts(min=12, max=2_000, steps=[20])) <= {Decimal(20 * at) for at in range(1, 101)}


def test_zeros_have_exactly_their_share_of_the_law_and_leave_the_others_as_they_were() -> None:
    made, usual = amounts(zeros=0.7), amounts()
    assert_shares(Counter(amount == 0 for amount in made), {True: 0.7, False: 0.3})
    assert all(one in (0, other) for one, other in zip(made, usual, strict=True))


def test_a_pareto_amount_is_as_rare_as_it_is_great() -> None:
    least, most, shape = 10.0, 100_000.0, 1.3
    made = amounts(distribution="pareto", min=least, max=most, shape=shape)
    beyond = (least / most) ** shape
    # Rounded to the cent, which near the least amount is seen.
    spread = [float(amount) + (at % 997) / 99_700 - 0.005 for at, amount in enumerate(made)]
    assert_continuous(
        spread, lambda x: min(1.0, max(0.0, (1 - (least / max(x, least)) ** shape) / (1 - beyond)))
    )


def test_prices_rise_by_their_growth_a_year() -> None:
    columns: list[dict[str, Any]] = [
        {"name": "day", "kind": "date", "start": "1990-01-01", "end": "2024-12-31", "nulls": 0.1},
        {"name": "time", "kind": "timestamp", "start": "1990-01-01", "end": "2024-12-31"},
    ]
    columns += [
        {
            "name": f"price of {column}".replace(" ", "_"),
            "kind": "money",
            "distribution": "uniform",
            "min": 100,
            "max": 100,
            "growth": 0.05,
            "column": column,
            "since": "2000-01-01",
        }
        for column in ("day", "time")
    ]
    for row in rows_of({"tables": [{"name": "t", "rows": 2_000, "columns": columns}]}, "t").to_pylist():
        for column in ("day", "time"):
            price = row[f"price_of_{column}"]
            if row[column] is None:
                assert price is None
                continue
            years = (row[column].toordinal() - 730_120) / 365.25
            if column == "time":
                years += (row[column].hour + row[column].minute / 60) / 24 / 365.25
            assert float(price) == pytest.approx(100 * 1.05**years, abs=0.011)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"weights": [1]}, "weights: are of endings or steps"),
        ({"endings": [0.99], "steps": [10]}, "steps: can't go with endings"),
        ({"endings": [0.99, 0.5], "weights": [1]}, "weights: aren't one for each of endings"),
        ({"endings": [0.999]}, "endings"),
        ({"steps": [50], "min": 1, "max": 49}, "steps: no multiple of 50.0 lies between min and max"),
        ({"endings": [0.99], "min": 1, "max": 1.5}, "endings: max is less than a unit above min"),
        ({"growth": 0.1}, "column: goes with growth"),
        ({"since": "2020-01-01"}, "since: goes with growth"),
        ({"distribution": "pareto", "min": 0, "max": 10}, "can't be pareto"),
    ],
)
def test_what_cant_be_is_refused(parameters: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidRequestError, match=re.escape(reason)):
        amounts(**{**parameters, **({"sigma": 2} if "max" in parameters else {})})
