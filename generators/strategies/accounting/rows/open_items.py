"""What customers owe and vendors are owed when the books end, computed from each chain by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import MONEY, strings
from synthmill.generators.engine.cells import Cells, Dictionary, Integers, coded
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.chart import PAYABLES, RECEIVABLES
from synthmill.generators.strategies.accounting.documents import Documents, Journal
from synthmill.generators.strategies.accounting.rows.balances import summed
from synthmill.generators.strategies.accounting.rows.entries import Entries
from synthmill.generators.strategies.accounting.rows.partners import partner_cells
from synthmill.generators.strategies.accounting.rows.stretches import StretchRows
from synthmill.generators.strategies.accounting.ways.forms import Partner, Type

_INVOICES = (Type.DR, Type.KR)
_DUNNED = (14, 28, 42, 60)
"""Days after which a customer is reminded for the first time, the second, and so on."""


def open_items_table(rows: int) -> TablePlan:
    words = Packing.WORDS
    columns = (
        ColumnPlan("document_id", pa.int64(), False, "identity", width=11, packing=Packing.RANDOM),
        ColumnPlan("company_code", pa.string(), False, "company", width=4, packing=words),
        ColumnPlan("ledger", pa.string(), False, "ledger", width=10, packing=words),
        ColumnPlan("customer_id", pa.string(), True, "customer", width=4),
        ColumnPlan("vendor_id", pa.string(), True, "vendor", width=4),
        ColumnPlan("posting_date", pa.date32(), False, "date", width=10, packing=Packing.NEIGHBOURS),
        ColumnPlan("due_date", pa.date32(), False, "date", width=10),
        ColumnPlan("amount", MONEY, False, "amount", width=8),
        ColumnPlan("open_amount", MONEY, False, "amount", width=8),
        ColumnPlan("currency", pa.string(), False, "currency", width=3, packing=words),
        ColumnPlan("days_overdue", pa.int64(), False, "days", width=2, packing=words),
        ColumnPlan("dunning_level", pa.int64(), True, "level", width=1, packing=words),
    )
    keys = (
        ForeignKey(("document_id",), "journal_entries", ("document_id",)),
        ForeignKey(("customer_id",), "customers", ("customer_id",)),
        ForeignKey(("vendor_id",), "vendors", ("vendor_id",)),
    )
    return TablePlan("open_items", rows, 16_384, columns, ("document_id",), keys)


class OpenItems:
    """Cells of invoices that aren't settled."""

    def __init__(self, journal: Journal, entries: Entries) -> None:
        self.journal, self.entries = journal, entries

    @cached_property
    def _rows(self) -> StretchRows:
        """Invoices whose settlement lies beyond the books' end."""
        journal, stretches = self.journal, self.journal.world.stretches
        found = np.flatnonzero(np.isin(journal.type[stretches.form], _INVOICES))
        form, cell = stretches.form[found], stretches.cell[found]
        company = journal.world.cells.company[cell]
        settled = journal.day_of_form(company, cell, journal.clearing[form]) < journal.days
        return StretchRows(journal, found[~settled])

    @property
    def rows(self) -> int:
        return len(self._rows)

    def cells(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        journal, world = self.journal, self.journal.world
        of = self._rows.documents(start, stop)
        company = world.cells.company[of.cell]
        posted = journal.day_of_form(company, of.cell, of.form)
        terms = np.array([deal.term for deal in world.drafts.deals], np.int64)
        due = posted + terms[of.form]
        overdue = np.maximum(journal.days - 1 - due, 0)
        sale = journal.type[of.form] == Type.DR
        partner = journal.partner_of(of)
        made: dict[str, Callable[[], Cells]] = {
            "document_id": lambda: Integers(journal.identities(of.chain, of.form)),
            "company_code": lambda: coded(company, self.entries.companies),
            "ledger": lambda: coded(np.where(sale, 0, 1), Dictionary(strings(["receivable", "payable"]))),
            "customer_id": lambda: partner_cells(Partner.CUSTOMER, partner, ~sale),
            "vendor_id": lambda: partner_cells(Partner.VENDOR, partner, sale),
            "posting_date": lambda: Integers(posted + journal.first_day),
            "due_date": lambda: Integers(due + journal.first_day),
            "amount": lambda: Integers(np.abs(self._control(of))),
            "open_amount": lambda: Integers(self._left(of, company) * np.where(sale, 1, -1)),
            "currency": lambda: coded(company, self.entries.currencies),
            "days_overdue": lambda: Integers(overdue),
            "dunning_level": lambda: Integers(
                np.searchsorted(_DUNNED, overdue, side="right").astype(np.int64), ~sale
            ),
        }
        return {name: made[name]() for name in columns}

    def _control(self, of: Documents) -> I64:
        """What each document posts to the control accounts."""
        posted = self.journal.posted(of)
        document = np.repeat(np.arange(len(of)), self.journal.world.counts[of.form])
        control = np.isin(posted.account, (RECEIVABLES, PAYABLES))
        return summed(document, np.where(control, posted.amount, 0), len(of))

    def _left(self, of: Documents, company: I64) -> I64:
        """What each invoice, and what its chain has besides invoices, posts to the control accounts."""
        journal = self.journal
        first, last = (np.array(one, np.int64) for one in journal.world.drafts.ends)
        begin, end = first[of.form], last[of.form]
        left = self._control(of)
        for step in range(int((end - begin).max(initial=0))):
            form = np.minimum(begin + step, end - 1)
            day = journal.day_of_form(company, of.cell, form)
            invoice = np.isin(journal.type[form], _INVOICES)
            there = np.flatnonzero((begin + step < end) & (day < journal.days) & ~invoice)
            group = day * journal.companies + company
            others = replace(of, form=form, group=group).part(there)
            left[there] += self._control(others)
        return left
