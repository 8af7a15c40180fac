"""The stage that adds up the journal, and the trial balance that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import MONEY
from synthmill.generators.engine.cells import Cells, Integers, coded
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.engine.stages import Results, Stage
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.chart import ACCOUNTS, RETAINED_EARNINGS
from synthmill.generators.strategies.accounting.documents import Journal
from synthmill.generators.strategies.accounting.rows.closing import NEEDS, Closing
from synthmill.generators.strategies.accounting.rows.closing_amounts import Posted
from synthmill.generators.strategies.accounting.rows.entries import Entries
from synthmill.generators.strategies.accounting.ways.forms import TYPES

(STAGE,) = NEEDS
_BLOCKS = 128
"""About how many blocks the stage has."""
_DEBIT, _CREDIT, _GROUP = range(3)
_ON_SHEET = np.array([one.on_balance_sheet for one in ACCOUNTS])


def trial_balance_table(periods: int) -> TablePlan:
    """Of so many periods of companies."""
    words = Packing.WORDS
    columns = (
        ColumnPlan("company_code", pa.string(), False, "company", width=4, packing=words),
        ColumnPlan("fiscal_year", pa.int64(), False, "period", width=4, packing=words),
        ColumnPlan("fiscal_period", pa.int64(), False, "period", width=2, packing=words),
        ColumnPlan("gl_account", pa.int64(), False, "account", width=4),
        ColumnPlan("opening_balance", MONEY, False, "balance", width=9),
        ColumnPlan("debits", MONEY, False, "balance", width=8),
        ColumnPlan("credits", MONEY, False, "balance", width=8),
        ColumnPlan("closing_balance", MONEY, False, "balance", width=9),
        ColumnPlan("group_movement", MONEY, False, "balance", width=9),
    )
    rows = periods * len(ACCOUNTS)
    keys = (
        ForeignKey(("company_code",), "companies", ("company_code",)),
        ForeignKey(("gl_account",), "chart_of_accounts", ("gl_account",)),
    )
    primary = ("company_code", "fiscal_year", "fiscal_period", "gl_account")
    return TablePlan("trial_balance", rows, 16_384, columns, primary, keys, needs=NEEDS)


class Balances:
    """Debits and credits by company, month and account."""

    def __init__(self, journal: Journal, entries: Entries, closing: Closing) -> None:
        self.journal, self.entries, self.closing = journal, entries, closing
        self._shape = (journal.companies, journal.world.months, len(ACCOUNTS), 3)

    @cached_property
    def stage(self) -> Stage:
        """Its units are the days of companies."""
        size = 8 * int(np.prod(self._shape))
        groups = self.journal.world.groups
        return Stage(STAGE, groups, max(1, groups // _BLOCKS), max_bytes=size)

    def work(self, first: int, last: int) -> bytes:
        """What days of companies add, as whole cents."""
        world, journal = self.journal.world, self.journal
        found = np.zeros(self._shape, np.int64)
        start, stop = (int(world.documents_before[at * TYPES]) for at in (first, last))
        made = journal.documents(start, stop)
        posted = journal.posted(made)
        place = (made.group % journal.companies) * world.months + journal.months[
            made.group // journal.companies
        ]
        at = np.repeat(place, world.counts[made.form]) * len(ACCOUNTS) + posted.account
        size = found[..., 0].size
        for kind, values in (
            (_DEBIT, np.maximum(posted.amount, 0)),
            (_CREDIT, np.maximum(-posted.amount, 0)),
            (_GROUP, posted.group),
        ):
            found[..., kind] = summed(at, values, size).reshape(self._shape[:3])
        return found.tobytes()

    def combine(self, left: bytes, right: bytes) -> bytes:
        return (np.frombuffer(left, np.int64) + np.frombuffer(right, np.int64)).tobytes()

    def cells(self, start: int, stop: int, columns: Sequence[str], results: Results) -> dict[str, Cells]:
        table = results.once("trial balance", lambda: self._table(results))
        rows = np.arange(start, stop)
        company, rest = np.divmod(rows, self._shape[1] * self._shape[2])
        month, account = np.divmod(rest, self._shape[2])
        years, periods = self.journal.fiscal
        numbers = np.array([one.number for one in ACCOUNTS], np.int64)
        made: dict[str, Callable[[], Cells]] = {
            "company_code": lambda: coded(company, self.entries.companies),
            "fiscal_year": lambda: Integers(years[company, month]),
            "fiscal_period": lambda: Integers(periods[company, month]),
            "gl_account": lambda: Integers(numbers[account]),
            **{
                name: lambda at=at: Integers(table[at, rows])  # type: ignore[misc]
                for at, name in enumerate(
                    ("opening_balance", "debits", "credits", "closing_balance", "group_movement")
                )
            },
        }
        return {name: made[name]() for name in columns}

    def sums(self, results: Results) -> I64:
        """Debits, credits and group amounts of the journal, by company, month and account."""
        found: I64 = np.frombuffer(results.combined(STAGE), np.int64).reshape(self._shape)
        return found

    def posted(self, results: Results) -> Posted:
        """The lines of the closing documents."""
        return results.once("closing", lambda: self.closing.posted(self.sums(results)))

    def ledger(self, results: Results) -> Ledger:
        """What the journal and closing it come to."""
        return results.once("ledger", lambda: self._ledger(results))

    def _ledger(self, results: Results) -> Ledger:
        sums = self.sums(results).copy()
        closed = self.posted(results)
        place = np.ravel_multi_index((closed.company, closed.month, closed.account), self._shape[:3]) * 3
        flat = sums.reshape(-1)
        for kind, amount in (
            (_DEBIT, np.maximum(closed.amount, 0)),
            (_CREDIT, np.maximum(-closed.amount, 0)),
            (_GROUP, closed.group),
        ):
            np.add.at(flat, place + kind, amount)
        return Ledger(sums[..., _DEBIT], sums[..., _CREDIT], sums[..., _GROUP], self.journal.fiscal[0])

    def _table(self, results: Results) -> I64:
        """Opening balance, debits, credits, closing balance and group movement, each of all rows."""
        of = self.ledger(results)
        opening, closing = of.balances
        return np.stack([one.reshape(-1) for one in (opening, of.debits, of.credits, closing, of.group)])


@dataclass(frozen=True, eq=False)
class Ledger:
    """By company, month and account, in cents."""

    debits: I64
    credits: I64
    group: I64
    """In the group's currency, debits less credits."""
    years: I64
    """Fiscal years by company and month."""

    @property
    def movement(self) -> I64:
        return self.debits - self.credits

    @cached_property
    def balances(self) -> tuple[I64, I64]:
        """Before and after each month, in the companies' currencies."""
        return self._carried(self.movement)

    @cached_property
    def group_balances(self) -> tuple[I64, I64]:
        return self._carried(self.group)

    def _carried(self, movement: I64) -> tuple[I64, I64]:
        """A year's result is carried forward into retained earnings when the next one begins."""
        opening = np.zeros_like(movement)
        closing = np.zeros_like(movement)
        for company in range(movement.shape[0]):
            for month in range(movement.shape[1]):
                if month:
                    before = closing[company, month - 1]
                    opening[company, month] = before
                    if self.years[company, month] != self.years[company, month - 1]:
                        opening[company, month] = np.where(_ON_SHEET, before, 0)
                        opening[company, month, RETAINED_EARNINGS] += before[~_ON_SHEET].sum()
                closing[company, month] = opening[company, month] + movement[company, month]
        return opening, closing


def summed(places: I64, values: I64, size: int) -> I64:
    """The exact sums of whole numbers by place: of their upper and lower bits, each exact as a double."""
    low, high = values & 0xFFFFFF, values >> 24
    sums = [np.bincount(places, one, size).astype(np.int64) for one in (low, high)]
    return sums[0] + (sums[1] << 24)
