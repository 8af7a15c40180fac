"""Sales: order, delivery, invoice, and what the customer does then."""

from __future__ import annotations

from collections.abc import Sequence

from synthmill.generators.kernels.ledger.postings import Law, Term
from synthmill.generators.strategies.accounting.chart import BANK, INVENTORY, RECEIVABLES, account
from synthmill.generators.strategies.accounting.ways.forms import (
    CREDIT,
    DEBIT,
    SALES_ACCOUNTS,
    Deal,
    Draft,
    Line,
    Partner,
    Type,
)
from synthmill.generators.strategies.accounting.ways.routes import (
    DISCOUNT,
    ITEMS,
    ROUTES,
    SECOND_LOT,
    TERMS,
    Firm,
    Route,
    deliveries,
    item_lines,
)

_TERM_SHARES = (0.1, 0.4, 0.5)
"""Of invoices, by TERMS."""
_EVEN = 0.85
"""The share of customer invoices that have freight where that makes the number of their lines even."""
_DELIVERY = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 11, 14)
_TO_INVOICE = (1, 1, 1, 1, 2, 2, 3)
_ON_TIME = (-6, -3, -2, -1, -1, 0, 0, 0, 0, 0, 1)
_LATE = (4, 6, 8, 11, 14, 18, 23, 30, 38, 50, 65)
_EARLY = (4, 6, 7, 8, 9, 10)
_RETURNED = (5, 8, 12, 18)
_WRITTEN_OFF = (90, 105, 120, 150)
_OUTCOMES = {
    "bad": "bad_debts",
    "return": "returns",
    "parts": "partial_payments",
    "discount": "cash_discounts",
    "late": "late_payers",
}
"""What becomes of invoices, and the parameter that says how often."""


def sales(firm: Firm) -> list[Route]:
    """Order, delivery in one lot or two, invoice, and what the customer does then."""
    spread, asked, land = firm.spread("sales"), firm.asked, firm.country
    taxed, even = spread.flags(land.sales_taxed / 10_000), spread.flags(_EVEN)
    items = spread.by(taxed, range(1, 7), ITEMS)
    outcome = spread.taken({name: asked[of] for name, of in _OUTCOMES.items()}, "paid")
    two_lots = spread.flags(asked["partial_deliveries"])
    term = spread.choices(range(len(TERMS)), _TERM_SHARES)
    delivery, second, invoiced = map(spread.choices, (_DELIVERY, SECOND_LOT, _TO_INVOICE))
    on_time, late, early = map(spread.choices, (_ON_TIME, _LATE, _EARLY))
    returned, written_off = map(spread.choices, (_RETURNED, _WRITTEN_OFF))
    part = spread.choices((3_000, 5_000, 5_000, 6_000, 8_000))
    found: list[Route] = []
    for at in range(ROUTES):
        # What is sent back is one item of several.
        number = max(2, items[at]) if outcome[at] == "return" else items[at]
        deal = Deal(
            firm.key("sales"),
            Law.SALE,
            number,
            land.tax if taxed[at] else 0,
            DISCOUNT,
            part[at],
            freight=int(((number + taxed[at]) % 2 == 0) == even[at]),
            materials=(0, firm.materials),
            partner=Partner.CUSTOMER,
            group=term[at],
            term=TERMS[term[at]],
        )
        lots, ready = deliveries(number, two_lots[at], delivery[at], second[at])
        ready += invoiced[at]
        due = ready + deal.term
        paid = {"late": late[at], "discount": early[at] - deal.term}.get(outcome[at], on_time[at])
        settled = _settled(
            deal, outcome[at], ready, due, max(ready + 1, due + paid), returned[at], written_off[at]
        )
        found.append((deal, (*lots, _invoice(deal, ready), *settled)))
    return found


def _invoice(deal: Deal, after: int) -> Draft:
    lines = [Line(RECEIVABLES, DEBIT, Term.GROSS, text="customer invoice")]
    lines += item_lines([(-1 - SALES_ACCOUNTS, CREDIT)], Term.NET, range(deal.items), "sale")
    if deal.freight:
        lines.append(Line(account(4200), CREDIT, Term.FREIGHT, text="freight"))
    if deal.tax:
        lines.append(Line(account(2100), CREDIT, Term.TAX, text="output tax"))
    return Draft(Type.DR, "customer_invoice", "O2C", "automated", tuple(lines), after=after)


def _settled(
    deal: Deal, outcome: str, ready: int, due: int, paid: int, returned: int, written_off: int
) -> list[Draft]:
    """What becomes of an invoice that is sent on the day `ready`."""

    def payment(day: int, term: Term, extra: Sequence[Line] = (), full: Term | None = None) -> Draft:
        bank = Line(BANK, DEBIT, term, text="incoming payment")
        open_item = Line(RECEIVABLES, CREDIT, full or term, text="incoming payment")
        return Draft(
            Type.DZ,
            "customer_payment",
            "O2C",
            "automated",
            (bank, *extra, open_item),
            day,
            settles=True,
            lag=1,
        )

    if outcome == "discount":
        extra = [Line(account(4300), DEBIT, Term.DISCOUNT_NET, text="discount taken")]
        if deal.tax:
            extra.append(Line(account(2100), DEBIT, Term.DISCOUNT_TAX, text="tax on the discount"))
        return [payment(paid, Term.GROSS_LESS_DISCOUNT, extra, Term.GROSS)]
    if outcome == "parts":
        return [payment(paid, Term.FIRST_PART), payment(paid + 21, Term.SECOND_PART)]
    if outcome == "return":
        return [
            *_returned(deal, ready + returned),
            payment(max(paid, ready + returned + 3), Term.GROSS_LESS_RETURN),
        ]
    if outcome == "bad":
        lost = [Line(account(6800), DEBIT, Term.BEFORE_TAX, text="written off", centre=1)]
        if deal.tax:
            lost.append(Line(account(2100), DEBIT, Term.TAX, text="tax on the write-off"))
        lost.append(Line(RECEIVABLES, CREDIT, Term.GROSS, text="written off"))
        return [
            Draft(
                Type.SA, "write_off", "O2C", "manual", tuple(lost), due + written_off, settles=True, entered=1
            )
        ]
    return [payment(paid, Term.GROSS)]


def _returned(deal: Deal, day: int) -> list[Draft]:
    credit = [Line(account(4310), DEBIT, Term.RETURN_NET, text="returned goods")]
    if deal.tax:
        credit.append(Line(account(2100), DEBIT, Term.RETURN_TAX, text="tax on the credit note"))
    credit.append(Line(RECEIVABLES, CREDIT, Term.RETURN_GROSS, text="credit note"))
    back = (
        Line(INVENTORY, DEBIT, Term.COST, 0, text="returned goods"),
        Line(account(5000), CREDIT, Term.COST, 0, text="returned goods"),
    )
    return [
        Draft(Type.WL, "goods_return", "O2C", "automated", back, day),
        Draft(Type.DG, "credit_note", "O2C", "manual", tuple(credit), day + 2),
    ]
