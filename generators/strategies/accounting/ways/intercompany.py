"""Business between the group's companies: each charge is posted by the one that serves and by the one that is
served, in the group's currency, so that both legs are the same and nothing is left of them together."""

from __future__ import annotations

from synthmill.generators.kernels.ledger.postings import Law, Term
from synthmill.generators.strategies.accounting.chart import (
    AFFILIATED_PAYABLES,
    AFFILIATED_RECEIVABLES,
    AFFILIATED_REVENUE,
    AFFILIATED_SERVICES,
    BANK,
)
from synthmill.generators.strategies.accounting.ways.forms import (
    CREDIT,
    DEBIT,
    Deal,
    Draft,
    Line,
    Shift,
    Type,
)
from synthmill.generators.strategies.accounting.ways.routes import Route, chains_key

_WAYS = (("automated", 0), ("automated", 0), ("manual", 0), ("automated", 31))
"""Who posts it, and how many days later it counts: it is paid in the month after that."""


def charges(seed: int) -> tuple[list[Route], list[Route]]:
    """The ways of whoever serves, and those of whoever is served: way by way the same charge."""
    serving, served = ([_route(seed, side, *way) for way in _WAYS] for side in (1, -1))
    return serving, served


def _route(seed: int, side: int, source: str, after: int) -> Route:
    deal = Deal(chains_key(seed, "intercompany"), Law.AMOUNTS, affiliate=side)
    text = "affiliated company"
    if side > 0:
        charge = (
            Line(AFFILIATED_RECEIVABLES, DEBIT, Term.GROSS, text=text),
            Line(AFFILIATED_REVENUE, CREDIT, Term.BEFORE_TAX, text=text),
        )
    else:
        charge = (
            Line(AFFILIATED_SERVICES, DEBIT, Term.BEFORE_TAX, centre=1, text=text),
            Line(AFFILIATED_PAYABLES, CREDIT, Term.GROSS, text=text),
        )
    account = AFFILIATED_RECEIVABLES if side > 0 else AFFILIATED_PAYABLES
    bank, settled = (DEBIT, CREDIT) if side > 0 else (CREDIT, DEBIT)
    payment = (
        Line(BANK, bank, Term.GROSS, text=text),
        Line(account, settled, Term.GROSS, text=text),
    )
    return deal, (
        Draft(Type.IC, "intercompany_charge", "R2R", source, charge),
        Draft(
            Type.IP,
            "intercompany_payment",
            "R2R",
            "automated",
            payment,
            after,
            Shift.NEXT_MONTH,
            settles=True,
        ),
    )
