"""The parameters of the strategy: how much there is of everything, whose books they are, how people pay."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.schema.fields import Choice, Items, Number, Parameters, Text, Whole, refused
from synthmill.generators.schema.json_values import shown
from synthmill.generators.schema.times import Day
from synthmill.generators.strategies.accounting.countries import COUNTRIES, GROUP_RATES
from synthmill.generators.strategies.accounting.ways.anomalous import KINDS

MAX_COMPANIES = 50
MAX_MONTHS = 120
MAX_COMPANY_MONTHS = 240
"""Months of all companies together: a plan holds what is done on each of their days."""
MAX_MASTER_ROWS = 1_000_000
SIZED = {"journal_entries": 10_000, "customers": 300, "vendors": 200, "materials": 400}
"""Tables whose rows are asked for, and what they have where nothing is said."""
USUAL = {
    "late_payers": 0.15,
    "cash_discounts": 0.1,
    "partial_deliveries": 0.1,
    "partial_payments": 0.05,
    "returns": 0.03,
    "bad_debts": 0.01,
}
"""What customers and vendors do where nothing else is asked for: shares."""
FEWEST = 12
"""Of each other table, for each company: every term of payment has two, of goods and of services."""

_CODE = re.compile(r"[A-Z0-9]{2,8}\Z")
_FIRST_YEAR, _LAST_YEAR = 2001, 2035
"""The years whose holidays are known."""

EXAMPLE_COMPANIES: list[dict[str, Any]] = [
    {"code": "1000", "name": "Northgate Supply Inc.", "country": "US", "weight": 5.0},
    {"code": "2000", "name": "Nordtor Handels GmbH", "country": "DE", "weight": 3.0},
    {"code": "3000", "name": "Portenord Distribution SAS", "country": "FR", "weight": 2.0},
]


class SizeParameters(Parameters):
    """A table, and how many rows it has."""

    name = Choice("The table.", tuple(SIZED))
    rows = Whole("How many rows it has.", 1, limits.MAX_TABLE_ROWS, examples=[10_000])


class CompanyParameters(Parameters):
    """A company, with books of its own."""

    code = Text("Its code: 2 to 8 capital letters and digits.", shortest=2, longest=8, examples=["1000"])
    name = Text("What it is called.", longest=80, examples=["Northgate Supply Inc."])
    country = Choice("Where it is: tax, holidays, currency and names follow.", tuple(COUNTRIES), default="US")
    fiscal_year_start = Whole(
        "The month its fiscal year begins with. A year is called by the calendar year in which it ends.",
        1,
        12,
        default=1,
    )
    weight = Number("Its share of all business, against the others'.", 0.0, 1e6, above=True, default=1.0)


class AccountingParameters(Parameters):
    """Companies and what they do."""

    tables = Items(
        "How many rows tables have; those of all others follow.",
        ma.fields.Nested(SizeParameters),
        most=len(SIZED),
        default=lambda: [{"name": name, "rows": rows} for name, rows in SIZED.items()],
        examples=[[{"name": "journal_entries", "rows": 10_000}]],
    )
    start = Day(
        "The first day of the books: the first of a month.", default="2023-01-01", examples=["2023-01-01"]
    )
    months = Whole("How many months the books cover.", 1, MAX_MONTHS, default=24)
    companies = Items(
        "The companies.",
        ma.fields.Nested(CompanyParameters),
        most=MAX_COMPANIES,
        default=lambda: [{"fiscal_year_start": 1, **one} for one in EXAMPLE_COMPANIES],
        examples=[EXAMPLE_COMPANIES],
    )
    group_currency = Choice("The group's currency.", tuple(GROUP_RATES), default="USD")
    gross_margin = Number(
        "What is left of sales after the cost of goods, as a share.", 0.05, 0.8, default=0.35
    )
    late_payers = Number(
        "The share of customers' invoices that are paid after they are due.",
        0.0,
        0.9,
        default=USUAL["late_payers"],
    )
    cash_discounts = Number(
        "The share of invoices that are paid early for a discount.", 0.0, 0.5, default=USUAL["cash_discounts"]
    )
    partial_deliveries = Number(
        "The share of orders of several items that come in two lots.",
        0.0,
        0.9,
        default=USUAL["partial_deliveries"],
    )
    partial_payments = Number(
        "The share of invoices that are paid in two parts.", 0.0, 0.5, default=USUAL["partial_payments"]
    )
    returns = Number(
        "The share of sales of which something is sent back and credited.", 0.0, 0.3, default=USUAL["returns"]
    )
    bad_debts = Number(
        "The share of sales that are never paid and written off.", 0.0, 0.1, default=USUAL["bad_debts"]
    )

    anomalies = Number(
        "The share of chains that are an anomaly, labelled; all others stay as they are.",
        0.0,
        0.2,
        default=0.0,
    )
    anomaly_difficulty = Number(
        "The share of anomalies that show no sign: their amounts are made up, of the usual law.",
        0.0,
        1.0,
        default=0.0,
    )
    anomaly_kinds = Items(
        "The kinds of anomalies; without any all of them.",
        Choice("A kind.", tuple(KINDS)),
        most=len(KINDS),
        fewest=0,
        default=list,
        examples=[["round_amount", "late_entry"]],
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        for what, by in (("tables", "name"), ("companies", "code")):
            found = Counter(one[by] for one in data[what])
            if twice := [name for name, times in found.items() if times > 1]:
                raise refused(f"{', '.join(twice)} stands there twice", "name each once", what)
        for company in data["companies"]:
            if not _CODE.match(company["code"]):
                fix = "use 2 to 8 capital letters and digits"
                raise refused(f"{shown(company['code'])} can't be a company's code", fix, "companies")
        first, last = (int(data["start"][:4]) + more for more in (0, -(-data["months"] // 12)))
        if not data["start"].endswith("-01"):
            raise refused(f"{data['start']} isn't the first of a month", "begin with a month", "start")
        if first < _FIRST_YEAR or last > _LAST_YEAR:
            years = f"{_FIRST_YEAR} to {_LAST_YEAR}"
            raise refused("holidays aren't known of all these years", f"keep within {years}", "start")
        shares = ("late_payers", "cash_discounts", "partial_payments", "returns", "bad_debts")
        if sum(data[name] for name in shares) > 1.0:
            raise refused(
                "the shares of what becomes of invoices come to more than 1", "lessen them", "late_payers"
            )
        together = data["months"] * len(data["companies"])
        if together > MAX_COMPANY_MONTHS:
            fix = f"at most {MAX_COMPANY_MONTHS}: fewer months, or fewer companies"
            raise refused(f"{together} months of companies are too many for one plan", fix, "months")


def sizes(parameters: dict[str, Any]) -> dict[str, int]:
    """Rows of the tables that are asked for, each with enough for all companies."""
    asked = SIZED | {one["name"]: one["rows"] for one in parameters["tables"]}
    least = FEWEST * len(parameters["companies"])
    return {
        name: rows if name == "journal_entries" else min(max(rows, least), MAX_MASTER_ROWS)
        for name, rows in asked.items()
    }
