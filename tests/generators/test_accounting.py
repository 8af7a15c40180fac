"""Books: as many documents as were asked for, of the shapes that were published, what a parameter changes."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthmill.generators.datasets.diff import diff
from synthmill.generators.domain_rules.check import check_rules
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.template import get_template, resolve
from synthmill.generators.strategies.accounting.chart import ACCOUNTS, BANK, INVENTORY
from synthmill.generators.strategies.accounting.parameters import USUAL
from synthmill.generators.strategies.accounting.ways.general import LINE_SHARES
from tests.domain_rules.bending import all_rows
from tests.generators.strategy_examples import EXAMPLES

EXEMPT = ("payroll", "net_wages", "wage_taxes", "depreciation", "contract", "opening")
"""What is the same every month, or set by somebody, doesn't follow Benford's law."""


def books(rows: int, seed: int = 0, **changes: Any) -> Recipe:
    return make_recipe("accounting", resolve(get_template("books"), changes, rows), seed)


@cache
def rows_of(table: str, columns: tuple[str, ...], rows: int) -> pa.Table:
    plan = make_plan(books(rows))
    size = plan.table(table).rows
    return pa.Table.from_batches([make_rows(plan, table, 0, size, columns, run_stages(plan))])


@pytest.mark.parametrize("rows", [1, 4, 63, 2_000, 30_000])
def test_there_are_exactly_as_many_documents_as_were_asked_for(rows: int) -> None:
    assert make_plan(books(rows)).table("journal_entries").rows == rows


def test_documents_have_as_many_lines_as_those_of_real_companies() -> None:
    counts = rows_of("journal_entries", ("line_count",), 30_000)["line_count"].to_numpy()
    for numbers, share in LINE_SHARES.items():
        last = numbers[0] + 1 if len(numbers) == 1 else numbers[0] * 10
        found = 100 * float(((counts >= numbers[0]) & (counts < last)).mean())
        assert found == pytest.approx(share, abs=0.02), numbers


def test_most_documents_are_posted_by_themselves_and_a_fifth_by_hand() -> None:
    sources = pc.value_counts(rows_of("journal_entries", ("source",), 30_000)["source"]).to_pylist()
    shares = {one["values"]: one["counts"] / 30_000 for one in sources}
    assert shares["automated"] == pytest.approx(0.70, abs=0.06)
    assert shares["manual"] == pytest.approx(0.20, abs=0.05)
    assert shares["recurring"] == pytest.approx(0.07, abs=0.03)
    assert shares["adjustment"] == pytest.approx(0.03, abs=0.02)


def test_what_is_left_of_sales_is_the_margin_that_was_asked_for() -> None:
    lines = rows_of("journal_lines", ("gl_account", "debit", "credit"), 30_000)
    account = lines["gl_account"].to_numpy()
    amount = lines["credit"].cast(pa.float64()).to_numpy() - lines["debit"].cast(pa.float64()).to_numpy()
    goods = amount[(account >= 4000) & (account < 4200) | (account == 4310)].sum()
    assert 1 + amount[account == 5000].sum() / goods == pytest.approx(0.35, abs=0.035)


def benford(amounts: np.ndarray, digits: int) -> float:  # type: ignore[type-arg]
    """The mean absolute deviation of the first digits from Benford's law."""
    low = 10 ** (digits - 1)
    amounts = amounts[amounts >= low]
    leading = np.array([int(str(one)[:digits]) for one in amounts.tolist()])
    expected = np.log10(1 + 1 / np.arange(low, 10 * low))
    observed = np.bincount(leading, minlength=10 * low)[low:] / len(leading)
    return float(np.abs(observed - expected).mean())


def test_the_amounts_of_invoices_follow_benford_s_law() -> None:
    plan = make_plan(books(200_000))
    journal = plan.data.journal
    made = journal.documents(0, 200_000)
    labels = np.array(plan.data.world.form_values("label"))[made.form]
    posted = journal.posted(made)
    document = np.repeat(np.arange(len(made)), plan.data.world.counts[made.form])
    numbers = np.array([one.number for one in ACCOUNTS])[posted.account]
    gross = np.abs(posted.amount[(numbers == 1100) & (labels[document] == "customer_invoice")])
    assert benford(gross, 1) < 0.0030
    assert benford(gross, 2) < 0.0012
    free = np.abs(posted.amount[~np.isin(labels[document], EXEMPT)])[::3]
    assert benford(free, 1) < 0.0035


