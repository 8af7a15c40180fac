"""Private fits: what is spent, said, refused and held."""

from __future__ import annotations

import math
import random
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.learning import Model, fit, fit_options, load
from synthmill.generators.learning.private import fit as private_fit
from synthmill.generators.learning.private import noise
from synthmill.generators.learning.private.accounting import BudgetError, Ledger
from synthmill.generators.learning.private.declared import Budget
from synthmill.generators.learning.private.domains import stable_values
from synthmill.generators.learning.private.fit import fit_privately
from synthmill.generators.learning.private.measuring import Measuring
from synthmill.generators.learning.reading import whole_source
from tests.learning.models import people
from tests.learning.test_privacy import planted
from tests.learning.test_private_noise import FixedBits

ROLES = {"customer_id": "key", "badge": "ignore", "note": "ignore"}
BOUNDS = {
    "earnings": {"min": 10_000, "max": 60_000, "decimals": 2},
    "children": {"min": 0, "max": 20},
    "weight": {"min": 30, "max": 120},
    "born": {"min": "1940-01-01", "max": "1999-12-31"},
    "moved": {"min": "2020-01-01", "max": "2021-12-31"},
}
DOMAINS = {"town": ["Ulm", "Bonn", "Kiel", "Jena", "Rome"], "job": ["cook", "smith", "clerk", "nurse"]}


