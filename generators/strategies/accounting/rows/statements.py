"""Balance sheet, income statement and cash flow of each company and month, and of the group.

Every item is a sum of accounts of the ledger, so statements tie to the journal to the cent. The group's are
those of all companies in its currency, less what affiliated companies have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import MONEY, strings
from synthmill.generators.engine.cells import Cells, Dictionary, Integers, coded
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.engine.stages import Results
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.chart import ACCOUNTS
from synthmill.generators.strategies.accounting.documents import Journal
from synthmill.generators.strategies.accounting.rows.balances import Balances, Ledger
from synthmill.generators.strategies.accounting.rows.closing import NEEDS
from synthmill.generators.strategies.accounting.rows.entries import Entries
from synthmill.generators.strategies.accounting.rows.statement_items import STATEMENTS, Item
from synthmill.generators.strategies.accounting.rows.stretches import StretchRows

GROUP = "group_statements"
_ITEMS = {**STATEMENTS, GROUP: tuple(item for items in STATEMENTS.values() for item in items)}


def statement_tables(companies: int, months: int) -> tuple[TablePlan, ...]:
    """Of so many companies and months."""
    words = Packing.WORDS
    place = ColumnPlan("position", pa.int64(), False, "number", width=2, packing=words)
    name = ColumnPlan("item", pa.string(), False, "text", width=18, packing=words)
    day = ColumnPlan("period_end", pa.date32(), False, "date", width=10, packing=words)
    amounts = ("amount", "group_amount"), ("companies_total", "eliminations", "consolidated")
    of_company, of_group = (
        tuple(ColumnPlan(one, MONEY, False, "amount", width=10) for one in each) for each in amounts
    )
    period = tuple(
        ColumnPlan(one, type_, False, "period", width=width, packing=words)
        for one, type_, width in (
            ("company_code", pa.string(), 4),
            ("fiscal_year", pa.int64(), 4),
            ("fiscal_period", pa.int64(), 2),
        )
    )
    keys = (ForeignKey(("company_code",), "companies", ("company_code",)),)
    primary = ("company_code", "fiscal_year", "fiscal_period", "position")
    statement = ColumnPlan("statement", pa.string(), False, "text", width=12, packing=words)

    def table(name_: str, rows: int, columns: tuple[ColumnPlan, ...], primary_: tuple[str, ...]) -> TablePlan:
        return TablePlan(
            name_, rows, 16_384, columns, primary_, keys if "company_code" in primary_ else (), needs=NEEDS
        )

    return (
        *(
            table(one, companies * months * len(items), (*period, day, place, name, *of_company), primary)
            for one, items in STATEMENTS.items()
        ),
        table(
            GROUP,
            months * len(_ITEMS[GROUP]),
            (day, statement, place, name, *of_group),
            ("period_end", "position"),
        ),
    )


class Statements:
    """Cells of these tables."""

    def __init__(self, journal: Journal, entries: Entries, balances: Balances) -> None:
        self.journal, self.entries, self.balances = journal, entries, balances

    def __contains__(self, table: str) -> bool:
        return table in _ITEMS

    def cells(
        self, table: str, start: int, stop: int, columns: Sequence[str], results: Results
    ) -> dict[str, Cells]:
        items, rows = _ITEMS[table], np.arange(start, stop)
        rest, item = np.divmod(rows, len(items))
        company, month = np.divmod(rest, self.journal.world.months)
        amounts = results.once(table, lambda: self._amounts(table, results))
        years, periods = self.journal.fiscal
        calendar = self.journal.world.companies[0].calendar
        kinds = [one for one, own in STATEMENTS.items() for _ in own]
        of = np.array([list(STATEMENTS).index(one) for one in kinds], np.int64)
        made: dict[str, Callable[[], Cells]] = {
            "company_code": lambda: coded(company, self.entries.companies),
            "fiscal_year": lambda: Integers(years[company, month]),
            "fiscal_period": lambda: Integers(periods[company, month]),
            "period_end": lambda: Integers(calendar.month_starts[month + 1] - 1 + calendar.first),
            "statement": lambda: coded(of[item], Dictionary(strings(list(STATEMENTS)))),
            "position": lambda: Integers(item + 1),
            "item": lambda: coded(item, Dictionary(strings([one.name for one in items]))),
            **{
                name: lambda at=at: Integers(amounts[at, rows])  # type: ignore[misc]
                for names in (("amount", "group_amount"), ("companies_total", "eliminations", "consolidated"))
                for at, name in enumerate(names)
            },
        }
        return {name: made[name]() for name in columns}

    def _amounts(self, table: str, results: Results) -> I64:
        """Of each row the amounts in the order of their columns."""
        ledger, items = self.balances.ledger(results), _ITEMS[table]
        own, group = self._sums(ledger)
        if table != GROUP:
            return np.stack([_added(items, one, False).reshape(-1) for one in (own, group)])
        of_all = [one.sum(axis=0, keepdims=True) for one in group]
        total, common = (_added(items, of_all, only) for only in (False, True))
        return np.stack([one.reshape(-1) for one in (total, -common, total - common)])

    def _sums(self, ledger: Ledger) -> tuple[list[I64], list[I64]]:
        """What items add up, in the order of `Of`, in the companies' currencies and in the group's."""
        found = []
        for movement, (opening, closing), begun in (
            (ledger.movement, ledger.balances, self._begun[0]),
            (ledger.group, ledger.group_balances, self._begun[1]),
        ):
            moved, before = movement.copy(), opening.copy()
            moved[:, 0] -= begun
            before[:, 0] += begun
            found.append([moved, closing, before])
        return found[0], found[1]

    @cached_property
    def _begun(self) -> tuple[I64, I64]:
        """The balances with which the books begin, by company and account, in both currencies."""
        journal, world = self.journal, self.journal.world
        opens = np.array([one == "opening" for one in world.form_values("label")])
        rows = StretchRows(journal, np.flatnonzero(opens[world.stretches.form]))
        of = rows.documents(0, len(rows))
        posted = journal.posted(of)
        company = np.repeat(world.cells.company[of.cell], world.counts[of.form])
        own, group = (np.zeros((journal.companies, len(ACCOUNTS)), np.int64) for _ in range(2))
        np.add.at(own, (company, posted.account), posted.amount)
        np.add.at(group, (company, posted.account), posted.group)
        return own, group


def _added(items: Sequence[Item], sums: Sequence[I64], affiliated: bool) -> I64:
    """Of shape (companies, months, items)."""
    found = [(sums[one.of] * (one.affiliated if affiliated else one.accounts)).sum(axis=-1) for one in items]
    return np.stack(found, axis=-1)
