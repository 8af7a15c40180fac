"""Tables of what stands: companies, accounts, partners, materials, people, assets, cost centres, rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Arrow, Cells, Concat, Dictionary, Digits, Integers, coded
from synthmill.generators.kernels.mix import I64, key, mix
from synthmill.generators.strategies.accounting.calendar import day_of
from synthmill.generators.strategies.accounting.chart import ACCOUNTS, REVENUE
from synthmill.generators.strategies.accounting.rows.journal_lines import (
    CENTRE_NAMES,
    centre_codes,
    material_cells,
)
from synthmill.generators.strategies.accounting.rows.master_tables import currencies
from synthmill.generators.strategies.accounting.rows.partners import Partners, partner_cells
from synthmill.generators.strategies.accounting.ways.forms import Partner
from synthmill.generators.strategies.accounting.ways.routes import TERMS
from synthmill.generators.strategies.accounting.ways.standing import CLASSES
from synthmill.generators.strategies.accounting.world import World
from synthmill.generators.tables.rows import TableRows
from synthmill.generators.tables.table import Table

_SPAN = 8
"""People that a manager has at most."""
_UNITS = ("piece", "box", "pallet", "set")
_LIMITS = (5_000_00, 10_000_00, 25_000_00, 50_000_00, 100_000_00)
"""Of credit, times what makes the least of them enough for so many items."""
_ITEMS_AT_LEAST = 20


class Masters:
    """Cells of these tables."""

    def __init__(self, world: World, tables: Mapping[str, Table], partners: Partners) -> None:
        self.world, self.tables, self.partners = world, tables, partners
        self.codes = Dictionary(strings([one.code for one in world.companies]))
        self.countries = Dictionary(strings([one.country_code for one in world.companies]))
        self._first = np.searchsorted(world.people.company, np.arange(len(world.companies)))
        self._by_table: Mapping[str, Callable[[int, int, Sequence[str]], dict[str, Cells]]] = {
            "companies": self._companies,
            "chart_of_accounts": self._accounts,
            "cost_centers": self._centres,
            "customers": lambda start, stop, names: self._partners(Partner.CUSTOMER, start, stop, names),
            "vendors": lambda start, stop, names: self._partners(Partner.VENDOR, start, stop, names),
            "materials": self._materials,
            "employees": self._employees,
            "fixed_assets": self._assets,
            "exchange_rates": self._rates,
        }

    def __contains__(self, table: str) -> bool:
        return table in self._by_table

    def cells(self, table: str, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        return self._by_table[table](start, stop, columns)

    def _companies(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        some = self.world.companies[start:stop]
        made = {
            "company_code": lambda: _words(one.code for one in some),
            "name": lambda: _words(one.name for one in some),
            "country": lambda: _words(one.country_code for one in some),
            "currency": lambda: _words(one.country.currency for one in some),
            "group_currency": lambda: _words(self.world.group_currency for _ in some),
            "fiscal_year_start": lambda: _whole(one.fiscal_year_start for one in some),
            "income_tax_rate": lambda: _whole(100 * one.country.income_tax for one in some),
        }
        return {name: made[name]() for name in columns}

    def _accounts(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        some = ACCOUNTS[start:stop]
        made = {
            "gl_account": lambda: _whole(one.number for one in some),
            "name": lambda: _words(one.name for one in some),
            "type": lambda: _words(one.type for one in some),
            "normal_side": lambda: _words(one.normal_side for one in some),
            "statement": lambda: _words(
                "balance sheet" if one.on_balance_sheet else "income" for one in some
            ),
        }
        return {name: made[name]() for name in columns}

    def _centres(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        made = {"cost_center": centre_codes()[start:stop], "name": CENTRE_NAMES[start:stop]}
        return {name: _words(made[name]) for name in columns}

    def _partners(self, kind: Partner, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        rows = np.arange(start, stop)
        ranges = [one.customers if kind == Partner.CUSTOMER else one.vendors for one in self.world.companies]
        firsts = np.array([first for first, _ in ranges], np.int64)
        company = np.searchsorted(firsts, rows, side="right") - 1
        place = rows - firsts[company]
        u = mix(key(self.world.seed, "accounting", "limits"), rows.astype(np.uint64))
        made: dict[str, Callable[[], Cells]] = {
            "company_code": lambda: coded(company, self.codes),
            "country": lambda: coded(company, self.countries),
            # Customers stand in turn by their term of payment, vendors by that and by what they sell.
            "payment_days": lambda: Integers(np.array(TERMS, np.int64)[place % len(TERMS)]),
            "credit_limit": lambda: Integers(
                np.array(_LIMITS, np.int64)[(u >> np.uint64(61)).view(np.int64) % len(_LIMITS)]
                * _round_times(self.world.prices.mean_sale * _ITEMS_AT_LEAST / _LIMITS[0])
            ),
            "supplies": lambda: coded(place // len(TERMS) % 2, Dictionary(strings(["goods", "services"]))),
            "customer_id": lambda: partner_cells(kind, rows),
            "vendor_id": lambda: partner_cells(kind, rows),
        }
        return {
            name: made[name]() if name in made else Arrow(self.partners.column(kind, name, start, stop))
            for name in columns
        }

    def _materials(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        rows = np.arange(start, stop)
        prices = self.world.prices
        accounts = np.array([ACCOUNTS[one].number for one in REVENUE], np.int64)
        made: dict[str, Callable[[], Cells]] = {
            "material_id": lambda: material_cells(rows),
            "name": lambda: TableRows(self.tables["materials"], rows.astype(np.uint64)).cells("name"),
            "unit": lambda: coded(
                np.array([0, 0, 0, 1, 0, 2, 0, 3], np.int64)[rows % 8], Dictionary(strings(list(_UNITS)))
            ),
            "standard_cost": lambda: Integers(prices.cost[start:stop]),
            "list_price": lambda: Integers(prices.price[start:stop]),
            "revenue_account": lambda: Integers(accounts[rows % len(REVENUE)]),
        }
        return {name: made[name]() for name in columns}

    def _employees(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        rows, people = np.arange(start, stop), self.world.people
        company = people.company[start:stop]
        first = self._first[company]
        # The first of a company is its head; those after have managers who stand before them.
        manager = first + (rows - first - 1) // _SPAN
        u = mix(key(self.world.seed, "accounting", "hired"), rows.astype(np.uint64))
        before = (u >> np.uint64(33)).view(np.int64) % (15 * 365)
        made: dict[str, Callable[[], Cells]] = {
            "employee_id": lambda: employee_cells(rows),
            "company_code": lambda: coded(company, self.codes),
            "cost_center": lambda: coded(people.centre[start:stop], Dictionary(strings(centre_codes()))),
            "manager_id": lambda: employee_cells(np.maximum(manager, 0), rows == first),
            "hired_on": lambda: Integers(self.world.companies[0].calendar.first - 30 - before),
            "monthly_gross": lambda: Integers(people.pay[start:stop]),
        }
        return {
            name: made[name]() if name in made else Arrow(self._names(name, rows, company))
            for name in columns
        }

    def _names(self, name: str, rows: I64, company: I64) -> pa.Array:
        """First or last names: each company's by the customs of its country."""
        found = []
        for at in np.unique(company).tolist():
            table = self.tables[f"employees of {self.world.companies[at].country_code}"]
            some = rows[company == at].astype(np.uint64)
            found.append(to_arrow(TableRows(table, some).cells(name), pa.string()))
        return (
            pa.concat_arrays([one.cast(pa.string()) for one in found]) if found else pa.array([], pa.string())
        )

    def _assets(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        rows, assets = np.arange(start, stop), self.world.assets
        kind = assets.kind[start:stop]
        numbers, lives = (np.array([one[at] for one in CLASSES], np.int64) for at in (0, 2))
        starts = month_starts_before(self.world, int(assets.age.max()))
        made: dict[str, Callable[[], Cells]] = {
            "asset_id": lambda: Concat((b"A", Digits(rows + 1, 6))),
            "company_code": lambda: coded(assets.company[start:stop], self.codes),
            "asset_class": lambda: coded(kind, Dictionary(strings([name for _, name, _, _ in CLASSES]))),
            "gl_account": lambda: Integers(numbers[kind]),
            "bought_on": lambda: Integers(starts[assets.age[start:stop]]),
            "cost": lambda: Integers(assets.cost[start:stop]),
            "life_months": lambda: Integers(lives[kind] * 12),
            "monthly_depreciation": lambda: Integers(assets.monthly[start:stop]),
        }
        return {name: made[name]() for name in columns}

    def _rates(self, start: int, stop: int, columns: Sequence[str]) -> dict[str, Cells]:
        of, month = np.divmod(np.arange(start, stop), self.world.months)
        chosen = currencies(self.world)
        companies = [self.world.companies[at] for at in chosen]
        calendar = companies[0].calendar
        made: dict[str, Callable[[], Cells]] = {
            "currency": lambda: coded(of, Dictionary(strings([one.country.currency for one in companies]))),
            "valid_from": lambda: Integers(calendar.month_starts[month] + calendar.first),
            "rate": lambda: Integers(np.stack([one.rates for one in companies])[of, month]),
        }
        return {name: made[name]() for name in columns}


def employee_cells(rows: I64, null: Any = None) -> Cells:
    """Numbers of employees by their rows."""
    return Concat((b"E", Digits(rows + 1, 6)), null)


def month_starts_before(world: World, months: int) -> I64:
    """The first day of the month so many months before the books, from none on, as days since 1970."""
    first = day_of(world.companies[0].calendar.first)
    found = []
    for back in range(months + 1):
        at = first.year * 12 + first.month - 1 - back
        found.append((first.replace(year=at // 12, month=at % 12 + 1)).toordinal() - _EPOCH)
    return np.array(found, np.int64)


_EPOCH = 719_163
"""The ordinal of 1970-01-01."""


def _words(values: Any) -> Cells:
    return Arrow(strings(list(values)))


def _whole(values: Any) -> Cells:
    return Integers(np.array(list(values), np.int64))


def _round_times(least: float) -> int:
    """The first of 1, 2, 5, 10, 20, 50 ... that is as much."""
    times = 1
    while times < least:
        times = times * 5 // 2 if str(times).startswith("2") else times * 2
    return times
