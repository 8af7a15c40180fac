"""What comes every month: accruals and contracts."""

from __future__ import annotations

from synthmill.generators.kernels.ledger.postings import Law, Term
from synthmill.generators.strategies.accounting.chart import BANK, account
from synthmill.generators.strategies.accounting.ways.forms import (
    ACCRUALS,
    CONTRACTS,
    CREDIT,
    DEBIT,
    Deal,
    Draft,
    Line,
    Partner,
    Shift,
    Type,
)
from synthmill.generators.strategies.accounting.ways.routes import TERMS, Firm, Route

_UNTAXED_CONTRACTS = 0.75
"""Rent, insurance and leases of small companies bear no tax that could be deducted."""


_SOURCES = {"adjustment": 0.3, "manual": 0.15, "automated": 0.55}
"""Who posts accruals: most are those of orders that are open, found by a program."""
_ITEMS = {1: 0.5, 2: 0.24, 3: 0.06, 4: 0.03, 5: 0.1, 8: 0.07}
"""How many things are set aside in one document."""


def accruals(firm: Firm) -> list[Route]:
    """What belongs to a month and isn't invoiced yet: set aside at its end, and taken back after it."""
    spread = firm.spread("accruals")
    entered = spread.choices((0, 1, 1, 2, 3))
    sources = spread.choices(tuple(_SOURCES), tuple(_SOURCES.values()))
    items = spread.choices(tuple(_ITEMS), tuple(_ITEMS.values()))
    expense, aside = -1 - ACCRUALS, account(2200)

    def lines(side: int, size: int) -> tuple[Line, ...]:
        text = "accrual" if side == DEBIT else "accrual taken back"
        return tuple(
            line
            for item in range(size)
            for line in (
                Line(expense, side, Term.NET, item, centre=1, text=text),
                Line(aside, -side, Term.NET, item, text=text),
            )
        )

    return [
        (
            Deal(firm.key("accruals"), Law.AMOUNTS + 1, size),
            (
                Draft(Type.SA, "accrual", "R2R", source, lines(DEBIT, size), entered=days),
                Draft(Type.SB, "reversal", "R2R", "automated", lines(CREDIT, size), shift=Shift.NEXT_MONTH),
            ),
        )
        for days, source, size in zip(entered, sources, items, strict=True)
    ]


def contracts(firm: Firm) -> list[Route]:
    """Rent, leases, insurance and the like: the same every month, taken from the bank account."""
    taxed = firm.spread("contracts").flags((1.0 - _UNTAXED_CONTRACTS) if firm.country.tax else 0.0)
    found: list[Route] = []
    for at, one in enumerate(taxed):
        tax = firm.country.tax if one else 0
        deal = Deal(
            firm.key("contracts"),
            Law.AMOUNTS + 2,
            tax=tax,
            partner=Partner.VENDOR,
            group=len(TERMS) + at % len(TERMS),
        )
        lines = [Line(-1 - CONTRACTS, DEBIT, Term.NET, 0, centre=1, text="contract")]
        if tax:
            lines.append(Line(account(1160), DEBIT, Term.TAX, text="input tax"))
        lines.append(Line(BANK, CREDIT, Term.GROSS, text="contract"))
        found.append((deal, (Draft(Type.ZP, "contract", "P2P", "recurring", tuple(lines)),)))
    return found
