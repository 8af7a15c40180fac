"""Which tables of what stands there are, and what the column engine makes of them: names, cities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from synthmill.generators.columns.column_field import ColumnField
from synthmill.generators.engine.arrays import MONEY
from synthmill.generators.engine.plan import ColumnPlan, ForeignKey, Packing, TablePlan
from synthmill.generators.strategies.accounting.chart import ACCOUNTS
from synthmill.generators.strategies.accounting.countries import COUNTRIES
from synthmill.generators.strategies.accounting.rows.entries import RATE
from synthmill.generators.strategies.accounting.ways.general import CENTRES
from synthmill.generators.strategies.accounting.world import World
from synthmill.generators.tables.planning import compile_tables
from synthmill.generators.tables.table import Table

_ACCOUNT_NUMBERS = {"US": {"kind": "pattern", "pattern": "021[0-9]{6} [0-9]{10}"}}
"""Where there is no IBAN: a routing number and an account."""
_GOODS: Mapping[str, list[str]] = {
    "adjectives": [
        *("Automatic", "Compact", "Corrosion-Resistant", "Explosion-Proof", "Heavy-Duty", "High-Pressure"),
        *("Industrial", "Insulated", "Low-Noise", "Modular", "Portable", "Precision", "Reinforced"),
        *("Single-Stage", "Stationary", "Two-Stage", "Variable-Speed", "Vertical", "Wall-Mounted"),
    ],
    "materials": [
        *("Aluminum", "Brass", "Bronze", "Carbon Steel", "Cast Iron", "Galvanized Steel", "Nickel Alloy"),
        *("Polymer", "Stainless Steel", "Steel", "Titanium", "Tool Steel"),
    ],
    "products": [
        *(
            "Air Receiver",
            "Ball Valve",
            "Bearing Set",
            "Blower",
            "Chain Hoist",
            "Compressor",
            "Control Valve",
        ),
        *("Conveyor", "Cooling Tower", "Filter Unit", "Flow Meter", "Gearbox", "Heat Exchanger", "Mixer"),
        *("Hydraulic Cylinder", "Motor Housing", "Pipe Bundle", "Press Tool", "Pump", "Storage Tank"),
        *("Turbine Wheel", "Vacuum Chamber", "Valve Assembly", "Welding Table", "Worm Drive"),
    ],
}
"""What wholesalers of industry sell: from some dollars to some hundred thousand each."""


def compiled_masters(world: World, sizes: Mapping[str, int]) -> dict[str, Table]:
    """Names and the like, from the column engine: a table of partners for each country, materials, people."""
    tables = [_table("materials", sizes["materials"], [{"name": "name", "kind": "product_name", **_GOODS}])]
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
        "exchange_rates": world.months * len(currencies(world)),
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
            _column("income_tax_rate", RATE, 8, words),
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


def currencies(world: World) -> list[int]:
    """The first company of each currency."""
    found = {one.country.currency: at for at, one in reversed(list(enumerate(world.companies)))}
    return sorted(found.values())
