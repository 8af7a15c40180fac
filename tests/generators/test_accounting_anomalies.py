"""Anomalies rewrite chains, labelled, and all else is as it is without them; the books balance."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthmill.generators.domain_rules.check import check_rules
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.template import get_template, resolve
from synthmill.generators.strategies.accounting.ways.anomalous import KINDS
from tests.domain_rules.bending import Tables, all_rows

MEANT = {"somebody_else_approves", "accruals_are_taken_back", "dates_in_order"}
"""Rules that some kinds break: that is what they are."""
KEYS = {"journal_entries": ["document_id"], "journal_lines": ["document_id", "line_number"]}


@cache
def books(anomalies: float, difficulty: float = 0.0) -> Tables:
    """Documents, lines and labels of 8,000 documents."""
    changes = {"anomalies": anomalies, "anomaly_difficulty": difficulty}
    plan = make_plan(make_recipe("accounting", resolve(get_template("books"), changes, 8_000), 4))
    names = [one for one in plan.tables if one.name in (*KEYS, "anomaly_labels")]
    return {
        one.name: pa.Table.from_batches([make_rows(plan, one.name, 0, one.rows, None, run_stages(plan))])
        for one in names
    }


def differing(anomalies: float, difficulty: float = 0.0) -> set[int]:
    """Documents of which a cell, or a line's, isn't that of the books without anomalies."""
    found: set[int] = set()
    for table, key in KEYS.items():
        clean, bad = books(0.0)[table], books(anomalies, difficulty)[table]
        both = clean.join(bad, key, join_type="full outer", right_suffix=" there")
        for name in clean.schema.names:
            if name not in key:
                one, other = both[name], both[f"{name} there"]
                same = pc.or_(
                    pc.fill_null(pc.equal(one, other), False), pc.and_(pc.is_null(one), pc.is_null(other))
                )
                found |= set(both.filter(pc.invert(same))["document_id"].to_pylist())
    return found


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_rows_that_differ_from_clean_books_are_those_of_labelled_chains(difficulty: float) -> None:
    """Of every kind, numbers and times of day included; each label's chain has a document that differs."""
    labels = books(0.2, difficulty)["anomaly_labels"].to_pylist()
    found = differing(0.2, difficulty)
    altered = {one["document_id"] for one in labels if one["role"] == "altered"}
    assert found <= altered
    # Made-up amounts may be what they were.
    assert len(found) == len(altered) if difficulty == 0.0 else len(found) > 0.97 * len(altered)
    if difficulty == 0.0:
        chains = {one["anomaly_id"] for one in labels}
        assert {one["anomaly_id"] for one in labels if one["document_id"] in found} == chains
        assert len(altered) > 900


def test_fifty_kinds_of_five_families_come_up() -> None:
    parameters = resolve(get_template("books"), {"anomalies": 0.2}, 60_000)
    plan = make_plan(make_recipe("accounting", parameters, 4))
    labels = pa.Table.from_batches([make_rows(plan, "anomaly_labels", 0, plan.table("anomaly_labels").rows)])
    chains = labels.group_by(["anomaly_id", "kind"]).aggregate([])
    found = {one["values"]: one["counts"] for one in pc.value_counts(chains["kind"]).to_pylist()}
    assert len(KINDS) >= 50
    assert set(found) == set(KINDS)
    assert set(pc.unique(labels["family"]).to_pylist()) == {
        "fraud",
        "error",
        "process",
        "statistical",
        "relational",
    }
    assert {one.severity for one in KINDS.values()} == {1, 2, 3}


def test_harder_anomalies_are_the_same_chains_with_fewer_signs() -> None:
    easy, hard = (books(0.2, difficulty)["anomaly_labels"] for difficulty in (0.0, 0.5))
    chains = [set(one["anomaly_id"].to_pylist()) for one in (easy, hard)]
    assert len(chains[0] & chains[1]) > 0.9 * len(chains[0])
    approved = [
        pc.sum(pc.equal(one["journal_entries"]["created_by"], one["journal_entries"]["approved_by"])).as_py()
        for one in (books(0.2, difficulty) for difficulty in (0.0, 0.5, 1.0))
    ]
    assert approved[0] > 1.5 * approved[1] > approved[2] == 0


def test_kinds_can_be_chosen_and_unknown_ones_are_refused() -> None:
    chosen = ["round_amount", "late_entry"]
    parameters = resolve(get_template("books"), {"anomalies": 0.1, "anomaly_kinds": chosen}, 3_000)
    plan = make_plan(make_recipe("accounting", parameters, 1))
    labels = make_rows(plan, "anomaly_labels", 0, plan.table("anomaly_labels").rows, ["kind"])
    assert set(labels["kind"].to_pylist()) == set(chosen)
    with pytest.raises(InvalidRequestError, match="round_amounts"):
        make_recipe("accounting", {"anomaly_kinds": ["round_amounts"]}, 0)


def test_the_books_keep_all_rules_but_those_that_an_anomaly_is_about() -> None:
    parameters = resolve(get_template("books"), {"anomalies": 0.2}, 3_000)
    report = check_rules(get_template("books").rules, all_rows(make_recipe("accounting", parameters, 4)))
    assert {result.rule.name for result in report.failed} == MEANT


def test_clean_books_have_no_table_of_labels() -> None:
    assert "anomaly_labels" not in books(0.0)


def test_every_kind_is_on_the_page_with_its_family() -> None:
    page = (Path(__file__).parents[2] / "docs" / "accounting.md").read_text("utf-8")
    for name, kind in KINDS.items():
        assert f"| `{name}` | {kind.family} | {kind.scheme} | {kind.severity} |" in page, name
