"""The table of documents: who posted what, when, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import MONEY, TIMESTAMP, strings
from synthmill.generators.engine.cells import (
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Integers,
    coded,
)
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.kernels.mix import I64, U32
from synthmill.generators.strategies.accounting.documents import Documents, Journal
from synthmill.generators.strategies.accounting.rows.entering import Entering
from synthmill.generators.strategies.accounting.rows.header_texts import HeaderTexts
from synthmill.generators.strategies.accounting.rows.partners import Partners, partner_cells
from synthmill.generators.strategies.accounting.ways.forms import Partner, Type

RATE = pa.decimal128(12, 6)
NUMBER_RANGE = 1_000_000_000
"""Numbers of a document's type: each range begins with a digit, or two, of its own."""
_REFERENCES = {"O2C": "SO", "P2P": "PO"}
_OTHER_REFERENCES = {"contract": 3, "intercompany_charge": 4, "intercompany_payment": 4}


def entries_table(rows: int) -> TablePlan:
    words, near = Packing.WORDS, Packing.NEIGHBOURS
    columns = (
        ColumnPlan("document_id", pa.int64(), False, "identity", width=11, packing=Packing.RANDOM),
        ColumnPlan("company_code", pa.string(), False, "company", width=4, packing=words),
        ColumnPlan("fiscal_year", pa.int64(), False, "period", width=4, packing=near),
        ColumnPlan("fiscal_period", pa.int64(), False, "period", width=2, packing=near),
        ColumnPlan("document_type", pa.string(), False, "type", width=2, packing=words),
        ColumnPlan("document_number", pa.int64(), False, "number", width=10),
        ColumnPlan("document_date", pa.date32(), False, "date", width=10, packing=near),
        ColumnPlan("posting_date", pa.date32(), False, "date", width=10, packing=near),
        ColumnPlan("entry_date", pa.date32(), False, "date", width=10, packing=near),
        ColumnPlan("created_at", TIMESTAMP, False, "time", packing=near),
        ColumnPlan("source", pa.string(), False, "source", width=9, packing=words),
        ColumnPlan("business_process", pa.string(), False, "process", width=3, packing=words),
        ColumnPlan("header_text", pa.string(), False, "text", width=34),
        ColumnPlan("reference", pa.string(), True, "reference", width=9, packing=Packing.RANDOM),
        ColumnPlan("customer_id", pa.string(), True, "customer", width=4),
        ColumnPlan("vendor_id", pa.string(), True, "vendor", width=4),
        ColumnPlan("trading_partner", pa.string(), True, "company", width=1, packing=words),
        ColumnPlan("currency", pa.string(), False, "currency", width=3, packing=words),
        ColumnPlan("exchange_rate", RATE, False, "rate", width=8, packing=words),
        ColumnPlan("line_count", pa.int64(), False, "count", width=1, packing=words),
        ColumnPlan("total_amount", MONEY, False, "amount", width=8),
        ColumnPlan("created_by", pa.string(), False, "user", width=8, packing=words),
        ColumnPlan("approved_by", pa.string(), True, "user", width=2),
    )
    keys = (
        ForeignKey(("company_code",), "companies", ("company_code",)),
        ForeignKey(("customer_id",), "customers", ("customer_id",)),
        ForeignKey(("vendor_id",), "vendors", ("vendor_id",)),
    )
    return TablePlan("journal_entries", rows, 16_384, columns, ("document_id",), keys)