@pytest.fixture(autouse=True)
def the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the operating system would fail a test now and then, and never again."""
    monkeypatch.setattr(noise.os, "urandom", random.Random(20_261_201).randbytes)


def private(rows: pa.Table, **budget: Any) -> Model:
    given = {"epsilon": 3.0, "bounds": {"people": BOUNDS}, "domains": {"people": DOMAINS}, **budget}
    return fit({"people": rows}, fit_options({"method": "dp", "roles": {"people": ROLES}, "privacy": given}))


def test_a_private_model_is_like_the_data_and_its_file_gives_it_again() -> None:
    rows = people(8_000)
    model = private(rows)
    made = load(model.to_bytes()).sample(8_000, seed=1)["people"]
    assert made.equals(model.sample(8_000, seed=1)["people"])
    assert model.method_used == "dp"
    assert abs(model.tables[0].rows - 8_000) < 400
    real = {name: Counter(rows.column(name).to_pylist()) for name in ("town", "job")}
    for name, counts in real.items():
        found = Counter(made.column(name).to_pylist())
        assert sum(abs(found[value] - counts[value]) for value in counts | found) < 900
    # Jobs go with towns, and earnings with jobs.
    pairs = Counter(zip(made.column("town").to_pylist(), made.column("job").to_pylist(), strict=True))
    assert pairs["Ulm", "cook"] > 4 * pairs["Ulm", "clerk"]
    earnings = made.column("earnings").to_pandas()
    jobs = made.column("job").to_pandas()
    means = [earnings[jobs == job].mean() for job in ("cook", "smith", "clerk", "nurse")]
    assert means == pytest.approx([20_000, 29_000, 38_000, 47_000], rel=0.1)
    assert 0.05 < earnings.isna().mean() < 0.15
    assert made.schema.field("moved").type == rows.schema.field("moved").type


def test_any_row_of_a_private_model_alone_is_the_same() -> None:
    model = private(people(2_000))
    whole = model.sample(300, seed=4)["people"]
    assert (
        whole.slice(0, 40)
        .drop_columns("customer_id")
        .equals(model.sample(40, seed=4)["people"].drop_columns("customer_id"))
    )
    assert whole.select(["job"]).equals(model.sample(300, seed=4, columns=["job"])["people"])


def test_conditions_hold_in_rows_of_a_private_model() -> None:
    made = private(people(4_000)).sample(200, where={"town": "Kiel"})["people"]
    assert set(made.column("town").to_pylist()) == {"Kiel"}


def test_the_model_says_what_it_cost_and_what_was_public() -> None:
    said = private(people(2_000)).description["privacy"]
    assert (said["mode"], said["epsilon"], said["delta"], said["unit"]) == ("dp", 3.0, 1e-6, "row")
    assert "(3, 1e-06)-differential privacy" in said["statement"]
    spent = {one["what"]: one["rho"] for one in said["spent"]}
    assert math.fsum(spent.values()) == pytest.approx(said["rho_spent"])
    assert 0.85 * said["rho"] < said["rho_spent"] <= said["rho"]
    assert said["declared"] == {"bounds": sorted(BOUNDS), "domains": ["job", "town"]}
    # What wasn't declared is said, and paid for with a part of delta.
    assert said["found"] == ["nothing", "same"]
    assert sum(one["delta"] for one in said["spent"]) == pytest.approx(0.5e-6)


def test_no_delta_is_kept_for_domains_where_all_are_declared() -> None:
    rows = people(2_000).select(["town", "children"])
    given = {
        "epsilon": 1.0,
        "domains": {"t": {"town": DOMAINS["town"]}},
        "bounds": {"t": {"children": BOUNDS["children"]}},
    }
    said = fit({"t": rows}, fit_options({"privacy": given})).description["privacy"]
    assert [one["what"] for one in said["spent"]] == [
        "the number of rows",
        "columns alone",
        "which columns go together",
        "pairs of columns",
    ]
    assert said["rho"] == pytest.approx(0.024356, abs=1e-5)
    assert not any(one["delta"] for one in said["spent"])


def test_a_step_that_would_cost_more_than_is_left_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(private_fit, "_ALONE", Fraction(12, 10))
    with pytest.raises(BudgetError, match=r"costs rho .*; left are"):
        private(people(600))


def test_two_private_fits_of_equal_data_differ() -> None:
    assert private(people(600)).sha256 != private(people(600)).sha256


@pytest.mark.parametrize("declared", [True, False])
def test_a_record_that_nobody_shares_is_in_no_private_model_and_no_sample(declared: bool) -> None:
    rows = planted(people(2_000))
    budget = {} if declared else {"bounds": {}, "domains": {}}
    model = private(rows, **budget)
    data = model.to_bytes()
    for text in ("ZQ-999123", "anthippe", "Quuxstadt", "alchemist", "Q9-777", "planted", "secret"):
        assert text.encode() not in data
    for number in (987_654_321.25, 456.789):
        assert np.float64(number).tobytes() not in data
    made = model.sample(20_000)["people"]
    for name, value in (("town", "Quuxstadt"), ("job", "alchemist"), ("earnings", 987_654_321.25)):
        assert value not in made.column(name).to_pylist()


def _likelihood_ratio(with_one: list[int], without: list[int], threshold: int) -> float:
    above = [sum(count >= threshold for count in one) + 1 for one in (with_one, without)]
    return math.log(above[0] / above[1])


def test_neighbouring_tables_are_hard_to_tell_apart() -> None:
    """Of many fits the shares of outcomes differ by no more than the budget of what is looked at allows."""
    rows = people(400).select(["member"])
    one = pa.concat_tables([rows, pa.table({"member": [True]})])
    budget = Budget(1.0, 1e-6, {}, {}, 1)
    found: dict[bool, list[int]] = {True: [], False: []}
    for seed in range(150):
        for added, table in ((True, one), (False, rows)):
            source = whole_source("t", table, {})
            model, _ = fit_privately(source, {}, budget, lambda *step: None, FixedBits(2 * seed + added))
            (codec,) = (column.codec for column in model.columns)
            values = codec.values.values.to_pylist()  # type: ignore[attr-defined]
            weights = dict(zip(values, codec.variables[0].weights.tolist(), strict=False))
            found[added].append(weights.get(1, 0))
    for share in (0.25, 0.5, 0.75):
        threshold = int(np.quantile(found[True] + found[False], share))
        # Two standard errors of such a ratio beside epsilon.
        assert abs(_likelihood_ratio(found[True], found[False], threshold)) < 1.0 + 0.4


def test_a_value_of_one_subject_alone_is_never_found_in_many_tries() -> None:
    for seed in range(300):
        ledger = Ledger(Fraction(1, 100), Fraction(1, 10**6))
        measuring = Measuring(ledger, FixedBits(seed), 1)
        kept = stable_values(measuring, np.array([1, 5_000]), Fraction(1, 100), Fraction(1, 10**6))
        assert kept.tolist() == [1]


def test_of_a_subject_with_many_rows_only_so_many_are_counted_as_said() -> None:
    """One person has nine tenths of all rows, and hardly shows."""
    person = np.concatenate([np.arange(2_000), np.full(18_000, 7)])
    town = np.concatenate([np.repeat(["Ulm", "Bonn"], 1_000), np.repeat("Kiel", 18_000)])
    rows = pa.table({"person": person, "town": town})
    given = {"epsilon": 1.0, "rows_per_subject": 3, "domains": {"t": {"town": ["Ulm", "Bonn", "Kiel"]}}}
    options = fit_options({"roles": {"t": {"person": "subject"}}, "privacy": given})
    model = fit({"t": rows}, options)
    said = model.description["privacy"]
    assert (said["unit"], said["rows_per_subject"]) == ("subject", 3)
    assert "at most 3 of his rows" in said["statement"]
    made = Counter(model.sample(2_000)["t"].column("town").to_pylist())
    assert made["Kiel"] < 300
    assert abs(model.tables[0].rows - 2_002) < 300


def test_numbers_beyond_their_bounds_count_as_the_nearest() -> None:
    rows = pa.table({"x": np.concatenate([np.full(900, 5), np.full(100, 10**9)])})
    given = {"epsilon": 5.0, "bounds": {"t": {"x": {"min": 0, "max": 10}}}}
    made = fit({"t": rows}, fit_options({"privacy": given})).sample(1_000)["t"].column("x").to_numpy()
    assert made.max() == 10
    assert 60 < (made == 10).sum() < 140


def test_ranges_that_are_not_declared_are_found_between_powers_of_two() -> None:
    random = np.random.default_rng(3)
    rows = pa.table({"x": random.integers(20, 60, 5_000), "y": random.normal(-3.0, 0.2, 5_000)})
    model = fit({"t": rows}, fit_options({"privacy": {"epsilon": 2.0}}))
    made = model.sample(5_000)["t"].to_pandas()
    assert made["x"].min() >= 16
    assert made["x"].max() <= 63
    assert made["x"].mean() == pytest.approx(39.5, rel=0.05)
    assert made["y"].between(-4.0, 0.0).mean() > 0.99
    assert made["y"].mean() == pytest.approx(-3.0, rel=0.05)


def test_too_few_rows_for_the_noise_are_refused_by_their_noisy_count() -> None:
    with pytest.raises(InvalidRequestError, match="too few to learn from with such noise"):
        fit({"t": pa.table({"x": [True]})}, fit_options({"privacy": {"epsilon": 100.0}}))


@pytest.mark.parametrize(
    ("options", "field", "reason"),
    [
        ({"method": "dp"}, "privacy", "dp needs one"),
        ({"method": "dp", "privacy": "careful"}, "privacy", "dp needs one"),
        ({"method": "bayes", "privacy": {"epsilon": 1}}, "method", "isn't differentially private"),
        ({"method": "ctgan", "privacy": {"epsilon": 1}}, "method", "isn't differentially private"),
        ({"privacy": {"epsilon": 1}, "seed": 3}, "seed", "noise that can be made again"),
        ({"seed": 3}, "seed", "nothing is drawn"),
        ({"privacy": {"epsilon": 1}, "holdout": 0.1}, "holdout", "chooses no settings"),
        ({"privacy": {"epsilon": 1}, "max_rows": 50}, "max_rows", "all rows"),
        ({"privacy": {"epsilon": 0}}, "privacy.epsilon", "outside the limits"),
        ({"privacy": {}}, "privacy.epsilon", "is missing"),
        ({"privacy": {"epsilon": 1, "delta": 0.5}}, "privacy.delta", "outside the limits"),
        ({"privacy": {"epsilon": 1, "k": 5}}, "privacy.k", "no such parameter"),
        ({"privacy": "dp"}, "privacy", "isn't one of its values"),
    ],
)
def test_options_that_no_private_fit_has_are_refused(
    options: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(InvalidRequestError, match=reason) as refused:
        fit_options(options)
    assert refused.value.errors[0].field == field


@pytest.mark.parametrize(
    ("declared", "field"),
    [
        ({"bounds": {"people": {"wieght": {"min": 0, "max": 1}}}}, "privacy.bounds.people.wieght"),
        ({"bounds": {"persons": {"weight": {"min": 0, "max": 1}}}}, "privacy.bounds.persons"),
        ({"bounds": {"people": {"town": {"min": 0, "max": 1}}}}, "privacy.bounds.people.town"),
        ({"bounds": {"people": {"born": {"min": 0, "max": 1}}}}, "privacy.bounds.people.born.min"),
        (
            {"bounds": {"people": {"children": {"min": 0, "max": 9, "decimals": 1}}}},
            "privacy.bounds.people.children.decimals",
        ),
        ({"domains": {"people": {"note": ["x"]}}}, "privacy.domains.people.note"),
        ({"domains": {"people": {"town": [1, 2]}}}, "privacy.domains.people.town"),
        ({"domains": {"people": {"member": [True]}}}, "privacy.domains.people.member"),
        ({"rows_per_subject": 2}, "privacy.rows_per_subject"),
    ],
)
def test_what_is_declared_wrongly_is_refused_by_name(declared: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        private(people(100), **declared)
    assert refused.value.errors[0].field == field
    assert refused.value.errors[0].fix


def test_texts_that_nothing_can_be_learnt_of_privately_are_refused_by_name() -> None:
    rows = people(100).select(["note", "children"])
    options = fit_options({"roles": {"t": {"note": "text"}}, "privacy": {"epsilon": 1}})
    with pytest.raises(InvalidRequestError, match="ignore it"):
        fit({"t": rows}, options)


def test_odd_tables_are_learnt_privately() -> None:
    rows = pa.table(
        {
            "nothing": pa.nulls(500),
            "same": ["x"] * 500,
            "zero": np.zeros(500),
            "flag": pa.array([None, True] * 250),
            "unique": [f"u{at}" for at in range(500)],
            "large": np.full(500, 2**60),
            "infinite": np.array([math.inf, 1.0] * 250),
            "price": pa.array([1, 2] * 250, pa.decimal128(9, 2)),
        }
    )
    model = fit({"t": rows}, fit_options({"privacy": {"epsilon": 8.0}}))
    made = load(model.to_bytes()).sample(1_000)["t"]
    assert made.column("nothing").null_count == 1_000
    assert set(made.column("same").to_pylist()) == {"x"}
    assert not any("u" in (text or "") for text in made.column("unique").to_pylist())
    assert 300 < made.column("flag").null_count < 700
    assert 300 < made.column("infinite").null_count < 700
    assert made.schema.field("price").type == pa.decimal128(9, 2)
