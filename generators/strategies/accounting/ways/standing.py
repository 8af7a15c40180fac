"""What a company has from the first day and pays every month: people, fixed assets, opening balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.elementary import exp, normal_quantile
from synthmill.generators.kernels.ledger.postings import Law, Term
from synthmill.generators.kernels.mix import F64, I64, U64, key, mix
from synthmill.generators.strategies.accounting.calendar import Calendar
from synthmill.generators.strategies.accounting.chart import BANK, INVENTORY, account
from synthmill.generators.strategies.accounting.countries import Country
from synthmill.generators.strategies.accounting.ways.forms import (
    CREDIT,
    DEBIT,
    Deal,
    Draft,
    Drafts,
    Line,
    Type,
)
from synthmill.generators.strategies.accounting.ways.general import CENTRES

MAX_HEADS = 200_000
FEWEST_HEADS = 4
_SALARY = 4_100_00
"""A month's gross pay, the median, in cents."""
_RAISE = 3
"""Per cent, each January after the first."""
CLASSES = (
    # account, name, years, median cost in cents
    (1510, "machinery", 10, 2_400_000),
    (1520, "vehicle", 6, 3_100_000),
    (1530, "computer hardware", 3, 180_000),
    (1540, "office furniture", 10, 140_000),
    (1550, "leasehold improvement", 12, 1_900_000),
)
_OLDEST = 36
"""Months before the books that assets were bought at most."""


@dataclass(frozen=True, eq=False)
class People:
    """Of shape (employees,) each; the employees of a company stand together."""

    company: I64
    centre: I64
    pay: I64
    """Gross, a month, in cents, in the books' first year."""


@dataclass(frozen=True, eq=False)
class Assets:
    """Of shape (assets,) each."""

    company: I64
    kind: I64
    """Its place in CLASSES."""
    cost: I64
    age: I64
    """Months that it was written off before the books begin."""

    @property
    def monthly(self) -> I64:
        life = np.array([years * 12 for _, _, years, _ in CLASSES], np.int64)[self.kind]
        return self.cost // life


def people_of(seed: int, heads: Sequence[int]) -> People:
    company = np.repeat(np.arange(len(heads)), heads)
    u = mix(key(seed, "accounting", "employees"), np.arange(len(company), dtype=np.uint64))
    pay = np.floor(_lognormal(u, 0.35, float(_SALARY)) / 1_000.0).astype(np.int64) * 1_000
    return People(company, (u & np.uint64(0xFF)).view(np.int64) % CENTRES, pay)


