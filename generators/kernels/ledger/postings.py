"""Lines of documents: each is a term of what its chain comes to, and every document balances by construction.

A chain (an order and all that follows) has a hash, and its items follow from that. A document is a list of
lines; a line names an account, a side and a term. All amounts are whole cents.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.mix import I64, U64, mix

MOST_ITEMS = 12
"""Of a chain."""
LAW_STEPS = 4_096
"""Steps of a law of amounts."""
REST = 0xFFFF
"""Where lines without an item have their random numbers: beyond all items and pairs."""
_TEN_THOUSAND = 10_000
_MILLION = 1_000_000


class Law(IntEnum):
    """What a chain's items are: things sold, things bought, or amounts of law `law - AMOUNTS`."""

    SALE = 0
    PURCHASE = 1
    AMOUNTS = 2


class Term(IntEnum):
    """What a line's amount is of its chain. A gross is items, freight, variance and their tax."""

    LITERAL = 0
    NET = 1
    COST = 2
    FREIGHT = 3
    TAX = 4
    GROSS = 5
    FIRST_PART = 6
    SECOND_PART = 7
    GROSS_LESS_DISCOUNT = 8
    DISCOUNT_NET = 9
    DISCOUNT_TAX = 10
    RETURN_NET = 11
    RETURN_TAX = 12
    RETURN_GROSS = 13
    GROSS_LESS_RETURN = 14
    RETURN_COST = 15
    VARIANCE = 16
    PAIR = 17
    """An amount of its own, which another line of the same number sets off."""
    BEFORE_TAX = 18


class Forms(NamedTuple):
    """Kinds of documents, of shape (forms,) each: what all documents at one place of one route share."""

    key: U64
    law: I64
    items: I64
    tax: I64
    """All rates in hundredths of a per cent."""
    discount: I64
    part: I64
    """The first payment's share."""
    variance: I64
    """Of the invoice against the order."""
    freight: I64
    """1 where the invoice has freight."""
    first_line: I64
    """Where its lines begin among the templates."""
    first_material: I64
    materials: I64
    lot: I64
    """Hundredths of a unit that a purchase buys for each that a sale would sell."""


class Lines(NamedTuple):
    """Templates of lines, of shape (templates,) each."""

    account: I64
    """An account; or -1 - c: one of the choice c, by the item."""
    side: I64
    """1 is debit, -1 is credit."""
    term: I64
    item: I64
    """The item's number, or that of a pair; REST where a line has none."""
    amount: I64
    """Of a literal."""
    centre: I64
    """1 where the line has a cost centre, by the item; 0 where it has none; -1 - c is cost centre c."""


class Facts(NamedTuple):
    """What amounts are looked up in."""

    cost: I64
    """Of a unit of each material."""
    price: I64
    quantities: I64
    """256 quantities, equally likely."""
    rebates: I64
    """256 rebates in hundredths of a per cent, equally likely."""
    laws: I64
    """Quantile functions of amounts, LAW_STEPS + 1 values each, one after the other."""
    choice_start: I64
    choice_count: I64
    choices: I64
    """Accounts to choose among."""
    centres: int


class Posted(NamedTuple):
    """Of shape (lines,) each."""

    account: I64
    amount: I64
    """Debits are positive. In cents of the company's currency."""
    group: I64
    """The same in the group's currency."""
    material: I64
    """-1 where there is none."""
    quantity: I64
    centre: I64
    """-1 where there is none."""


@Twin
def postings(
    forms: Forms, lines: Lines, facts: Facts, counts: I64, rate: I64, form: I64, chain: U64
) -> Posted:
    """All lines of documents, one after the other.

    `form` and `chain` say what each document is, `counts` has how many lines each form has, and `rate` what a
    unit of its currency is worth in the group's, in millionths. A document's lines in the group's currency
    are the differences of the rounded sums so far, so that they balance, too.
    """
    of = _taken(forms, form)
    keys = mix(of.key, chain)
    sums = _sums(of, facts, keys)
    size = counts[form]
    starts = np.cumsum(size) - size
    document = np.repeat(np.arange(len(form)), size)
    template = of.first_line[document] + np.arange(len(document)) - starts[document]
    line = Lines(*(one[template] for one in lines))
    u = mix(keys[document], line.item.view(np.uint64))
    net, cost, material, quantity = _items(_taken(of, document), facts, u)
    terms = np.stack([line.amount, net, cost, *(one[document] for one in sums)])
    # Pairs are nets of their own number, so that BEFORE_TAX has the row that would be theirs.
    place = np.where(line.term == Term.PAIR, Term.NET, line.term)
    place = np.where(line.term == Term.BEFORE_TAX, Term.PAIR, place)
    amount = terms[place, np.arange(len(place))] * line.side
    account = _accounts(line.account, facts, material, u)
    centre = np.where(line.centre == 1, (u & np.uint64(0xFF)).view(np.int64) % facts.centres, -1)
    centre = np.where(line.centre < 0, -1 - line.centre, centre)
    itemised = ((line.term == Term.NET) | (line.term == Term.COST)) & (of.law[document] < Law.AMOUNTS)
    running = np.cumsum(amount)
    # Documents balance, so the sum so far of all lines is that of the document's own.
    worth = _rounded(running, rate[document])
    before = _rounded(running - amount, rate[document])
    return Posted(
        account,
        amount,
        worth - before,
        np.where(itemised, material, -1),
        np.where(itemised, quantity, 0),
        centre,
    )


