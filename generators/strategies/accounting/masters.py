"""Tables of what stands: companies, accounts, partners, materials, people, assets, cost centres, rates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.column_field import ColumnField
from synthmill.generators.engine.arrays import MONEY, strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Arrow, Cells, Concat, Dictionary, Digits, Integers, coded
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.kernels.mix import I64, key, mix
from synthmill.generators.strategies.accounting.calendar import day_of
from synthmill.generators.strategies.accounting.chart import ACCOUNTS, REVENUE
from synthmill.generators.strategies.accounting.countries import COUNTRIES
from synthmill.generators.strategies.accounting.entries import RATE
from synthmill.generators.strategies.accounting.forms import Partner
from synthmill.generators.strategies.accounting.general import CENTRES
from synthmill.generators.strategies.accounting.journal_lines import (
    CENTRE_NAMES,
    centre_codes,
    material_cells,
)
from synthmill.generators.strategies.accounting.partners import Partners, partner_cells
from synthmill.generators.strategies.accounting.routes import TERMS
from synthmill.generators.strategies.accounting.standing import CLASSES
from synthmill.generators.strategies.accounting.world import World
from synthmill.generators.tables.planning import compile_tables
from synthmill.generators.tables.rows import TableRows
from synthmill.generators.tables.table import Table

_SPAN = 8
"""People that a manager has at most."""
_UNITS = ("piece", "box", "pallet", "set")
_LIMITS = (5_000_00, 10_000_00, 25_000_00, 50_000_00, 100_000_00)
_ACCOUNT_NUMBERS = {"US": {"kind": "pattern", "pattern": "021[0-9]{6} [0-9]{10}"}}
"""Where there is no IBAN: a routing number and an account."""


def compiled_masters(world: World, sizes: Mapping[str, int]) -> dict[str, Table]:
    """Names and the like, from the column engine: a table of partners for each country, materials, people."""
    tables = [_table("materials", sizes["materials"], [{"name": "name", "kind": "product_name"}])]
    for code in sorted({one.country_code for one in world.companies}):
        locale = COUNTRIES[code].locale
        partner = [
            {"name": "name", "kind": "company", "locale": locale},
            {"name": "city", "kind": "city", "locale": locale},
        ]
        account = _ACCOUNT_NUMBERS.get(code, {"kind": "iban", "country": code})
        tables.append(_table(f"customers of {code}", sizes["customers"], partner))
        tables.append(
            _table(f"vendors of {code}", sizes["vendors"], [*partner, {"name": "bank_account", **account}])
        )
        people = [
            {"name": f"{one}_name", "kind": f"{one}_name", "locale": locale} for one in ("first", "last")
        ]
        tables.append(_table(f"employees of {code}", len(world.people.pay), people))
    return compile_tables({"tables": tables}, world.seed)


def _table(name: str, rows: int, columns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    field = ColumnField()
    loaded = [field.deserialize(column) for column in columns]
    nothing: dict[str, Any] = {"primary_key": [], "unique_keys": [], "orderings": [], "children_of": None}
    return {"name": name, "rows": rows, "columns": loaded, **nothing}


def _column(
    name: str, type_: pa.DataType, width: int, packing: Packing = Packing.USUAL, **more: Any
) -> ColumnPlan:
    return ColumnPlan(name, type_, more.pop("nullable", False), name, width=width, packing=packing, **more)


def counts_of(world: World, sizes: Mapping[str, int]) -> dict[str, int]:
    """Rows of each table here."""
    return {
        "companies": len(world.companies),
        "chart_of_accounts": len(ACCOUNTS),
        "cost_centers": CENTRES,
        **{name: sizes[name] for name in ("customers", "vendors", "materials")},
        "employees": len(world.people.pay),
        "fixed_assets": len(world.assets.cost),
        "exchange_rates": world.months * len(_currencies(world)),
    }


def master_tables(counts: Mapping[str, int]) -> tuple[TablePlan, ...]:
    """Planned, each with so many rows."""
    text, whole, words = pa.string(), pa.int64(), Packing.WORDS
    code, country = _column("company_code", text, 4, words), _column("country", text, 2, words)
    of_company = (ForeignKey(("company_code",), "companies", ("company_code",)),)
    of_centre = ForeignKey(("cost_center",), "cost_centers", ("cost_center",))
    partner = (
        code,
        _column("name", text, 26),
        _column("city", text, 10),
        country,
        _column("payment_days", whole, 2, words),
    )

    def table(name: str, *columns: ColumnPlan, keys: tuple[ForeignKey, ...] = ()) -> TablePlan:
        return TablePlan(name, counts[name], 16_384, columns, (columns[0].name,), keys)

    rates = TablePlan(
        "exchange_rates",
        counts["exchange_rates"],
        16_384,
        (
            _column("currency", text, 3, words),
            _column("valid_from", pa.date32(), 10),
            _column("rate", RATE, 8),
        ),
        ("currency", "valid_from"),
    )
    return (
        table(
            "companies",
            code,
            _column("name", text, 26),
            country,
            _column("currency", text, 3, words),
            _column("group_currency", text, 3, words),
            _column("fiscal_year_start", whole, 2, words),
        ),
        table(
            "chart_of_accounts",
            _column("gl_account", whole, 4),
            _column("name", text, 22),
            _column("type", text, 7, words),
            _column("normal_side", text, 6, words),
            _column("statement", text, 14, words),
        ),
        table("cost_centers", _column("cost_center", text, 5), _column("name", text, 10)),
        table(
            "customers",
            _column("customer_id", text, 7),
            *partner,
            _column("credit_limit", MONEY, 8, words),
            keys=of_company,
        ),
        table(
            "vendors",
            _column("vendor_id", text, 7),
            *partner,
            _column("supplies", text, 7, words),
            _column("bank_account", text, 22, Packing.RANDOM),
            keys=of_company,
        ),
        table(
            "materials",
            _column("material_id", text, 7),
            _column("name", text, 22),
            _column("unit", text, 5, words),
            _column("standard_cost", MONEY, 7),
            _column("list_price", MONEY, 7),
            _column("revenue_account", whole, 4, words),
        ),
        table(
            "employees",
            _column("employee_id", text, 7),
            code,
            _column("first_name", text, 7, pii=True),
            _column("last_name", text, 8, pii=True),
            _column("cost_center", text, 5, words),
            _column("manager_id", text, 7, nullable=True),
            _column("hired_on", pa.date32(), 10),
            _column("monthly_gross", MONEY, 7),
            keys=(*of_company, of_centre, ForeignKey(("manager_id",), "employees", ("employee_id",))),
        ),
        table(
            "fixed_assets",
            _column("asset_id", text, 7),
            code,
            _column("asset_class", text, 14, words),
            _column("gl_account", whole, 4, words),
            _column("bought_on", pa.date32(), 10),
            _column("cost", MONEY, 9),
            _column("life_months", whole, 3, words),
            _column("monthly_depreciation", MONEY, 7),
            keys=of_company,
        ),
        rates,
    )


def _currencies(world: World) -> list[int]:
    """The first company of each currency."""
    found = {one.country.currency: at for at, one in reversed(list(enumerate(world.companies)))}
    return sorted(found.values())


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
        chosen = _currencies(self.world)
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