def assets_of(seed: int, heads: Sequence[int]) -> Assets:
    """Of each class one for so many heads at least."""
    counts = [max(len(CLASSES), 2 * one // 3) for one in heads]
    company = np.repeat(np.arange(len(heads)), counts)
    number = np.arange(len(company))
    within = number - np.repeat(np.cumsum(counts) - counts, counts)
    u = mix(key(seed, "accounting", "assets"), number.astype(np.uint64))
    often = np.array([0, 1, 2, 3, 4, 2, 3, 2, 1, 2], np.int64)
    kind = often[np.where(within < len(CLASSES), within, (u & np.uint64(0xFF)).view(np.int64) % len(often))]
    medians = np.array([median for *_, median in CLASSES], np.float64)
    cost = np.floor(_lognormal(u, 0.8, 1.0) * medians[kind] / 100.0).astype(np.int64) * 100
    age = (u >> np.uint64(8) & np.uint64(0xFFFF)).view(np.int64) % _OLDEST
    # No asset is older than its life when the books begin.
    life = np.array([years * 12 for _, _, years, _ in CLASSES])[kind]
    return Assets(company, kind, cost, np.minimum(age, life - 1))


def _lognormal(u: U64, sigma: float, median: float) -> F64:
    units = ((u >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return exp(normal_quantile(units) * sigma) * median


@dataclass(frozen=True)
class Standing:
    """What the documents of one company follow from."""

    company: int
    country: Country
    calendar: Calendar
    months: int
    people: People
    assets: Assets
    bank: int
    stock: int


def opening(of: Standing) -> Draft:
    """The balances with which the books begin."""
    own = of.assets.company == of.company
    worth = [int(of.assets.cost[own & (of.assets.kind == kind)].sum()) for kind in range(len(CLASSES))]
    used = int((of.assets.monthly * of.assets.age)[own].sum())
    total = of.bank + of.stock + sum(worth) - used
    loan, shares = total // 4, total // 3
    sides = [
        (BANK, of.bank),
        (INVENTORY, of.stock),
        *((account(number), value) for (number, *_), value in zip(CLASSES, worth, strict=True)),
        (account(1590), -used),
        (account(2600), -loan),
        (account(3000), -shares),
        (account(3200), loan + shares - total),
    ]
    return _literal(Type.SA, "opening", "R2R", "manual", sides, "opening balance")


def payroll(of: Standing, month: int) -> list[tuple[Draft, int]]:
    """A month's wages, and next month's payments of what is owed for them, each with its day."""
    land, own = of.country, of.people.company == of.company
    percent = 100 + _RAISE * ((of.calendar.first_month + month) // 12)
    pay, centre = of.people.pay[own] * percent // 100, of.people.centre[own]
    by_centre = [int(pay[centre == one].sum()) for one in range(CENTRES)]
    gross = sum(by_centre)
    tax, kept, added = (
        gross * share // 10_000 for share in (land.wage_tax, land.employee_share, land.employer_share)
    )
    net = gross - tax - kept
    wages = [
        Line(account(6000), DEBIT, Term.LITERAL, amount=one, centre=-1 - at, text="wages")
        for at, one in enumerate(by_centre)
        if one
    ]
    owed = [(2120, tax, "wage tax"), (2130, kept + added, "social security"), (2140, net, "net wages")]
    lines = [
        *wages,
        Line(account(6010), DEBIT, Term.LITERAL, amount=added, text="social security"),
        *(Line(account(number), CREDIT, Term.LITERAL, amount=one, text=text) for number, one, text in owed),
    ]
    made = [(Draft(Type.PR, "payroll", "H2R", "recurring", tuple(lines)), int(of.calendar.month_end[month]))]
    begin = int(of.calendar.month_starts[month + 1])
    for label, after, chosen in (("net_wages", 1, owed[2:]), ("wage_taxes", 9, owed[:2])):
        sides = [
            *((account(number), one) for number, one, _ in chosen),
            (BANK, -sum(one for _, one, _ in chosen)),
        ]
        draft = _literal(Type.ZP, label, "H2R", "recurring", sides, label.replace("_", " "))
        made.append((draft, int(of.calendar.working[begin + after])))
    return made


def depreciation(of: Standing, month: int) -> list[tuple[Draft, int]]:
    """A month's straight-line depreciation by class of assets; none where all are written off."""
    own = of.assets.company == of.company
    life = np.array([years * 12 for _, _, years, _ in CLASSES])[of.assets.kind]
    running = own & (of.assets.age + month < life)
    sides = []
    for kind in range(len(CLASSES)):
        value = int(of.assets.monthly[running & (of.assets.kind == kind)].sum())
        if value:
            sides += [(account(6400), value), (account(1590), -value)]
    if not sides:
        return []
    draft = _literal(Type.AF, "depreciation", "A2R", "recurring", sides, "depreciation")
    return [(draft, int(of.calendar.month_end[month]))]


def _literal(
    type_: Type, label: str, process: str, source: str, sides: Sequence[tuple[int, int]], text: str
) -> Draft:
    lines = tuple(
        Line(of, DEBIT if value > 0 else CREDIT, Term.LITERAL, amount=abs(value), text=text)
        for of, value in sides
        if value
    )
    return Draft(type_, label, process, source, lines)


def add_all(drafts: Drafts, seed: int, made: Sequence[tuple[Draft, int]]) -> tuple[I64, I64]:
    """Each as a route of its own: its form, and its day."""
    deal = Deal(key(seed, "accounting", "standing", "chains"), Law.AMOUNTS)
    forms = [drafts.add(deal, [draft])[0] for draft, _ in made]
    return np.array(forms, np.int64), np.array([day for _, day in made], np.int64)