def _taken(forms: Forms, places: I64) -> Forms:
    return Forms(forms.key[places], *(one[places] for one in forms[1:]))


def _rounded(amount: I64, rate: I64) -> I64:
    """The amount in another currency, halves upwards."""
    found: I64 = (amount * rate + _MILLION // 2) // _MILLION
    return found


def _share(amount: I64, rate: I64) -> I64:
    found: I64 = (amount * rate + _TEN_THOUSAND // 2) // _TEN_THOUSAND
    return found


def _items(of: Forms, facts: Facts, u: U64) -> tuple[I64, I64, I64, I64]:
    """Net, cost, material and quantity of items with these random numbers; a law's amounts have no goods."""
    high = (u >> np.uint64(40)).view(np.int64)
    material = of.first_material + ((high * high >> 24) * of.materials >> 24)
    unit = (u >> np.uint64(32) & np.uint64(0xFF)).view(np.int64)
    bought = np.maximum(1, (facts.quantities[unit] * of.lot + 50) // 100)
    quantity = np.where(of.law == Law.PURCHASE, bought, facts.quantities[unit])
    rebate = facts.rebates[(u >> np.uint64(24) & np.uint64(0xFF)).view(np.int64)]
    cost = facts.cost[material] * quantity
    price = (facts.price[material] * (_TEN_THOUSAND - rebate) + _TEN_THOUSAND // 2) // _TEN_THOUSAND
    law = np.maximum(of.law - Law.AMOUNTS, 0) * (LAW_STEPS + 1)
    step = (u >> np.uint64(52)).view(np.int64)
    low, after = facts.laws[law + step], facts.laws[law + step + 1]
    drawn = low + ((after - low) * (u >> np.uint64(40) & np.uint64(0xFFF)).view(np.int64) >> 12)
    whole = (u >> np.uint64(8) & np.uint64(0xFF)).view(np.int64) < 64
    drawn = np.where(whole & (drawn >= 1_000), drawn // 100 * 100, drawn)
    net = np.where(of.law == Law.SALE, price * quantity, np.where(of.law == Law.PURCHASE, cost, drawn))
    of_goods = of.law < Law.AMOUNTS
    return net, cost * of_goods, material * of_goods, quantity * of_goods


def _sums(of: Forms, facts: Facts, keys: U64) -> tuple[I64, ...]:
    """The terms from FREIGHT to VARIANCE in their order, and then BEFORE_TAX."""
    total = np.zeros(len(keys), np.int64)
    first_net = first_cost = total
    for item in range(int(of.items.max(initial=0))):
        net, cost, _, _ = _items(of, facts, mix(keys, np.full(len(keys), item, np.uint64)))
        if item == 0:
            first_net, first_cost = net, cost
        total = total + np.where(item < of.items, net, 0)
    variance = total * of.variance // _TEN_THOUSAND
    freight = of.freight * (total // 4_000 * 100 + 1_500)
    before_tax = total + variance + freight
    tax = _share(before_tax, of.tax)
    gross = before_tax + tax
    part = gross * of.part // _TEN_THOUSAND
    discount = _share(gross, of.discount)
    with_tax = _TEN_THOUSAND + of.tax
    discount_tax = (discount * of.tax + with_tax // 2) // with_tax
    return_tax = _share(first_net, of.tax)
    returned = first_net + return_tax
    return (
        freight,
        tax,
        gross,
        part,
        gross - part,
        gross - discount,
        discount - discount_tax,
        discount_tax,
        first_net,
        return_tax,
        returned,
        gross - returned,
        first_cost,
        variance,
        before_tax,
    )


def _accounts(account: I64, facts: Facts, material: I64, u: U64) -> I64:
    """Choice 0 follows the material, others the item's random number."""
    choice = np.maximum(-1 - account, 0)
    by = np.where(choice == 0, material, (u >> np.uint64(16) & np.uint64(0xFF)).view(np.int64))
    found = facts.choices[facts.choice_start[choice] + by % facts.choice_count[choice]]
    return np.where(account < 0, found, account)
