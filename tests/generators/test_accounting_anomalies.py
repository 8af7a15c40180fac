"""Anomalies come besides all other chains, labelled, and the books balance with them."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.domain_rules.check import check_rules
from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.recipes.template import get_template, resolve
from synthmill.generators.strategies.accounting.ways.anomalous import KINDS
from tests.domain_rules.bending import Tables, all_rows

MEANT = {"somebody_else_approves", "accruals_are_taken_back"}
"""Rules that some kinds break: that is what they are."""


@cache
def books(anomalies: float) -> Tables:
    parameters = resolve(get_template("books"), {"anomalies": anomalies}, 3_000)
    return all_rows(make_recipe("accounting", parameters, 4))


def test_every_kind_comes_up_about_as_often_as_the_others() -> None:
    labels = books(0.2)["anomaly_labels"]
    chains = labels.group_by(["anomaly_id", "kind"]).aggregate([])
    found = {one["values"]: one["counts"] for one in pc.value_counts(chains["kind"]).to_pylist()}
    assert set(found) == set(KINDS)
    assert max(found.values()) <= 2.5 * min(found.values())
    assert set(pc.unique(labels["family"]).to_pylist()) == {"fraud", "error", "process"}


def test_lines_that_differ_from_clean_books_are_those_of_the_labelled_documents() -> None:
    clean, bad = books(0.0)["journal_lines"], books(0.2)["journal_lines"]
    labelled = pc.is_in(bad["document_id"], books(0.2)["anomaly_labels"]["document_id"].combine_chunks())
    order = [("document_id", "ascending"), ("line_number", "ascending")]
    assert bad.filter(pc.invert(labelled)).sort_by(order).equals(clean.sort_by(order))
    assert pc.sum(labelled).as_py() > 500


def test_documents_of_clean_books_stay_but_for_their_numbers_and_times_of_day() -> None:
    moved = ["document_number", "created_at"]
    clean, bad = (books(share)["journal_entries"].drop_columns(moved) for share in (0.0, 0.2))
    labelled = pc.is_in(bad["document_id"], books(0.2)["anomaly_labels"]["document_id"].combine_chunks())
    kept = bad.filter(pc.invert(labelled)).sort_by("document_id")
    assert kept.equals(clean.sort_by("document_id"))
    assert bad.num_rows - clean.num_rows == books(0.2)["anomaly_labels"].num_rows


def test_the_books_keep_all_rules_but_those_that_an_anomaly_is_about() -> None:
    report = check_rules(get_template("books").rules, books(0.2))
    assert {result.rule.name for result in report.failed} == MEANT


def test_clean_books_have_no_table_of_labels() -> None:
    assert "anomaly_labels" not in books(0.0)


def test_duplicate_payments_pay_the_same_sum_twice() -> None:
    bad = books(0.2)
    labels = bad["anomaly_labels"]
    chosen = labels.filter(pc.equal(labels["kind"], "duplicate_payment"))
    entries = chosen.join(bad["journal_entries"], "document_id")
    paid = entries.filter(pc.equal(entries["document_type"], "KZ"))
    sums = paid.group_by("anomaly_id").aggregate(
        [("total_amount", "count"), ("total_amount", "count_distinct")]
    )
    twice = sums.filter(pc.equal(sums["total_amount_count"], 2))
    assert twice.num_rows > 3
    assert pc.unique(twice["total_amount_count_distinct"]).to_pylist() == [1]


def test_split_purchases_stay_below_the_sum_that_needs_another_approval() -> None:
    bad = books(0.2)
    labels = bad["anomaly_labels"]
    chosen = labels.filter(pc.equal(labels["kind"], "split_purchase"))
    entries = chosen.join(bad["journal_entries"], "document_id")
    invoices = entries.filter(pc.equal(entries["document_type"], "KR"))["total_amount"].cast(pa.float64())
    assert 4_490 <= pc.min(invoices).as_py() <= pc.max(invoices).as_py() < 5_000
