"""The table of lines: what each document posts to which account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import MONEY, strings
from synthmill.generators.engine.cells import (
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Flags,
    Integers,
    coded,
)
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.kernels.ledger.postings import Posted
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.chart import ACCOUNTS, BANK, RECEIVED
from synthmill.generators.strategies.accounting.documents import Documents, Journal
from synthmill.generators.strategies.accounting.rows.entries import Entries
from synthmill.generators.strategies.accounting.rows.partners import partner_cells
from synthmill.generators.strategies.accounting.ways.forms import Partner, Type, is_control
from synthmill.generators.strategies.accounting.ways.general import CENTRES

CENTRE_NAMES = (
    "Administration",
    "Sales",
    "Purchasing",
    "Warehouse",
    "Logistics",
    "IT",
    "Finance",
    "Marketing",
)
assert len(CENTRE_NAMES) == CENTRES
_TAXED = (Type.DR, Type.DG, Type.KR, Type.ZP)
"""Types whose lines have a tax code, but for those of bank and control accounts."""


def centre_codes() -> list[str]:
    return [f"CC{10 * (at + 1):03d}" for at in range(CENTRES)]


def lines_table(rows: int) -> TablePlan:
    words, near = Packing.WORDS, Packing.NEIGHBOURS
    columns = (
        ColumnPlan("document_id", pa.int64(), False, "identity", width=11, packing=near),
        ColumnPlan("line_number", pa.int64(), False, "number", width=2, packing=near),
        ColumnPlan("company_code", pa.string(), False, "company", width=4, packing=words),
        ColumnPlan("fiscal_year", pa.int64(), False, "period", width=4, packing=near),
        ColumnPlan("fiscal_period", pa.int64(), False, "period", width=2, packing=near),
        ColumnPlan("posting_date", pa.date32(), False, "date", width=10, packing=near),
        ColumnPlan("gl_account", pa.int64(), False, "account", width=4, packing=words),
        ColumnPlan("debit", MONEY, False, "amount", width=6),
        ColumnPlan("credit", MONEY, False, "amount", width=6),
        ColumnPlan("currency", pa.string(), False, "currency", width=3, packing=words),
        ColumnPlan("group_amount", MONEY, False, "amount", width=7, packing=Packing.RANDOM),
        ColumnPlan("cost_center", pa.string(), True, "centre", width=4, packing=words),
        ColumnPlan("customer_id", pa.string(), True, "customer", width=1),
        ColumnPlan("vendor_id", pa.string(), True, "vendor", width=1),
        ColumnPlan("material_id", pa.string(), True, "material", width=2),
        ColumnPlan("quantity", pa.int64(), True, "quantity", width=1),
        ColumnPlan("tax_code", pa.string(), True, "tax", width=1, packing=words),
        ColumnPlan("line_text", pa.string(), False, "text", width=16, packing=words),
        ColumnPlan("clearing_document_id", pa.int64(), True, "identity", width=2),
        ColumnPlan("clearing_date", pa.date32(), True, "date", width=2),
    )
    keys = (
        ForeignKey(("document_id",), "journal_entries", ("document_id",)),
        ForeignKey(("gl_account",), "chart_of_accounts", ("gl_account",)),
        ForeignKey(("cost_center",), "cost_centers", ("cost_center",)),
        ForeignKey(("customer_id",), "customers", ("customer_id",)),
        ForeignKey(("vendor_id",), "vendors", ("vendor_id",)),
        ForeignKey(("material_id",), "materials", ("material_id",)),
    )
    return TablePlan("journal_lines", rows, 32_768, columns, ("document_id", "line_number"), keys)


@dataclass
class _Made:
    """Lines as far as they were made."""

    documents: Documents
    counts: I64
    some: slice
    journal: Journal

    @cached_property
    def document(self) -> I64:
        """Of each line its place among the documents."""
        return np.repeat(np.arange(len(self.counts)), self.counts)[self.some]

    @cached_property
    def number(self) -> I64:
        """Of each line within its document, from 0."""
        starts = np.cumsum(self.counts) - self.counts
        return np.arange(int(self.counts.sum()))[self.some] - starts[self.document]

    @cached_property
    def template(self) -> I64:
        first: I64 = self.journal.world.forms.first_line[self.form]
        return first + self.number

    @cached_property
    def form(self) -> I64:
        return self.documents.form[self.document]

    @cached_property
    def company(self) -> I64:
        return (self.documents.group % self.journal.companies)[self.document]

    @cached_property
    def posted(self) -> Posted:
        whole = self.journal.posted(self.documents)
        return Posted(*(one[self.some] for one in whole))


class JournalLines:
    """Cells of lines."""

    def __init__(self, journal: Journal, entries: Entries) -> None:
        self.journal, self.entries = journal, entries
        world = journal.world
        templates = [line for draft in world.drafts.drafts for line in draft.lines]
        texts = sorted({line.text for line in templates})
        places = {text: at for at, text in enumerate(texts)}
        self._texts = Dictionary(strings([text.capitalize() for text in texts]))
        self._text = np.array([places[line.text] for line in templates], np.uint32)
        self._control = np.array([is_control(line.account) for line in templates])
        self._received = np.array([line.account == RECEIVED for line in templates])
        codes = sorted({one.country.tax_code for one in world.companies})
        self._codes = Dictionary(strings(codes))
        self._code = np.array([codes.index(one.country.tax_code) for one in world.companies], np.uint32)
        self._taxed = (world.forms.tax > 0) & np.isin(journal.type, _TAXED)
        self._taxable = ~self._control & np.array([line.account != BANK for line in templates])
        self._centres = Dictionary(strings(centre_codes()))
        self._numbers = np.array([one.number for one in ACCOUNTS], np.int64)
        whole = self._of_document
        self._columns: Mapping[str, Callable[[_Made], Cells]] = {
            "document_id": lambda of: whole(of, journal.identities(of.documents.chain, of.documents.form)),
            "line_number": lambda of: Integers(of.number + 1),
            "company_code": lambda of: coded(of.company, entries.companies),
            "fiscal_year": lambda of: whole(of, entries.fiscal(of.documents)[0]),
            "fiscal_period": lambda of: whole(of, entries.fiscal(of.documents)[1]),
            "posting_date": lambda of: whole(of, entries.posted_on(of.documents)),
            "gl_account": lambda of: Integers(self._numbers[of.posted.account]),
            "debit": lambda of: Integers(np.maximum(of.posted.amount, 0)),
            "credit": lambda of: Integers(np.maximum(-of.posted.amount, 0)),
            "currency": lambda of: coded(of.company, entries.currencies),
            "group_amount": lambda of: Integers(of.posted.group),
            "cost_center": lambda of: coded(
                np.maximum(of.posted.centre, 0), self._centres, of.posted.centre < 0
            ),
            "customer_id": lambda of: self._partner(of, Partner.CUSTOMER),
            "vendor_id": lambda of: self._partner(of, Partner.VENDOR),
            "material_id": lambda of: material_cells(of.posted.material),
            "quantity": lambda of: Integers(of.posted.quantity, of.posted.material < 0),
            "tax_code": self._tax_code,
            "line_text": lambda of: DictionaryCells(self._text[of.template], self._texts),
            "clearing_document_id": lambda of: Integers(*self._clearing(of)[:2]),
            "clearing_date": self._clearing_date,
        }

    def cells(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        made = _Made(*self.journal.lines(start, stop), self.journal)
        return {name: self._columns[name](made) for name in columns}

    def _of_document(self, of: _Made, values: I64) -> Cells:
        return Integers(values[of.document])

    def _partner(self, of: _Made, kind: Partner) -> Cells:
        rows = self.journal.partner_of(of.documents)[of.document]
        null = (self.journal.partner[of.form] != kind) | ~self._control[of.template]
        return partner_cells(kind, rows, null)

    def _tax_code(self, of: _Made) -> Cells:
        null = ~(self._taxed[of.form] & self._taxable[of.template])
        return DictionaryCells(self._code[of.company], self._codes, null)

    def _clearing(self, of: _Made) -> tuple[I64, Flags, I64]:
        """The document that clears each line, whether none does within the books, and its day."""
        form = np.where(self._control[of.template], self.journal.clearing[of.form], -1)
        form = np.where(self._received[of.template], self.journal.matching[of.form], form)
        cell = of.documents.cell[of.document]
        day = self.journal.day_of_form(of.company, cell, np.maximum(form, 0))
        null = (form < 0) | (day >= self.journal.days)
        chain = of.documents.chain[of.document]
        return self.journal.identities(chain, np.maximum(form, 0)), null, day + self.journal.first_day

    def _clearing_date(self, of: _Made) -> Cells:
        _, null, day = self._clearing(of)
        return Integers(day, null)


def material_cells(rows: I64) -> Cells:
    """Numbers of materials by their rows; null where these are less than 0."""
    return Concat((b"M", Digits(np.maximum(rows, 0) + 1, 6)), rows < 0)
