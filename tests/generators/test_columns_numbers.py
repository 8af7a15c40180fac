"""Kinds of numbers and categories have the distributions they are asked for."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.errors import InvalidRequestError
from tests.generators.fit import assert_continuous, assert_shares
from tests.generators.worlds import cells

N = 40_000


def values(kind: str, **parameters: Any) -> list[Any]:
    made: list[Any] = cells(kind, N, **parameters).to_pylist()
    return made


def refused(kind: str, **parameters: Any) -> list[str]:
    with pytest.raises(InvalidRequestError) as refusal:
        cells(kind, 10, **parameters)
    return [error.field.removeprefix("tables[t].columns[c].") for error in refusal.value.errors]


def cut(cdf: Any, low: float, high: float) -> Any:
    """A distribution function without what lies outside the limits."""
    return lambda x: (cdf(x) - cdf(low)) / (cdf(high) - cdf(low))


def test_a_sequence_counts_from_its_start_in_its_steps() -> None:
    assert cells("sequence", 4).to_pylist() == [1, 2, 3, 4]
    assert cells("sequence", 3, start=10, step=-5).to_pylist() == [10, 5, 0]
    assert cells("sequence", 2, start=9, prefix="C-", width=4).to_pylist() == ["C-0009", "C-0010"]
    assert cells("sequence", 2, start=99_999, width=2).to_pylist() == ["99999", "100000"]
    assert cells("sequence", 1, prefix="é").to_pylist() == ["é1"]


def test_sequences_that_repeat_or_go_below_zero_in_text_are_refused() -> None:
    assert refused("sequence", step=0) == ["step"]
    assert refused("sequence", start=3, step=-1, prefix="C") == ["start"]


def test_constants_have_their_values_type() -> None:
    assert cells("constant", 2, value="é").to_pylist() == ["é", "é"]
    assert cells("constant", 2, value=True).type == pa.bool_()
    assert cells("constant", 2, value=-7).type == pa.int64()
    assert cells("constant", 2, value=0.5).to_pylist() == [0.5, 0.5]


def test_booleans_are_true_with_their_probability() -> None:
    assert_shares(Counter(values("boolean", probability=0.13)), {True: 0.13, False: 0.87})
    assert set(values("boolean", probability=0)) == {False}
    assert set(values("boolean", probability=1)) == {True}


def test_integers_are_spread_evenly() -> None:
    assert_shares(Counter(values("integer", min=-3, max=16)), dict.fromkeys(range(-3, 17), 1))
    assert values("integer", min=5, max=5) == [5] * N


def test_integers_reach_over_all_64_bits() -> None:
    most = 2**63 - 1
    made = values("integer", min=-most, max=most)
    assert_continuous([value / most for value in made], lambda x: (x + 1) / 2)
    assert len(set(made)) == N
    assert refused("integer", min=0, max=2**63) == ["max"]


def test_categories_come_by_weight_and_none_of_weight_nothing() -> None:
    weights = [5, 0, 3, 1.5]
    assert_shares(
        Counter(values("categorical", values=list("abcd"), weights=weights)),
        dict(zip("abcd", weights, strict=True)),
    )
    assert_shares(Counter(values("categorical", values=list("abcde"))), dict.fromkeys("abcde", 1))


def test_categories_keep_their_type() -> None:
    assert cells("categorical", values=[1, 2]).type == pa.int64()
    assert cells("categorical", values=[1, 2.5]).type == pa.float64()
    assert cells("categorical", values=[True]).type == pa.bool_()
    assert cells("categorical", values=["ä", ""]).type == pa.string()


def test_ten_thousand_categories_are_spread_evenly() -> None:
    seen = Counter(value // 100 for value in values("categorical", values=list(range(10_000))))
    assert_shares(seen, dict.fromkeys(range(100), 1))


def test_categories_that_make_no_sense_are_refused() -> None:
    assert refused("categorical", values=["a", 1]) == ["values"]
    assert refused("categorical", values=["a"], weights=[1, 2]) == ["weights"]
    assert refused("categorical", values=["a"], weights=[0]) == ["weights"]
    assert refused("categorical", values=["a"], weights=[-1]) == ["weights[0]"]
    assert refused("categorical", values=[]) == ["values"]


def test_uniform_numbers_are_spread_evenly() -> None:
    made = values("uniform", min=-2, max=6)
    assert_continuous(made, lambda x: (x + 2) / 8)
    assert set(values("uniform", min=0, max=0.4, decimals=1)) == {0.0, 0.1, 0.2, 0.3, 0.4}


def test_decimals_are_spread_evenly_and_exact() -> None:
    made = values("decimal", min=-0.1, max=0.3, scale=1)
    assert_shares(Counter(made), {Decimal(tenth) / 10: 1 for tenth in range(-1, 4)})
    assert cells("decimal", 5, max=1e9, scale=9).type == pa.decimal128(19, 9)
    assert refused("decimal", min=0.123, max=1, scale=2) == ["min"]


def test_normal_numbers_are_normal() -> None:
    assert_continuous(values("normal", mean=-4, sd=2.5), statistics.NormalDist(-4, 2.5).cdf)


def test_normal_numbers_between_limits_are_the_rest_of_the_bell() -> None:
    made = values("normal", mean=41, sd=14, min=18, max=50)
    assert_continuous(made, cut(statistics.NormalDist(41, 14).cdf, 18, 50))


def test_numbers_of_no_decimals_are_whole() -> None:
    column = cells("normal", N, mean=41, sd=14, min=18, max=95, decimals=0)
    assert column.type == pa.int64()
    assert set(column.to_pylist()) >= set(range(18, 85))
    assert set(column.to_pylist()) <= set(range(18, 96))
    assert refused("normal", min=0.5, decimals=0) == ["min"]
    assert refused("normal", mean=1e17, decimals=0) == ["min"]
    assert refused("normal", min=10, max=11) == ["max"]


def test_lognormal_numbers_are_lognormal() -> None:
    law = statistics.NormalDist(math.log(30), 0.8)
    assert_continuous(values("lognormal", median=30, sigma=0.8), lambda x: law.cdf(math.log(x)))
    limited = values("lognormal", median=30, sigma=0.8, min=10, max=40)
    assert_continuous(limited, cut(lambda x: law.cdf(math.log(x)), 10, 40))


def test_money_is_exact_to_the_cent() -> None:
    column = cells("money", N, median=20, sigma=0.5, min=5, max=100)
    assert column.type == pa.decimal128(18, 2)
    made = column.to_pylist()
    assert Decimal("5.00") <= min(made)
    assert max(made) <= Decimal("100.00")
    law = statistics.NormalDist(math.log(20), 0.5)
    assert_continuous(
        [float(value) + jitter(at) for at, value in enumerate(made)],
        cut(lambda x: law.cdf(math.log(x)), 5, 100),
    )


def jitter(at: int) -> float:
    """Spreads a cent's values over the cent, as the test for continuous laws needs."""
    return ((at * 0.618034) % 1 - 0.5) / 100


def test_uniform_money_is_spread_evenly_even_below_zero() -> None:
    made = values("money", distribution="uniform", min=-0.02, max=0.02)
    assert_shares(Counter(made), {Decimal(cents) / 100: 1 for cents in range(-2, 3)})
    assert values("money", distribution="uniform", min=-1e13, max=-1e13)[0] == Decimal("-10000000000000.00")


def test_money_that_makes_no_sense_is_refused() -> None:
    assert refused("money", min=0) == ["min"]
    assert refused("money", min=5, max=4) == ["max"]
    assert refused("money", max=1.005) == ["max"]
    assert refused("money", median=1, sigma=0.01, min=100, max=200) == ["max"]
