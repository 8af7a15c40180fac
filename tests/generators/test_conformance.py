"""Conformance: what a recipe makes conforms to it; what another makes does not, the right column first."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import scipy.stats

from synthmill.generators.conformance import pvalues
from synthmill.generators.conformance.page import page
from synthmill.generators.conformance.report import Report, conformance, rows_of
from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.request import parse
from synthmill.generators.recipes.template import templates


@cache
def retail(seed: int = 7, rows: int = 30_000) -> Recipe:
    return parse({"template": "retail", "rows": rows, "seed": seed}).recipe


@cache
def tables(seed: int = 7) -> dict[str, pa.Table]:
    return rows_of(retail(seed))


def bent(change: Callable[[dict[str, dict[str, Any]]], None]) -> Report:
    """The report of the retail dataset against its recipe with something changed."""
    parameters = copy.deepcopy(retail().parameters)
    change({f"{t['name']}.{c['name']}": c for t in parameters["tables"] for c in t["columns"]})
    return conformance(make_recipe("tabular", parameters, 7), tables())


def spoilt(table: str, column: str, place: int, value: Any) -> Report:
    """The report of the retail dataset with one cell changed."""
    rows = tables()[table]
    cells = rows.column(column).to_pylist()
    cells[place] = value
    at = rows.schema.get_field_index(column)
    changed = rows.set_column(at, rows.schema.field(at), pa.array(cells, rows.schema.field(at).type))
    return conformance(retail(), tables() | {table: changed})


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name == "retail" else pytest.mark.slow)
        for name, one in sorted(templates().items())
        if one.strategy == "tabular"
    ],
)
def test_every_template_conforms_under_its_seed_and_another(name: str) -> None:
    for seed in (1, 2, 3):
        recipe = parse({"template": name, "rows": 6_000, "seed": seed}).recipe
        report = conformance(recipe, rows_of(recipe))
        assert report.failed == ()
        assert report.score == 1.0
    other = parse({"template": name, "rows": 6_000, "seed": 4}).recipe
    assert conformance(other, rows_of(recipe)).failed == ()


BENDS: list[tuple[str, dict[str, Any]]] = [
    ("orders.channel", {"weights": [40, 45, 13, 2]}),
    ("customers.age", {"mean": 50}),
    ("customers.balance", {"median": 40}),
    ("customers.is_active", {"probability": 0.7}),
    ("customers.phone", {"nulls": 0.5}),
    (
        "customers.signed_up_at",
        {"otherwise": {"kind": "timestamp", "start": "2010-01-01T00:00:00Z", "end": "2024-06-30T23:59:59Z"}},
    ),
    ("products.stock", {"mean": 120}),
    ("orders.customer_id", {"exponent": 1.4}),
    ("orders.customer_id", {"nulls": 0.1}),
    ("orders.shipped_at", {"max": "20d"}),
    ("order_items.quantity", {"weights": [55, 31, 6, 3, 2, 2, 1]}),
]


@pytest.mark.parametrize(("place", "change"), BENDS)
def test_a_bent_recipe_fails_with_the_right_column_first(place: str, change: dict[str, Any]) -> None:
    report = bent(lambda columns: columns[place].update(change))
    assert report.score < 0.95
    assert f"{report.checks[0].table}.{report.checks[0].column}" == place


def graded(seed: int, grades: int = 10, highest: int = 60_000) -> Recipe:
    """Rows with the numbers of a few grades: their distributions and correlations are the luck of as many."""
    low, high = (
        {
            "name": name,
            "kind": "determined",
            "by": ["grade"],
            "then": {"kind": "integer", "min": 1, "max": most},
        }
        for name, most in (("low", 60_000), ("high", highest))
    )
    grade = {"name": "grade", "kind": "integer", "min": 1, "max": grades}
    return make_recipe(
        "tabular", {"tables": [{"name": "jobs", "rows": 500, "columns": [grade, low, high]}]}, seed
    )


def test_rows_that_hang_together_conform_under_every_seed() -> None:
    for seed in range(100):
        report = conformance(graded(seed), rows_of(graded(seed)))
        assert report.failed == (), seed


def test_rows_that_hang_together_are_not_excused_from_everything() -> None:
    report = conformance(graded(1, 50, 600_000), rows_of(graded(1, 50)))
    assert {(check.column, check.what) for check in report.failed} == {("high", "distribution")}


def test_where_a_draw_has_nothing_to_compare_nothing_is_told() -> None:
    columns = [
        {"name": "often", "kind": "integer", "min": 1, "max": 9},
        {"name": "rare", "kind": "gamma", "shape": 2, "nulls": 0.999},
        {"name": "boss", "kind": "foreign_key", "table": "bosses", "nulls": 1},
    ]
    boss = {"name": "id", "kind": "sequence"}
    bosses = {"name": "bosses", "rows": 1, "columns": [boss], "primary_key": ["id"]}
    parameters = {"tables": [bosses, {"name": "jobs", "rows": 500, "columns": columns}]}
    for seed in range(20):
        recipe = make_recipe("tabular", parameters, seed)
        assert conformance(recipe, rows_of(recipe)).failed == ()


def waits(seed: int, scale: float) -> Recipe:
    """Independent rows of a kind that is compared with other draws."""
    wait = {"name": "wait", "kind": "gamma", "shape": 2, "scale": scale}
    return make_recipe("tabular", {"tables": [{"name": "calls", "rows": 16_000, "columns": [wait]}]}, seed)


def test_independent_rows_are_excused_from_nothing() -> None:
    for seed in range(3):
        report = conformance(waits(seed, 1.06), rows_of(waits(seed, 1.0)))
        assert [(check.column, check.what) for check in report.failed] == [("wait", "distribution")]


def test_one_broken_key_is_enough() -> None:
    for table, column, what, value in (
        ("customers", "id", "unique", 2),
        ("orders", "customer_id", "foreign_key", 10**9),
        ("order_items", "unit_price", "equal", Decimal("0.00")),
    ):
        report = spoilt(table, column, 0, value)
        assert (table, column, what) in {(c.table, c.column, c.what) for c in report.failed}
        assert report.score == 0.0


def test_a_time_before_the_one_it_follows_is_found() -> None:
    earliest = pc.min(tables()["customers"].column("signed_up_at")).as_py()
    report = spoilt("orders", "shipped_at", 5, earliest.replace(year=1999))
    assert ("orders", "shipped_at", "order") in {(c.table, c.column, c.what) for c in report.failed}


def test_a_missing_table_and_a_missing_column_are_named() -> None:
    some = tables()
    report = conformance(retail(), {name: some[name] for name in ("customers", "orders")})
    named = {check.table for check in report.failed if check.what != "domain_rule"}
    assert named == {"products", "order_items"}
    rules = {check.column: check.observed for check in report.failed if check.what == "domain_rule"}
    assert "there is no table " in rules["items_cost_their_products_price"]
    assert "orders_after_sign_up" not in rules
    report = conformance(retail(), some | {"customers": some["customers"].drop_columns(["is_active"])})
    assert [(c.table, c.column, c.observed) for c in report.failed] == [("customers", "is_active", "missing")]


def test_a_lost_row_is_found() -> None:
    report = conformance(retail(), tables() | {"customers": tables()["customers"].slice(0, 2_999)})
    assert "rows" in {check.what for check in report.failed}


def test_strategies_that_declare_nothing_are_refused() -> None:
    market = make_recipe("market", {"tickers": [{"ticker": "AB", "initial_price": 9.5}]}, 1)
    with pytest.raises(InvalidRequestError, match="declares no distributions"):
        conformance(market, {})


def test_the_page_is_self_contained_and_escapes() -> None:
    report = bent(lambda columns: columns["orders.channel"].update(values=["<b>", "app", "store", "phone"]))
    text = page(report)
    assert "<b>" not in text and "&lt;b&gt;" in text
    assert not re.search(r"<script|<link|<img|url\(|@import|https?://", text)
    assert text.count("<svg") == sum(check.plot is not None for check in report.checks) > 20


def test_reports_are_json() -> None:
    reported = conformance(retail(), tables()).to_dict()
    assert (reported["score"], reported["failed"]) == (1.0, 0)
    assert len(reported["checks"]) > 100


def test_p_values_are_those_of_scipy() -> None:
    rng = np.random.default_rng(1)
    for shift in (0.0, 0.05, 0.1):
        sample, other = rng.normal(shift, 1, 3_000), rng.normal(0, 1, 2_000)
        found = pvalues.ks_law(sample, scipy.stats.norm.cdf, True)
        assert found.p == pytest.approx(scipy.stats.kstest(sample, "norm").pvalue, rel=0.05, abs=1e-4)
        two = pvalues.ks_two(sample, other)
        expected = scipy.stats.ks_2samp(sample, other, method="asymp")
        assert two.distance == pytest.approx(expected.statistic)
        assert two.p == pytest.approx(expected.pvalue, rel=0.15, abs=1e-3)
    for counts in ([48, 35, 15, 2], [1000, 800, 400, 100]):
        shares = np.array([0.5, 0.3, 0.1, 0.1])
        found = pvalues.chi_law(np.array(counts), shares)
        expected = scipy.stats.chisquare(counts, shares * sum(counts))
        assert (found.statistic, found.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-9)
        two = pvalues.chi_two(np.array(counts), np.array([60, 70, 80, 90]))
        expected = scipy.stats.chi2_contingency([counts, [60, 70, 80, 90]], correction=False)
        assert two.p == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "rows"), [(0.5, 0.3, 103), (0.2, 0.21, 5_000), (-0.4, 0.1, 60), (0.99, 0.9, 30)]
)
def test_fishers_p_value_is_that_of_two_samples_of_as_many_rows(
    first: float, second: float, rows: int
) -> None:
    z = (np.arctanh(first) - np.arctanh(second)) / np.sqrt(1 / (rows - 3) + 1 / (rows - 3))
    found = pvalues.correlation(first, second, rows)
    assert found.p == pytest.approx(2 * scipy.stats.norm.sf(abs(z)), rel=1e-9)
    assert found.statistic == pytest.approx(z)
