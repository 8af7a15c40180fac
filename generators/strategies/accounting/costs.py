"""What books cost, by their loaded parameters: plans hold the documents of each day, and lines are cheap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators.engine.costs import ColumnCost, Cost, Estimate, TableCost
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.strategies.accounting.chart import ACCOUNTS
from synthmill.generators.strategies.accounting.parameters import sizes
from synthmill.generators.strategies.accounting.rows.balances import trial_balance_table
from synthmill.generators.strategies.accounting.rows.closing import closing_tables
from synthmill.generators.strategies.accounting.rows.entries import entries_table
from synthmill.generators.strategies.accounting.rows.journal_lines import lines_table
from synthmill.generators.strategies.accounting.rows.master_tables import master_tables
from synthmill.generators.strategies.accounting.rows.open_items import open_items_table
from synthmill.generators.strategies.accounting.rows.statements import statement_tables
from synthmill.generators.strategies.accounting.ways.general import CENTRES

_ROUTES_PLAN, _COMPANY_PLAN = 0.12, 0.02
"""Seconds of planning for the routes of a country, and for each company."""
_STRETCHES_A_MONTH = 27_000
"""Of a company at most: days, flows, ways and the documents of each."""
_STRETCH_PLAN = 0.7e-6
_LINES = 6.5
"""Of a document, on average."""
_ONCE = 5e-3
"""What the first rows of a table take, however few they are."""
_TEXT = 2e-6
_DAY_DOCUMENT = 0.3e-6
"""All documents of a day are looked at for any of its rows."""


def accounting_costs(parameters: Mapping[str, Any]) -> Estimate:
    """The cost of parameters as `accounting` has them."""
    rows = sizes(dict(parameters))
    companies, months = len(parameters["companies"]), parameters["months"]
    entries = rows["journal_entries"]
    stretches = min(float(entries), companies * months * float(_STRETCHES_A_MONTH))
    countries = len({one["country"] for one in parameters["companies"]})
    planned = countries * _ROUTES_PLAN + companies * _COMPANY_PLAN + stretches * _STRETCH_PLAN
    day = entries / (21.0 * months * companies) * _DAY_DOCUMENT
    counts = {
        "companies": companies,
        "chart_of_accounts": len(ACCOUNTS),
        "cost_centers": CENTRES,
        **{name: rows[name] for name in ("customers", "vendors", "materials")},
        "employees": max(4 * companies, entries // 400),
        "fixed_assets": max(5 * companies, entries // 600),
        "exchange_rates": months * countries,
    }
    closing = closing_tables(4 * months * companies, 10 * months * companies)
    statements = statement_tables(companies, months)
    # One pass over all lines is for these tables together, whichever of them are made.
    summed = entries * _LINES * 0.08e-6 / (len(closing) + 1 + len(statements))
    return Estimate(
        (
            _table(entries_table(entries), "tables", planned, _ONCE + day),
            _table(lines_table(round(entries * _LINES)), "tables", 0.0, _ONCE + day),
            *(_table(one, "tables", 0.0, _ONCE) for one in master_tables(counts)),
            *(_table(one, "companies", 0.0, _ONCE + summed) for one in closing),
            _table(trial_balance_table(companies * months), "companies", 0.0, _ONCE + summed),
            *(_table(one, "companies", 0.0, _ONCE + summed) for one in statements),
            _table(open_items_table(max(1, entries // 20)), "tables", 0.0, _ONCE),
        )
    )


def _table(table: TablePlan, field: str, planned: float, once: float) -> TableCost:
    """`once`: seconds for any rows at once, of all columns together."""
    share = once / len(table.columns)
    columns = tuple(
        ColumnCost(
            one.name,
            field,
            Cost(
                size=float(one.width) + 2.0,
                time=_TEXT if one.name == "header_text" else 0.1e-6,
                plan_time=0.0,
                once_time=share,
            ),
        )
        for one in table.columns
    )
    return TableCost(table.name, table.rows, columns, planned)
