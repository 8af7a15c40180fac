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


def accruals(firm: Firm) -> list[Route]:
    """What belongs to a month and isn't invoiced yet: set aside at its end, and taken back after it."""
    entered = firm.spread("accruals").choices((0, 1, 1, 2, 3))
    deal = Deal(firm.key("accruals"), Law.AMOUNTS + 1)
    expense, aside = -1 - ACCRUALS, account(2200)

    def lines(side: int) -> tuple[Line, ...]:
        text = "accrual" if side == DEBIT else "accrual taken back"
        return (
            Line(expense, side, Term.NET, 0, centre=1, text=text),
            Line(aside, -side, Term.BEFORE_TAX, text=text),
        )

    return [
        (
            deal,
            (
                Draft(Type.SA, "accrual", "R2R", "adjustment", lines(DEBIT), entered=days),
                Draft(Type.SB, "reversal", "R2R", "automated", lines(CREDIT), shift=Shift.NEXT_MONTH),
            ),
        )
        for days in entered
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
