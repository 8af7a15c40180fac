"""Documents that close a month, in tables of their own, since their amounts need the whole journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import MONEY, strings
from synthmill.generators.engine.cells import Cells, Dictionary, Integers, coded
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.chart import ACCOUNTS, EXCHANGE_GAINS, EXCHANGE_LOSSES
from synthmill.generators.strategies.accounting.documents import PAR, Journal
from synthmill.generators.strategies.accounting.rows.closing_amounts import (
    KINDS,
    REVALUATION,
    Posted,
    closing_amounts,
    closing_documents,
)
from synthmill.generators.strategies.accounting.rows.entries import NUMBER_RANGE, Entries
from synthmill.generators.strategies.accounting.ways.forms import Type

NEEDS = ("balances",)
_FIRST_IDENTITY = 900_000_000_000_000_000
"""Beyond all documents of the journal."""
_ENTRY_COLUMNS = (
    ("document_type", pa.string(), 2),
    ("document_number", pa.int64(), 11),
    ("posting_date", pa.date32(), 10),
    ("header_text", pa.string(), 22),
    ("line_count", pa.int64(), 1),
)
_LINE_COLUMNS = (
    ("line_number", pa.int64(), 1),
    ("gl_account", pa.int64(), 4),
    ("debit", MONEY, 8),
    ("credit", MONEY, 8),
    ("group_amount", MONEY, 9),
)
_COMMON = (
    ("document_id", pa.int64(), 18),
    ("company_code", pa.string(), 4),
    ("fiscal_year", pa.int64(), 4),
    ("fiscal_period", pa.int64(), 2),
)


def closing_tables(entries: int, lines: int) -> tuple[TablePlan, TablePlan]:
    """Of so many documents and lines."""
    of_company = ForeignKey(("company_code",), "companies", ("company_code",))
    of_account = ForeignKey(("gl_account",), "chart_of_accounts", ("gl_account",))
    of_entry = ForeignKey(("document_id",), "closing_entries", ("document_id",))

    def table(
        name: str,
        rows: int,
        own: Sequence[tuple[str, pa.DataType, int]],
        primary: tuple[str, ...],
        keys: tuple[ForeignKey, ...],
    ) -> TablePlan:
        columns = tuple(
            ColumnPlan(column, type_, False, column, width=width, packing=Packing.WORDS)
            for column, type_, width in (*_COMMON, *own)
        )
        return TablePlan(name, rows, 16_384, columns, primary, keys, needs=NEEDS)

    return (
        table("closing_entries", entries, _ENTRY_COLUMNS, ("document_id",), (of_company,)),
        table(
            "closing_lines",
            lines,
            _LINE_COLUMNS,
            ("document_id", "line_number"),
            (of_entry, of_company, of_account),
        ),
    )


class Closing:
    """The documents of all months, company by company: in each what is paid of the last, then its own."""

    def __init__(self, journal: Journal, entries: Entries) -> None:
        self.journal, self.entries = journal, entries
        self._kind, self._company, self._month = closing_documents(journal)
        self._sizes = np.array([len(one.accounts) for one in KINDS], np.int64)[self._kind]

    @property
    def counts(self) -> tuple[int, int]:
        """Documents and lines."""
        return len(self._kind), int(self._sizes.sum())

    def posted(self, sums: I64) -> Posted:
        """All lines, given debits and credits of the journal, and its amounts in the group's currency, by
        company, month and account."""
        amounts = closing_amounts(self.journal, sums)
        document = np.repeat(np.arange(len(self._kind)), self._sizes)
        number = np.arange(len(document)) - np.repeat(np.cumsum(self._sizes) - self._sizes, self._sizes)
        kind, company, month = (one[document] for one in (self._kind, self._company, self._month))
        accounts = np.zeros(len(document), np.int64)
        amount = np.zeros(len(document), np.int64)
        for at, of in enumerate(KINDS):
            mine = np.flatnonzero(kind == at)
            accounts[mine] = np.array(of.accounts, np.int64)[number[mine]]
            amount[mine] = amounts[at][number[mine], company[mine], month[mine]]
        accounts = np.where((accounts == EXCHANGE_GAINS) & (amount > 0), EXCHANGE_LOSSES, accounts)
        # A document begins where none is left. What is revalued is in the group's currency: it stays there.
        rates = np.where(kind == REVALUATION, 0, self.journal.rates[company, month])
        reached = np.cumsum(amount)
        worth, before = ((one * rates + PAR // 2) // PAR for one in (reached, reached - amount))
        return Posted(document, number, company, month, accounts, amount, worth - before)

    @cached_property
    def _days(self) -> I64:
        found = []
        for kind, month, company in zip(self._kind, self._month, self._company, strict=True):
            calendar, after = self.journal.world.companies[company].calendar, KINDS[kind].after
            end = after is None
            found.append(
                calendar.month_end[month] if end else calendar.working[calendar.month_starts[month] + after]
            )
        return np.array(found, np.int64) + self.journal.first_day

    @cached_property
    def _numbers(self) -> I64:
        """In each company and fiscal year those of each kind are numbered from 1."""
        years = self.journal.fiscal[0][self._company, self._month]
        found = np.zeros(len(years), np.int64)
        reached: dict[tuple[int, int, int], int] = {}
        for at, place in enumerate(
            zip(self._company.tolist(), years.tolist(), self._kind.tolist(), strict=True)
        ):
            reached[place] = found[at] = reached.get(place, 0) + 1
        return found + (len(Type) + 1 + self._kind) * NUMBER_RANGE

    def entries_cells(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        some = slice(start, stop)
        kind = self._kind[some]
        texts = Dictionary(strings([one.text for one in KINDS]))
        made: dict[str, Callable[[], Cells]] = {
            **self._common(np.arange(start, stop)),
            "document_type": lambda: coded(kind, Dictionary(strings([one.type for one in KINDS]))),
            "document_number": lambda: Integers(self._numbers[some]),
            "posting_date": lambda: Integers(self._days[some]),
            "header_text": lambda: coded(kind, texts),
            "line_count": lambda: Integers(self._sizes[some]),
        }
        return {name: made[name]() for name in columns}

    def lines_cells(self, start: int, stop: int, columns: Sequence[str], posted: Posted) -> dict[str, Cells]:
        some = slice(start, stop)
        numbers = np.array([one.number for one in ACCOUNTS], np.int64)
        made: dict[str, Callable[[], Cells]] = {
            **self._common(posted.document[some]),
            "line_number": lambda: Integers(posted.number[some] + 1),
            "gl_account": lambda: Integers(numbers[posted.account[some]]),
            "debit": lambda: Integers(np.maximum(posted.amount[some], 0)),
            "credit": lambda: Integers(np.maximum(-posted.amount[some], 0)),
            "group_amount": lambda: Integers(posted.group[some]),
        }
        return {name: made[name]() for name in columns}

    def _common(self, document: I64) -> dict[str, Callable[[], Cells]]:
        company, month = self._company[document], self._month[document]
        years, periods = self.journal.fiscal
        return {
            "document_id": lambda: Integers(document + _FIRST_IDENTITY),
            "company_code": lambda: coded(company, self.entries.companies),
            "fiscal_year": lambda: Integers(years[company, month]),
            "fiscal_period": lambda: Integers(periods[company, month]),
        }
