"""Forms in the making: documents at one place of a route, with the lines that each of them has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from synthmill.generators.kernels.ledger.postings import MOST_ITEMS, REST, Forms, Lines, Term
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.chart import PAYABLES, RECEIVABLES

DEBIT, CREDIT = 1, -1
SALES_ACCOUNTS, SERVICES, ACCRUALS, CONTRACTS, CLAIMS = range(5)
"""Choices of accounts, in the order of `choices` in `facts`."""


class Type(IntEnum):
    """A document's type: each has a range of numbers of its own in every company and year."""

    SA = 0
    """General ledger."""
    AF = 1
    """Depreciation."""
    PR = 2
    """Payroll."""
    WL = 3
    """Goods issue."""
    WE = 4
    """Goods receipt."""
    DR = 5
    """Customer invoice."""
    DG = 6
    """Customer credit note."""
    DZ = 7
    """Customer payment."""
    KR = 8
    """Vendor invoice."""
    KZ = 9
    """Vendor payment."""
    SB = 10
    """Reversal."""
    ZP = 11
    """Bank."""
    IC = 12
    """Charge between companies of the group."""
    IP = 13
    """Payment of it."""


TYPES = len(Type)


class Partner(IntEnum):
    NONE = 0
    CUSTOMER = 1
    VENDOR = 2


class Shift(IntEnum):
    """To which day a document is put off."""

    WORKING = 0
    PAYING = 1
    """The next payment run."""
    NEXT_MONTH = 2
    """The first working day of the month after."""


MANUAL = ("manual", "adjustment")
"""Sources of documents that somebody enters, and another approves."""


class Favoured(IntEnum):
    """Whose a document is among the partners of its chain's company and term."""

    OWN = 0
    NEXT = 1
    """The one after the chain's own."""
    FIRST = 2
    LAST = 3


class Hours(IntEnum):
    """When a document is entered."""

    OFFICE = 0
    NIGHT = 1
    WEEKEND = 2
    """On the Saturday after its posting."""


@dataclass(frozen=True)
class Line:
    account: int
    side: int
    term: Term
    item: int = REST
    amount: int = 0
    centre: int = 0
    text: str = ""


@dataclass(frozen=True)
class Draft:
    """A form, and its lines."""

    type: Type
    label: str
    """What its header's text is about: a rule of the grammar."""
    process: str
    source: str
    lines: tuple[Line, ...]
    after: int = 0
    """Calendar days from the chain's first day, before it is put off."""
    shift: Shift = Shift.WORKING
    settles: bool = False
    """Whether it settles the chain's invoice: the last that does clears all lines of the control account."""
    lag: int = 0
    """Days that the document's own date lies before its posting."""
    entered: int = 0
    """Days after its posting that it is entered."""
    self_approved: bool = False
    """Whether who entered it approved it, too."""
    unapproved: bool = False
    """Whether nobody approved it, though it was entered by hand."""
    outsider: bool = False
    """Whether somebody entered it who enters nothing else."""
    earlier: int = 0
    """Days more that its own date lies before its posting."""
    hours: Hours = Hours.OFFICE
    partner: Favoured = Favoured.OWN
    anomaly: str = ""
    """The kind of anomaly that it is part of."""
    altered: bool = False
    """Whether it is itself other than it should be, not only of a chain of which another is."""


@dataclass(frozen=True)
class Deal:
    """What the documents of one route share; see `postings.Forms`."""

    key: int
    law: int
    items: int = 1
    tax: int = 0
    discount: int = 0
    part: int = 0
    variance: int = 0
    freight: int = 0
    materials: tuple[int, int] = (0, 1)
    lot: int = 100
    partner: Partner = Partner.NONE
    group: int = 0
    """Which of its company's partners: those with this term of payment."""
    term: int = 0
    """Days to pay."""
    affiliate: int = 0
    """1: of a charge to the group's next company, -1: of one by the company before; amounts are in the
    group's currency."""


@dataclass
class Drafts:
    """Routes, one after the other, turned into arrays at the end."""

    drafts: list[Draft] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    """Of a document within its route."""
    clearing: list[int] = field(default_factory=list)
    """The form that clears the control account's lines; -1 where none does."""
    matching: list[int] = field(default_factory=list)
    """The form that clears what was received without an invoice."""
    ends: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    """Of each form's route the first form, and that after the last."""

    def add(self, deal: Deal, drafts: Sequence[Draft]) -> tuple[int, int]:
        """A route: the places of its forms, from the first to before the last."""
        assert deal.items <= MOST_ITEMS
        first = len(self.drafts)
        settling = [first + at for at, one in enumerate(drafts) if one.settles]
        invoices = [first + at for at, one in enumerate(drafts) if one.type == Type.KR]
        for at, draft in enumerate(drafts):
            self.drafts.append(draft)
            self.deals.append(deal)
            self.place.append(at)
            self.ends[0].append(first)
            self.ends[1].append(first + len(drafts))
            self.clearing.append(settling[-1] if settling else -1)
            self.matching.append(invoices[-1] if invoices else -1)
        return first, len(self.drafts)

    def arrays(self) -> tuple[Forms, Lines, I64]:
        """Forms, lines, and how many lines each form has."""
        counts = np.array([len(draft.lines) for draft in self.drafts], np.int64)
        lines = [line for draft in self.drafts for line in draft.lines]
        deals = self.deals
        forms = Forms(
            np.array([deal.key for deal in deals], np.uint64),
            _numbers([deal.law for deal in deals]),
            _numbers([deal.items for deal in deals]),
            _numbers([deal.tax for deal in deals]),
            _numbers([deal.discount for deal in deals]),
            _numbers([deal.part for deal in deals]),
            _numbers([deal.variance for deal in deals]),
            _numbers([deal.freight for deal in deals]),
            np.cumsum(counts) - counts,
            _numbers([deal.materials[0] for deal in deals]),
            _numbers([deal.materials[1] for deal in deals]),
            _numbers([deal.lot for deal in deals]),
        )
        made = Lines(*(_numbers([int(getattr(line, name)) for line in lines]) for name in Lines._fields))
        return forms, made, counts


def is_control(account: int) -> bool:
    """Whether each line of the account has a customer or a vendor."""
    return account in (RECEIVABLES, PAYABLES)


def _numbers(values: Sequence[int]) -> I64:
    return np.array(values, np.int64)
