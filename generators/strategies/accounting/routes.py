"""The ways that a chain can go: what is ordered, delivered, invoiced, paid, and when.

The companies of a country have ROUTES ways for each flow. Each property is spread over them as evenly as it
can be, so that its share is what was asked for to half a way, and properties are unrelated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, TypeVar

import numpy as np

from synthmill.generators.kernels.ledger.postings import Law, Term
from synthmill.generators.kernels.mix import key, mix
from synthmill.generators.strategies.accounting.chart import (
    BANK,
    INVENTORY,
    PAYABLES,
    RECEIVABLES,
    RECEIVED,
    account,
)
from synthmill.generators.strategies.accounting.countries import Country
from synthmill.generators.strategies.accounting.forms import (
    ACCRUALS,
    CONTRACTS,
    CREDIT,
    DEBIT,
    SALES_ACCOUNTS,
    SERVICES,
    Deal,
    Draft,
    Line,
    Partner,
    Shift,
    Type,
)

T = TypeVar("T")

ROUTES = 160
TERMS = (14, 30, 60)
"""Days to pay; a partner has one of them."""
_SALE_TERMS, _PURCHASE_TERMS = (0.1, 0.4, 0.5), (0.35, 0.5, 0.15)
"""Shares of invoices to customers, and of those from vendors, with each of them."""
_ITEMS = ((0.85, 0.06, 0.055, 0.01, 0.015, 0.01), (0.24, 0.62, 0.03, 0.08, 0.01, 0.02))
"""Shares of orders with one item, two and so on, without tax and with it: most documents have an even
number of lines."""
_SERVICE_ITEMS = ((0.93, 0.02, 0.05), (0.3, 0.65, 0.05))
_DISCOUNT = 200
"""Two per cent, within ten days."""
_EVEN = 0.85
"""The share of customer invoices that have freight where that makes the number of their lines even."""
_VENDOR_DISCOUNTS = 0.12
_VARIANCES = 0.08
_UNTAXED_CONTRACTS = 0.75
"""Rent, insurance and leases of small companies bear no tax that could be deducted."""
_DELIVERY = (1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 11, 14)
_SECOND_LOT = (3, 5, 7, 10, 14)
_TO_INVOICE = (1, 1, 1, 1, 2, 2, 3)
_ON_TIME = (-6, -3, -2, -1, -1, 0, 0, 0, 0, 0, 1)
_LATE = (4, 6, 8, 11, 14, 18, 23, 30, 38, 50, 65)
_EARLY = (4, 6, 7, 8, 9, 10)
_RECEIPT = (4, 6, 8, 10, 12, 14, 16, 20, 25)
_INVOICED = (1, 1, 2, 2, 3, 4, 5, 7, 9)
_RETURNED = (5, 8, 12, 18)
_WRITTEN_OFF = (90, 105, 120, 150)


class Spread:
    """Properties of routes, each evenly spread over them in an order of its own."""

    def __init__(self, *place: object) -> None:
        self._place, self._number = place, count()

    def units(self) -> list[float]:
        """A number between 0 and 1 for each route: all (i + 1/2) / ROUTES, in some order."""
        seed, *place = self._place
        assert isinstance(seed, int)
        drawn = mix(key(seed, *map(str, place), str(next(self._number))), np.arange(ROUTES, dtype=np.uint64))
        found = np.empty(ROUTES)
        found[np.argsort(drawn, kind="stable")] = (np.arange(ROUTES) + 0.5) / ROUTES
        return [float(one) for one in found]

    def flags(self, share: float) -> list[bool]:
        return [unit < share for unit in self.units()]

    def choices(self, values: Sequence[T], shares: Sequence[float] | None = None) -> list[T]:
        edges = np.cumsum(shares or [1 / len(values)] * len(values))
        return [
            values[min(int(np.searchsorted(edges, one, side="right")), len(values) - 1)]
            for one in self.units()
        ]

    def by(
        self, flags: Sequence[bool], values: Sequence[T], shares: tuple[Sequence[float], Sequence[float]]
    ) -> list[T]:
        """Choices by the first shares where a flag is off, and by the second where it is on."""
        off, on = (self.choices(values, one) for one in shares)
        return [yes if flag else no for flag, no, yes in zip(flags, off, on, strict=True)]


@dataclass(frozen=True)
class Firm:
    """What the routes of all companies of a country follow from."""

    seed: int
    country: Country
    materials: int
    lot: int
    asked: Mapping[str, Any]
    """The strategy's parameters."""

    def spread(self, flow: str) -> Spread:
        return Spread(self.seed, "accounting", self.country.name, flow, "routes")

    def key(self, flow: str) -> int:
        """Of the chains of a flow. They are numbered across companies, so these need none of their own."""
        return chains_key(self.seed, flow)


def chains_key(seed: int, flow: str) -> int:
    return key(seed, "accounting", flow, "chains")


