"""What is posted when a month is closed, from what all its documents come to: the tax on sales is settled.

Output tax less input tax becomes what is owed to the tax office at the month's end, and is paid on the tenth
of the next month; a refund goes the other way. These documents have tables of their own, since their amounts
need the whole journal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import MONEY, strings
from synthmill.generators.engine.cells import Cells, Dictionary, Integers, coded
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.chart import ACCOUNTS, BANK, account
from synthmill.generators.strategies.accounting.documents import Journal
from synthmill.generators.strategies.accounting.rows.entries import NUMBER_RANGE, Entries
from synthmill.generators.strategies.accounting.ways.forms import Type

NEEDS = ("balances",)
_FIRST_IDENTITY = 900_000_000_000_000_000
"""Beyond all documents of the journal."""
_STATEMENT, _PAYMENT = 0, 1
_TYPES = ("VS", "VP")
_TENTH = 9
_OUTPUT, _INPUT, _OWED = account(2100), account(1160), account(2110)
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


@dataclass(frozen=True, eq=False)
class Posted:
    """Closing documents' lines, of shape (lines,) each."""

    document: I64
    number: I64
    """Within the document, from 0."""
    company: I64
    month: I64
    account: I64
    amount: I64
    """Debits are positive."""
    group: I64


class Closing:
    """The documents of all months, company by company: in each last month's payment, then its statement."""

    def __init__(self, journal: Journal, entries: Entries) -> None:
        self.journal, self.entries = journal, entries
        taxed = [at for at, one in enumerate(journal.world.companies) if one.country.tax]
        months = journal.world.months
        kinds = np.array([_PAYMENT, _STATEMENT] * months, np.int64)[1:]
        self._kind = np.tile(kinds, len(taxed))
        self._month = np.tile(np.repeat(np.arange(months), 2)[1:], len(taxed))
        self._company = np.repeat(np.array(taxed, np.int64), len(kinds))
        self._sizes = np.where(self._kind == _STATEMENT, 3, 2)

    @property
    def counts(self) -> tuple[int, int]:
        """Documents and lines."""
        return len(self._kind), int(self._sizes.sum())

    def posted(self, sums: I64) -> Posted:
        """All lines, given debits and credits of the journal by company, month and account."""
        movement = sums[..., 0] - sums[..., 1]
        output, paid = -movement[..., _OUTPUT], movement[..., _INPUT]
        owed = output - paid
        document = np.repeat(np.arange(len(self._kind)), self._sizes)
        number = np.arange(len(document)) - np.repeat(np.cumsum(self._sizes) - self._sizes, self._sizes)
        company, month = self._company[document], self._month[document]
        settled = np.maximum(month - 1, 0)
        statement = np.stack([output[company, month], -paid[company, month], -owed[company, month]])
        payment = np.stack([owed[company, settled], -owed[company, settled], np.zeros_like(month)])
        of_payment = self._kind[document] == _PAYMENT
        accounts = np.where(
            of_payment, np.array([_OWED, BANK, BANK])[number], np.array([_OUTPUT, _INPUT, _OWED])[number]
        )
        amount = np.where(of_payment, payment, statement)[number, np.arange(len(number))]
        rates = np.stack([one.rates for one in self.journal.world.companies])[company, month]
        reached = np.cumsum(amount)
        worth, before = ((one * rates + 500_000) // 1_000_000 for one in (reached, reached - amount))
        return Posted(document, number, company, month, accounts, amount, worth - before)

    @cached_property
    def _days(self) -> I64:
        found = []
        for kind, month, company in zip(self._kind, self._month, self._company, strict=True):
            calendar = self.journal.world.companies[company].calendar
            tenth = calendar.working[calendar.month_starts[month] + _TENTH]
            found.append(calendar.month_end[month] if kind == _STATEMENT else tenth)
        return np.array(found, np.int64) + self.journal.first_day

    @cached_property
    def _numbers(self) -> I64:
        """In each company and fiscal year statements, and payments, are numbered from 1."""
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
        texts = Dictionary(strings(["VAT statement", "VAT paid to the tax office"]))
        made: dict[str, Callable[[], Cells]] = {
            **self._common(np.arange(start, stop)),
            "document_type": lambda: coded(kind, Dictionary(strings(list(_TYPES)))),
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