def test_companies_with_other_fiscal_years_keep_the_rules_too() -> None:
    recipe = make_recipe("accounting", EXAMPLES["accounting"], 3, get_template("books").rules)
    tables = all_rows(recipe)
    assert set(pc.unique(tables["journal_entries"]["fiscal_year"]).to_pylist()) == {2023, 2024}
    report = check_rules(recipe.rules, tables)
    assert not report.failed, report.summary


def test_late_payers_change_payments_by_customers_alone_and_of_them_only_when() -> None:
    """All other documents are there with the same cells, numbers and times of day included."""
    report = diff(books(5_000), books(5_000, late_payers=0.30), by="document_type")
    assert [(one.field, one.before, one.after) for one in report.recipe] == [
        ("parameters.late_payers", 0.15, 0.30)
    ]
    tables = {one.table: one for one in report.tables}
    entries = tables.pop("journal_entries")
    assert set(entries.groups) == {"DZ"}
    assert 40 < entries.counts.columns["posting_date"] < 160
    # A payment that comes after the books' end is in none of them.
    assert entries.counts.missing < 10 and entries.counts.added == 0
    dates = {"document_date", "posting_date", "entry_date", "created_at", "fiscal_year", "fiscal_period"}
    assert set(entries.counts.columns) == dates | {"document_number", "exchange_rate"}
    lines = tables.pop("journal_lines")
    # What is paid says when; and a payment is worth what its month's rate makes of it.
    cleared = {"clearing_document_id", "clearing_date"}
    assert (
        set(lines.counts.columns)
        == {"posting_date", "fiscal_year", "fiscal_period", "group_amount"} | cleared
    )
    follows = {"trial_balance", "open_items", "balance_sheet", "cash_flow", "group_statements"}
    assert {name for name, one in tables.items() if not one.equal} == follows


@pytest.mark.parametrize("name", USUAL)
def test_what_customers_do_leaves_all_else_alone(name: str) -> None:
    more = books(3_000, **{name: USUAL[name] * 2})
    report = diff(books(3_000), more, tables=["journal_entries"], by="business_process")
    groups = report.tables[0].groups
    assert groups["O2C"].changed
    others = set(groups) - {"O2C"}
    if name == "bad_debts":
        # Write-offs are numbered among documents of the general ledger.
        numbered = [groups[one] for one in others & {"R2R", "H2R"}]
        assert all(set(one.columns) <= {"document_number", "created_at"} for one in numbered)
        assert not any(one.missing or one.added for one in numbered)
    else:
        assert others <= ({"P2P"} if name == "partial_deliveries" else set())


def test_opening_balances_come_first_and_cash_and_goods_do_not_run_out() -> None:
    plan = make_plan(books(4_000))
    journal = plan.data.journal
    made = journal.documents(0, 4_000)
    posted = journal.posted(made)
    document = np.repeat(np.arange(4_000), plan.data.world.counts[made.form])
    company = made.group[document] % journal.companies
    for one in range(journal.companies):
        for account in (BANK, INVENTORY):
            of = posted.amount[(company == one) & (posted.account == account)]
            assert int(np.cumsum(of).min()) > 0


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"start": "2023-01-15"}, "start", "isn't the first of a month"),
        ({"start": "2034-06-01", "months": 24}, "start", "holidays aren't known"),
        ({"companies": [{"code": "a!", "name": "A"}]}, "companies", "can't be a company's code"),
        ({"companies": [{"code": "AB", "name": "A"}] * 2}, "companies", "AB stands there twice"),
        ({"months": 120}, "months", "too many for one plan"),
        ({"late_payers": 0.9, "bad_debts": 0.1}, "late_payers", "come to more than 1"),
        ({"group_currency": "JPY"}, "group_currency", "isn't one of its values"),
        ({"tables": [{"name": "journal_entry", "rows": 5}]}, "tables[journal_entry].name", "isn't one of"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(changes: dict[str, Any], field: str, reason: str) -> None:
    base = {"companies": [{"code": code, "name": code} for code in ("A1", "B1", "C1")]}
    with pytest.raises(InvalidRequestError) as refused:
        make_recipe("accounting", {**base, **changes}, 0)
    assert [error.field for error in refused.value.errors] == [field]
    assert reason in refused.value.errors[0].reason