Route = tuple[Deal, tuple[Draft, ...]]


def item_lines(
    accounts: Sequence[tuple[int, int]], term: Term, items: Sequence[int], text: str, centre: int = 0
) -> list[Line]:
    return [Line(of, side, term, item, centre=centre, text=text) for item in items for of, side in accounts]


def sales(firm: Firm) -> list[Route]:
    """Order, delivery in one lot or two, invoice, and what the customer does then."""
    spread, asked, land = firm.spread("sales"), firm.asked, firm.country
    taxed, even = spread.flags(land.sales_taxed / 10_000), spread.flags(_EVEN)
    items = spread.by(taxed, range(1, 7), _ITEMS)
    outcomes = ("discount", "parts", "return", "bad", "late")
    shares = [
        asked[name] for name in ("cash_discounts", "partial_payments", "returns", "bad_debts", "late_payers")
    ]
    outcome = spread.choices((*outcomes, "paid"), [*shares, 1.0 - sum(shares)])
    two_lots = spread.flags(asked["partial_deliveries"])
    term = spread.choices(range(len(TERMS)), _SALE_TERMS)
    delivery, second, invoiced = map(spread.choices, (_DELIVERY, _SECOND_LOT, _TO_INVOICE))
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
            _DISCOUNT,
            part[at],
            freight=int(((number + taxed[at]) % 2 == 0) == even[at]),
            materials=(0, firm.materials),
            partner=Partner.CUSTOMER,
            group=term[at],
            term=TERMS[term[at]],
        )
        lots, ready = _deliveries(number, two_lots[at], delivery[at], second[at])
        ready += invoiced[at]
        due = ready + deal.term
        paid = {"late": late[at], "discount": early[at] - deal.term}.get(outcome[at], on_time[at])
        settled = _settled(
            deal, outcome[at], ready, due, max(ready + 1, due + paid), returned[at], written_off[at]
        )
        found.append((deal, (*lots, _invoice(deal, ready), *settled)))
    return found


def _deliveries(items: int, two: bool, first: int, second: int) -> tuple[list[Draft], int]:
    """Goods issues, and the day after which all is delivered."""
    sold = [(account(5000), DEBIT), (INVENTORY, CREDIT)]
    cuts = [range(items // 2), range(items // 2, items)] if two and items > 1 else [range(items)]
    days = [first, first + second][: len(cuts)]
    return [
        Draft(
            Type.WL,
            "goods_issue",
            "O2C",
            "automated",
            tuple(item_lines(sold, Term.COST, list(cut), "cost of goods")),
            after=day,
        )
        for cut, day in zip(cuts, days, strict=True)
    ], days[-1]


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


def purchases(firm: Firm) -> list[Route]:
    """Goods ordered, received in one lot or two, invoiced and paid with a payment run."""
    spread, land = firm.spread("purchases"), firm.country
    taxed = spread.flags(land.sales_taxed / 10_000)
    items = spread.by(taxed, range(1, 7), _ITEMS)
    two_lots = spread.flags(firm.asked["partial_deliveries"])
    term, discounts = spread.choices(range(len(TERMS)), _PURCHASE_TERMS), spread.flags(_VENDOR_DISCOUNTS)
    varies, size = spread.flags(_VARIANCES), spread.choices((-300, -120, 60, 100, 180, 250, 320, 450))
    receipt, second, invoiced = map(spread.choices, (_RECEIPT, _SECOND_LOT, _INVOICED))
    lag, late = spread.choices((1, 1, 2, 2, 3, 4, 6)), spread.choices((0, 0, 0, 0, 7, 14))
    found: list[Route] = []
    for at in range(ROUTES):
        deal = Deal(
            firm.key("purchases"),
            Law.PURCHASE,
            items[at],
            land.tax if taxed[at] else 0,
            _DISCOUNT,
            variance=size[at] if varies[at] else 0,
            materials=(0, firm.materials),
            lot=firm.lot,
            partner=Partner.VENDOR,
            group=term[at],
            term=TERMS[term[at]],
        )
        received = [(INVENTORY, DEBIT), (RECEIVED, CREDIT)]
        lots, ready = _deliveries(items[at], two_lots[at], receipt[at], second[at])
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
    term, discounts = spread.choices(range(len(TERMS)), _PURCHASE_TERMS), spread.flags(_VENDOR_DISCOUNTS / 3)
    lag, late = spread.choices((1, 2, 2, 3, 4, 6, 9)), spread.choices((0, 0, 0, 0, 7, 14))
    found: list[Route] = []
    for at in range(ROUTES):
        deal = Deal(
            firm.key("services"),
            Law.AMOUNTS,
            items[at],
            land.tax if taxed[at] else 0,
            _DISCOUNT,
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


FLOWS: dict[str, Callable[[Firm], list[Route]]] = {
    "sales": sales,
    "purchases": purchases,
    "services": services,
    "accruals": accruals,
    "contracts": contracts,
}
