"""Anomalies: chains that go a way that they shouldn't, in addition to all others, and what they are.

Each is posted like any other chain: the books balance with them, and open items are the control accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from synthmill.generators.kernels.ledger.postings import Law, Term
from synthmill.generators.strategies.accounting.chart import (
    BANK,
    INVENTORY,
    PAYABLES,
    RECEIVABLES,
    RECEIVED,
    account,
)
from synthmill.generators.strategies.accounting.ways.forms import (
    ACCRUALS,
    CREDIT,
    DEBIT,
    SERVICES,
    Deal,
    Draft,
    Line,
    Partner,
    Shift,
    Type,
)
from synthmill.generators.strategies.accounting.ways.routes import TERMS, Firm, Route, item_lines

SMALL_LAW, THRESHOLD_LAW = Law.AMOUNTS + 3, Law.AMOUNTS + 4
ANOMALOUS_DOCUMENTS = 2.3
"""Of an anomalous chain, on average, within the books."""
_INFLATED = (1_200, 1_600, 2_000, 2_600)
"""Price differences in hundredths of a per cent, where three per cent is usual and five the most."""


@dataclass(frozen=True)
class Kind:
    """A named kind of anomaly."""

    family: str
    """fraud, error or process."""
    severity: int
    """From 1 to 3."""
    routes: Callable[[Firm, str], list[Route]]
    """Ways for each term of payment, or other variants."""


def _service(firm: Firm, name: str, term: int, items: int = 1, law: int = Law.AMOUNTS) -> Deal:
    group = len(TERMS) + term
    return Deal(firm.key(name), law, items, partner=Partner.VENDOR, group=group, term=TERMS[term])


def _bought(lines: Sequence[Line], after: int = 0) -> Draft:
    gross = Line(PAYABLES, CREDIT, Term.GROSS, text="vendor invoice")
    return Draft(Type.KR, "service_invoice", "P2P", "manual", (*lines, gross), after, lag=5)


def _paid(after: int, shift: Shift = Shift.PAYING) -> Draft:
    lines = (
        Line(PAYABLES, DEBIT, Term.GROSS, text="outgoing payment"),
        Line(BANK, CREDIT, Term.GROSS, text="outgoing payment"),
    )
    return Draft(Type.KZ, "vendor_payment", "P2P", "automated", lines, after, shift, settles=True)


def _cost(of: int = -1 - SERVICES) -> list[Line]:
    return [Line(of, DEBIT, Term.NET, 0, centre=1 if of < 0 else 0, text="service")]


def _duplicate_payment(firm: Firm, name: str) -> list[Route]:
    back = Draft(
        Type.ZP,
        "customer_payment",
        "P2P",
        "manual",
        (
            Line(BANK, DEBIT, Term.GROSS, text="incoming payment"),
            Line(PAYABLES, CREDIT, Term.GROSS, text="incoming payment"),
        ),
        settles=True,
        lag=1,
    )
    return [
        (
            _service(firm, name, at),
            (_bought(_cost()), _paid(days), _paid(days + 7), replace(back, after=days + 45)),
        )
        for at, days in enumerate(TERMS)
    ]


def _fictitious_sale(firm: Firm, name: str) -> list[Route]:
    def lines(side: int) -> tuple[Line, ...]:
        return (
            Line(RECEIVABLES, side, Term.GROSS, text="customer invoice"),
            Line(account(4000), -side, Term.NET, 0, text="sale"),
        )

    found: list[Route] = []
    for at, days in enumerate(TERMS):
        deal = Deal(firm.key(name), Law.AMOUNTS, partner=Partner.CUSTOMER, group=at, term=days)
        sold = Draft(Type.DR, "customer_invoice", "O2C", "manual", lines(DEBIT))
        undone = Draft(
            Type.DG, "credit_note", "O2C", "manual", lines(CREDIT), 10, Shift.NEXT_MONTH, settles=True
        )
        found.append((deal, (sold, undone)))
    return found


def _capitalised_expense(firm: Firm, name: str) -> list[Route]:
    return [
        (_service(firm, name, at), (_bought(_cost(account(1510))), _paid(days)))
        for at, days in enumerate(TERMS)
    ]


def _split_purchase(firm: Firm, name: str) -> list[Route]:
    """Three invoices of one vendor on three days, each just below what needs an approval."""
    found: list[Route] = []
    for at, days in enumerate(TERMS):
        invoices = [
            Draft(
                Type.KR,
                "service_invoice",
                "P2P",
                "manual",
                (
                    Line(account(6720), DEBIT, Term.NET, item, centre=1, text="service"),
                    Line(PAYABLES, CREDIT, Term.NET, item, text="vendor invoice"),
                ),
                item,
                lag=5,
            )
            for item in range(3)
        ]
        found.append((_service(firm, name, at, 3, THRESHOLD_LAW), (*invoices, _paid(days + 3))))
    return found


def _suspense_posting(firm: Firm, name: str) -> list[Route]:
    suspense = account(2950)
    parked = (
        Line(suspense, DEBIT, Term.NET, 0, text="card payment"),
        Line(BANK, CREDIT, Term.BEFORE_TAX, text="card payment"),
    )
    cleared = (
        Line(account(6910), DEBIT, Term.NET, 0, centre=1, text="card payment"),
        Line(suspense, CREDIT, Term.BEFORE_TAX, text="card payment"),
    )
    return [
        (
            Deal(firm.key(name), SMALL_LAW),
            (
                Draft(Type.ZP, "card_payment", "R2R", "manual", parked),
                Draft(Type.SA, "card_payment", "R2R", "adjustment", cleared, days),
            ),
        )
        for days in (40, 75, 130)
    ]


def _self_approved(firm: Firm, name: str, debit: int, credit: int, label: str) -> list[Route]:
    lines = (
        Line(account(debit), DEBIT, Term.NET, 0, centre=1, text=label.replace("_", " ")),
        Line(account(credit), CREDIT, Term.BEFORE_TAX, text=label.replace("_", " ")),
    )
    type_ = Type.ZP if credit == 1000 else Type.SA
    draft = Draft(type_, label, "R2R", "manual", lines, self_approved=True)
    return [(Deal(firm.key(name), Law.AMOUNTS), (draft,))]


def _accrual_not_reversed(firm: Firm, name: str) -> list[Route]:
    lines = (
        Line(-1 - ACCRUALS, DEBIT, Term.NET, 0, centre=1, text="accrual"),
        Line(account(2200), CREDIT, Term.BEFORE_TAX, text="accrual"),
    )
    return [(Deal(firm.key(name), Law.AMOUNTS + 1), (Draft(Type.SA, "accrual", "R2R", "adjustment", lines),))]


def _inflated_price(firm: Firm, name: str) -> list[Route]:
    found: list[Route] = []
    for at, variance in enumerate(_INFLATED):
        term = at % len(TERMS)
        deal = Deal(
            firm.key(name),
            Law.PURCHASE,
            variance=variance,
            materials=(0, firm.materials),
            lot=firm.lot,
            partner=Partner.VENDOR,
            group=term,
            term=TERMS[term],
        )
        received = item_lines([(INVENTORY, DEBIT), (RECEIVED, CREDIT)], Term.NET, [0], "goods received")
        invoiced = [
            *item_lines([(RECEIVED, DEBIT)], Term.NET, [0], "goods invoiced"),
            Line(account(5100), DEBIT, Term.VARIANCE, text="price difference"),
        ]
        goods = Draft(Type.WE, "goods_receipt", "P2P", "automated", tuple(received), 8)
        invoice = replace(_bought(invoiced, 12), label="vendor_invoice", source="automated")
        found.append((deal, (goods, invoice, _paid(12 + TERMS[term]))))
    return found


def _early_payment(firm: Firm, name: str) -> list[Route]:
    return [
        (_service(firm, name, at), (_bought(_cost()), _paid(1, Shift.WORKING))) for at in range(len(TERMS))
    ]


KINDS: dict[str, Kind] = {
    "duplicate_payment": Kind("error", 2, _duplicate_payment),
    "accrual_not_reversed": Kind("error", 2, _accrual_not_reversed),
    "fictitious_sale": Kind("fraud", 3, _fictitious_sale),
    "capitalised_expense": Kind("fraud", 3, _capitalised_expense),
    "split_purchase": Kind("fraud", 2, _split_purchase),
    "inflated_price": Kind("fraud", 3, _inflated_price),
    "unapproved_payment": Kind(
        "fraud", 3, lambda firm, name: _self_approved(firm, name, 6720, 1000, "card_payment")
    ),
    "self_approved_entry": Kind(
        "process", 2, lambda firm, name: _self_approved(firm, name, 6700, 2200, "accrual")
    ),
    "suspense_posting": Kind("process", 1, _suspense_posting),
    "early_payment": Kind("process", 1, _early_payment),
}


def anomalous(firm: Firm) -> list[Route]:
    """The ways of all kinds, each kind as often as any other."""
    by_kind = {name: kind.routes(firm, name) for name, kind in KINDS.items()}
    most = 12  # A multiple of all their numbers of ways.
    found: list[Route] = []
    for name, routes in by_kind.items():
        for at in range(most):
            deal, drafts = routes[at % len(routes)]
            found.append((deal, tuple(replace(draft, anomaly=name) for draft in drafts)))
    return found
