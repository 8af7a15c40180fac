"""The table of documents: who posted what, when, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import MONEY, TIMESTAMP, strings
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import (
    Arrow,
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Flags,
    Integers,
    Text,
    coded,
)
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.grammars.built_in import built_in_grammar
from synthmill.generators.grammars.tables import CompiledGrammar
from synthmill.generators.kernels.grammar import written
from synthmill.generators.kernels.mix import I64, U32, U64, key, mix
from synthmill.generators.kernels.texts import SPARE
from synthmill.generators.strategies.accounting.calendar import day_of, month_starts
from synthmill.generators.strategies.accounting.documents import Documents, Journal
from synthmill.generators.strategies.accounting.rows.partners import Partners, partner_cells
from synthmill.generators.strategies.accounting.ways.forms import TYPES, Hours, Partner, Type

RATE = pa.decimal128(12, 6)
NUMBER_RANGE = 1_000_000_000
"""Numbers of a document's type: each range begins with a digit, or two, of its own."""
_DAY_US = 86_400_000_000
_MINUTE_US = 60_000_000
_NIGHT_MINUTES = 240
"""After midnight, in which nobody works."""
_SATURDAY = 2
"""A day since 1970 that is one has this remainder by seven."""
_CLERKS = 10
"""Of each company, who enter what isn't posted by itself."""
_REFERENCES = {"O2C": "SO", "P2P": "PO"}
_OTHER_REFERENCES = {"contract": 3, "intercompany_charge": 4, "intercompany_payment": 4}
_OF_LAST_MONTH = ("reversal", "net_wages", "wage_taxes")
_MINUTES = 512
_HOURS = (1, 1, 1, 1, 2, 4, 8, 30, 90, 150, 160, 150, 60, 90, 150, 150, 130, 70, 25, 10, 6, 4, 3, 2)
"""How busy the hours of a day are: few enter anything at night, and fewer at noon."""


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
        self._text_key = key(world.seed, "accounting", "header texts")
        self._clerk_key = key(world.seed, "accounting", "clerks")
        self._columns: Mapping[str, Callable[[Documents], Cells]] = {
            "document_id": lambda of: Integers(journal.identities(of.chain, of.form)),
            "company_code": lambda of: coded(of.group % journal.companies, self.companies),
            "fiscal_year": lambda of: Integers(self.fiscal(of)[0]),
            "fiscal_period": lambda of: Integers(self.fiscal(of)[1]),
            "document_type": lambda of: coded(journal.type[of.form], self.types),
            "document_number": lambda of: Integers((journal.type[of.form] + 1) * NUMBER_RANGE + of.number),
            "document_date": lambda of: Integers(self.posted_on(of) - self._lag(of)),
            "posting_date": lambda of: Integers(self.posted_on(of)),
            "entry_date": lambda of: Integers(self._entered_on(of)),
            "created_at": lambda of: Integers(self._entered_on(of) * _DAY_US + self._time(of)),
            "source": lambda of: self._by_form("source", of),
            "business_process": lambda of: self._by_form("process", of),
            "header_text": self._texts,
            "reference": self._reference,
            "customer_id": lambda of: self._partner(of, Partner.CUSTOMER),
            "vendor_id": lambda of: self._partner(of, Partner.VENDOR),
            "trading_partner": self._trading_partner,
            "currency": lambda of: coded(of.group % journal.companies, self.currencies),
            "exchange_rate": lambda of: Integers(self._rate(of)),
            "line_count": lambda of: Integers(world.counts[of.form]),
            "total_amount": lambda of: Integers(self._totals(of)),
            "created_by": lambda of: self._users(of)[0],
            "approved_by": lambda of: self._users(of)[1],
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

    @cached_property
    def _lags(self) -> I64:
        return np.array(self.journal.world.form_values("lag"), np.int64)

    def _lag(self, of: Documents) -> I64:
        """Days that a document's own date lies before its posting: up to what its form says, and more where
        it says so."""
        most = self._lags[of.form]
        found: I64 = (self._draws(of, 3) >> np.uint64(33)).view(np.int64) % (most + 1)
        return found + self._earlier[of.form]

    @cached_property
    def _earlier(self) -> I64:
        return np.array(self.journal.world.form_values("earlier"), np.int64)

    @cached_property
    def _hours(self) -> I64:
        return np.array(self.journal.world.form_values("hours"), np.int64)

    @cached_property
    def _working(self) -> I64:
        found: I64 = np.stack([one.calendar.working for one in self.journal.world.companies])
        return found

    @cached_property
    def _entered(self) -> I64:
        return np.array(self.journal.world.form_values("entered"), np.int64)

    def _entered_on(self, of: Documents) -> I64:
        day = of.group // self.journal.companies
        found: I64 = self._working[of.group % self.journal.companies, day + self._entered[of.form]]
        found = found + self.journal.first_day
        saturday = found + (_SATURDAY - found) % 7
        return np.where(self._hours[of.form] == Hours.WEEKEND, saturday, found)

    @cached_property
    def _minutes(self) -> I64:
        """Minutes of a day at equal steps of what is entered by then."""
        reached = np.cumsum(np.repeat(np.array(_HOURS, np.int64), 60))
        steps = (np.arange(_MINUTES, dtype=np.int64) * 2 + 1) * int(reached[-1]) // (2 * _MINUTES)
        return np.searchsorted(reached, steps, side="right").astype(np.int64)

    def _time(self, of: Documents) -> I64:
        """Microseconds since midnight: a day's numbers of a type rise with them."""
        slot = of.group * TYPES + self.journal.type[of.form]
        sizes = np.diff(self.journal.world.documents_before)[slot]
        u = (self._draws(of, 0) >> np.uint64(44)).view(np.int64)
        place = ((of.within << 20) + u) * (_MINUTES - 1) // np.maximum(sizes, 1)
        at, part = place >> 20, place & ((1 << 20) - 1)
        low, high = self._minutes[at] * _MINUTE_US, self._minutes[at + 1] * _MINUTE_US
        found: I64 = low + ((high - low) >> 20) * part
        night = u % _NIGHT_MINUTES * _MINUTE_US + part
        return np.where(self._hours[of.form] == Hours.NIGHT, night, found)

    def _draws(self, of: Documents, purpose: int) -> U64:
        places = self.journal.identities(of.chain, of.form) * 4 + purpose
        return mix(self._clerk_key, places.view(np.uint64))

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

    @cached_property
    def _heads(self) -> tuple[I64, I64]:
        """The first employee of each company, and how many of them enter documents."""
        counts = np.bincount(self.journal.world.people.company, minlength=self.journal.companies)
        # The last of a small company enters nothing but where he shouldn't.
        return np.cumsum(counts) - counts, np.minimum(counts - 1, _CLERKS)

    def _users(self, of: Documents) -> tuple[Cells, Cells]:
        """Who entered each, and who approved what isn't posted by itself: never the same person."""
        company = of.group % self.journal.companies
        first, clerks = (one[company] for one in self._heads)
        words, codes = self._words["source"]
        by_hand = np.isin(codes[of.form], [words.values.to_pylist().index(one) for one in self._manual])
        u = self._draws(of, 1)
        clerk = (u & np.uint64(0xFFFF)).view(np.int64) % clerks
        own = self._self_approved[of.form]
        other = (clerk + 1 + (u >> np.uint64(16) & np.uint64(0xFFFF)).view(np.int64) % (clerks - 1)) % clerks
        other = np.where(own, clerk, other)
        clerk = np.where(self._outsider[of.form], clerks, clerk)
        people = Dictionary(strings(["E", "BATCH"]))
        kind = DictionaryCells(np.where(by_hand, 0, 1).astype(np.uint32), people)
        # A batch has the number of its company, a person that of an employee.
        number = np.where(by_hand, first + clerk + 1, company + 1)
        return (
            Concat((kind, Digits(number, 6))),
            Concat((b"E", Digits(first + other + 1, 6)), ~by_hand | self._unapproved[of.form]),
        )

    @cached_property
    def _outsider(self) -> Flags:
        return np.array(self.journal.world.form_values("outsider"), np.bool_)

    @cached_property
    def _unapproved(self) -> Flags:
        return np.array(self.journal.world.form_values("unapproved"), np.bool_)

    @cached_property
    def _self_approved(self) -> Flags:
        return np.array(self.journal.world.form_values("self_approved"), np.bool_)

    @cached_property
    def _manual(self) -> list[str]:
        return [one for one in ("manual", "adjustment") if one in self._words["source"][0].values.to_pylist()]

    @cached_property
    def _grammar(self) -> tuple[CompiledGrammar, I64, Text]:
        """The grammar, each form's posting, and the months as they are written."""
        grammar = built_in_grammar("journal_posting")
        postings = list(grammar.labels["posting"])
        forms = np.array([postings.index(one) for one in self.journal.world.form_values("label")], np.int64)
        start = self.journal.world.companies[0].calendar
        months = month_starts(day_of(start.first), self.journal.world.months)
        written_months = decoded(Arrow(strings([f"{one.month:02d}/{one.year}" for one in months])))
        assert isinstance(written_months, Text)
        return CompiledGrammar(grammar, grammar.slots), forms, written_months

    @cached_property
    def _about(self) -> I64:
        """By form how many months lie between what a document is about and its posting."""
        labels = self.journal.world.form_values("label")
        return np.array([int(label in _OF_LAST_MONTH) for label in labels], np.int64)

    def _texts(self, of: Documents) -> Cells:
        compiled, forms, months = self._grammar
        tables = compiled.tables
        numbers = decoded(Arrow(to_arrow(Concat((b"", Digits(of.same, 8))), pa.string())))
        assert isinstance(numbers, Text)
        month = np.maximum(self.journal.months[of.group // self.journal.companies] - self._about[of.form], 0)
        kinds, rows = self.journal.partner[of.form], self.journal.partner_of(of)
        slots, blobs, size = {}, [tables.blob], len(tables.blob)
        for name, text, places in (
            ("number", numbers, np.arange(len(of))),
            ("month", months, month),
            ("partner", self.partners.names, self.partners.place(kinds, rows)),
        ):
            begin = text.offsets[:-1] - text.offsets[0]
            slots[name] = ((begin + size) << 32 | np.diff(text.offsets))[places]
            blobs.append(text.characters)
            size += len(text.characters)
        chosen = np.stack([slots[name] for name, _ in compiled.slots])
        keys = mix(self._text_key, self.journal.identities(of.chain, of.form).view(np.uint64))
        blob = np.concatenate([*blobs, np.zeros(SPARE, np.uint8)])
        return Text(*written(tables, 0, forms[of.form][None, :], blob, chosen, keys, keys))