class Entries:
    """Cells of documents."""

    def __init__(self, journal: Journal, partners: Partners) -> None:
        self.journal, self.partners = journal, partners
        world = journal.world
        self.companies = Dictionary(strings([one.code for one in world.companies]))
        self.currencies = Dictionary(strings([one.country.currency for one in world.companies]))
        self.types = Dictionary(strings([one.name for one in Type]))
        self.entering, self.texts = Entering(journal), HeaderTexts(journal, partners)
        self._columns: Mapping[str, Callable[[Documents], Cells]] = {
            "document_id": lambda of: Integers(journal.identities(of.chain, of.form)),
            "company_code": lambda of: coded(of.group % journal.companies, self.companies),
            "fiscal_year": lambda of: Integers(self.fiscal(of)[0]),
            "fiscal_period": lambda of: Integers(self.fiscal(of)[1]),
            "document_type": lambda of: coded(journal.type[of.form], self.types),
            "document_number": lambda of: Integers((journal.type[of.form] + 1) * NUMBER_RANGE + of.number),
            "document_date": lambda of: Integers(self.posted_on(of) - self.entering.lag(of)),
            "posting_date": lambda of: Integers(self.posted_on(of)),
            "entry_date": lambda of: Integers(self.entering.day(of)),
            "created_at": lambda of: Integers(self.entering.moment(of)),
            "source": lambda of: self._by_form("source", of),
            "business_process": lambda of: self._by_form("process", of),
            "header_text": self.texts.cells,
            "reference": self._reference,
            "customer_id": lambda of: self._partner(of, Partner.CUSTOMER),
            "vendor_id": lambda of: self._partner(of, Partner.VENDOR),
            "trading_partner": self._trading_partner,
            "currency": lambda of: coded(of.group % journal.companies, self.currencies),
            "exchange_rate": lambda of: Integers(self._rate(of)),
            "line_count": lambda of: Integers(world.counts[of.form]),
            "total_amount": lambda of: Integers(self._totals(of)),
            "created_by": lambda of: self.entering.users(of)[0],
            "approved_by": lambda of: self.entering.users(of)[1],
        }

    def cells(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        made = self.journal.documents(start, stop)
        return {name: self._columns[name](made) for name in columns}

    def fiscal(self, of: Documents) -> tuple[I64, I64]:
        """Fiscal year and period of each."""
        company, month = (
            of.group % self.journal.companies,
            self.journal.months[of.group // self.journal.companies],
        )
        years, periods = self.journal.fiscal
        return years[company, month], periods[company, month]

    def posted_on(self, of: Documents) -> I64:
        """Days since 1970."""
        return of.group // self.journal.companies + self.journal.first_day

    def _by_form(self, name: str, of: Documents) -> Cells:
        words, codes = self._words[name]
        return DictionaryCells(codes[of.form], words)

    @cached_property
    def _words(self) -> dict[str, tuple[Dictionary, U32]]:
        found = {}
        for name in ("source", "process"):
            values = self.journal.world.form_values(name)
            words = sorted(set(values))
            codes = np.array([words.index(one) for one in values], np.uint32)
            found[name] = Dictionary(strings(words)), codes
        return found

    def _rate(self, of: Documents) -> I64:
        month = self.journal.months[of.group // self.journal.companies]
        found: I64 = self.journal.rates[of.group % self.journal.companies, month]
        return found

    def _totals(self, of: Documents) -> I64:
        """The debits of each."""
        debits = np.maximum(self.journal.posted(of).amount, 0)
        ends = np.cumsum(self.journal.world.counts[of.form])
        reached = np.concatenate([np.zeros(1, np.int64), np.cumsum(debits)])
        return np.diff(reached[ends], prepend=0)

    def _partner(self, of: Documents, kind: Partner) -> Cells:
        return partner_cells(kind, self.journal.partner_of(of), self.journal.partner[of.form] != kind)

    def _trading_partner(self, of: Documents) -> Cells:
        """The other company of a charge within the group."""
        side = self.journal.affiliate[of.form]
        return coded((of.group + side) % self.journal.companies, self.companies, side == 0)

    @cached_property
    def _prefixes(self) -> tuple[Dictionary, U32]:
        """By form what its reference begins with; 0 where it has none."""
        words = ["", *_REFERENCES.values(), "CT", "IC"]
        processes, labels = (self.journal.world.form_values(name) for name in ("process", "label"))
        partners = self.journal.partner
        codes = [
            _OTHER_REFERENCES.get(label, words.index(_REFERENCES.get(process, "")) if partner else 0)
            for process, label, partner in zip(processes, labels, partners, strict=True)
        ]
        return Dictionary(strings(words)), np.array(codes, np.uint32)

    def _reference(self, of: Documents) -> Cells:
        words, codes = self._prefixes
        chosen = codes[of.form]
        return Concat((DictionaryCells(chosen, words), Digits(of.same, 8)), chosen == 0)
