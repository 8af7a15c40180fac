"""Purchases: goods and services, from the receipt or invoice to the payment."""

from __future__ import annotations

from dataclasses import replace

from synthmill.generators.kernels.ledger.postings import Law, Term
from synthmill.generators.strategies.accounting.chart import BANK, INVENTORY, PAYABLES, RECEIVED, account
from synthmill.generators.strategies.accounting.ways.forms import (
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

_TERM_SHARES = (0.35, 0.5, 0.15)
"""Of invoices, by TERMS."""
_SERVICE_ITEMS = ((0.93, 0.02, 0.05), (0.3, 0.65, 0.05))
_VENDOR_DISCOUNTS = 0.12
_VARIANCES = 0.08
_RECEIPT = (4, 6, 8, 10, 12, 14, 16, 20, 25)
_INVOICED = (1, 1, 2, 2, 3, 4, 5, 7, 9)


def purchases(firm: Firm) -> list[Route]:
    """Goods ordered, received in one lot or two, invoiced and paid with a payment run."""
    spread, land = firm.spread("purchases"), firm.country
    taxed = spread.flags(land.sales_taxed / 10_000)
    items = spread.by(taxed, range(1, 7), ITEMS)
    two_lots = spread.flags(firm.asked["partial_deliveries"])
    term, discounts = spread.choices(range(len(TERMS)), _TERM_SHARES), spread.flags(_VENDOR_DISCOUNTS)
    varies, size = spread.flags(_VARIANCES), spread.choices((-300, -120, 60, 100, 180, 250, 320, 450))
    receipt, second, invoiced = map(spread.choices, (_RECEIPT, SECOND_LOT, _INVOICED))
    lag, late = spread.choices((1, 1, 2, 2, 3, 4, 6)), spread.choices((0, 0, 0, 0, 7, 14))
    found: list[Route] = []
    for at in range(ROUTES):
        deal = Deal(
            firm.key("purchases"),
            Law.PURCHASE,
            items[at],
            land.tax if taxed[at] else 0,
            DISCOUNT,
            variance=size[at] if varies[at] else 0,
            materials=(0, firm.materials),
            lot=firm.lot,
            partner=Partner.VENDOR,
            group=term[at],
            term=TERMS[term[at]],
        )
        received = [(INVENTORY, DEBIT), (RECEIVED, CREDIT)]
        lots, ready = deliveries(items[at], two_lots[at], receipt[at], second[at])
        lots = [
            replace(
                lot,
                type=Type.WE,
                label="goods_receipt",
                process="P2P",
                lines=tuple(
                    item_lines(received, Term.NET, [one.item for one in lot.lines[::2]], "goods received")
                ),
            )
            for lot in lots
        ]
        ready += invoiced[at]
        lines = item_lines([(RECEIVED, DEBIT)], Term.NET, range(items[at]), "goods invoiced")
        if deal.variance:
            lines.append(Line(account(5100), DEBIT, Term.VARIANCE, text="price difference"))
        invoice = _vendor_invoice(deal, lines, "vendor_invoice", ready, lag[at])
        found.append((deal, (*lots, invoice, _vendor_payment(deal, ready, discounts[at], late[at]))))
    return found


def services(firm: Firm) -> list[Route]:
    """Services and supplies without goods in stock: invoiced and paid."""
    spread, land = firm.spread("services"), firm.country
    taxed = spread.flags(land.sales_taxed / 10_000 * 0.8)
    items = spread.by(taxed, range(1, 4), _SERVICE_ITEMS)
    term, discounts = spread.choices(range(len(TERMS)), _TERM_SHARES), spread.flags(_VENDOR_DISCOUNTS / 3)
    lag, late = spread.choices((1, 2, 2, 3, 4, 6, 9)), spread.choices((0, 0, 0, 0, 7, 14))
    found: list[Route] = []
    for at in range(ROUTES):
        deal = Deal(
            firm.key("services"),
            Law.AMOUNTS,
            items[at],
            land.tax if taxed[at] else 0,
            DISCOUNT,
            partner=Partner.VENDOR,
            group=len(TERMS) + term[at],
            term=TERMS[term[at]],
        )
        lines = item_lines([(-1 - SERVICES, DEBIT)], Term.NET, range(items[at]), "service", centre=1)
        invoice = _vendor_invoice(deal, lines, "service_invoice", 0, lag[at])
        found.append((deal, (invoice, _vendor_payment(deal, 0, discounts[at], late[at]))))
    return found


def _vendor_invoice(deal: Deal, lines: list[Line], label: str, after: int, lag: int) -> Draft:
    if deal.tax:
        lines.append(Line(account(1160), DEBIT, Term.TAX, text="input tax"))
    lines.append(Line(PAYABLES, CREDIT, Term.GROSS, text="vendor invoice"))
    source = "automated" if label == "vendor_invoice" else "manual"
    return Draft(Type.KR, label, "P2P", source, tuple(lines), after, lag=lag)


def _vendor_payment(deal: Deal, ready: int, discount: bool, late: int) -> Draft:
    lines = [Line(PAYABLES, DEBIT, Term.GROSS, text="outgoing payment")]
    if discount:
        lines.append(Line(BANK, CREDIT, Term.GROSS_LESS_DISCOUNT, text="outgoing payment"))
        lines.append(Line(account(5300), CREDIT, Term.DISCOUNT_NET, text="discount received"))
        if deal.tax:
            lines.append(Line(account(1160), CREDIT, Term.DISCOUNT_TAX, text="tax on the discount"))
    else:
        lines.append(Line(BANK, CREDIT, Term.GROSS, text="outgoing payment"))
    # Three days before the ten of the discount are over, so that the run comes in time.
    day = ready + 3 if discount else ready + max(1, deal.term - 3 + late)
    return Draft(Type.KZ, "vendor_payment", "P2P", "automated", tuple(lines), day, Shift.PAYING, settles=True)
