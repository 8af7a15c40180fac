"""See `synthmill.generators.kernels.ledger.postings`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.ledger.postings import LAW_STEPS, Facts, Forms, Law, Lines, Posted, Term
from synthmill.generators.kernels.mix import I64, U64

_S40, _S32, _S24, _S16, _S8, _S52 = (np.uint64(bits) for bits in (40, 32, 24, 16, 8, 52))
_BYTE, _TWELVE = np.uint64(0xFF), np.uint64(0xFFF)
_SALE, _PURCHASE, _AMOUNTS = int(Law.SALE), int(Law.PURCHASE), int(Law.AMOUNTS)
_LITERAL, _NET, _COST, _PAIR, _BEFORE_TAX = (
    int(one) for one in (Term.LITERAL, Term.NET, Term.COST, Term.PAIR, Term.BEFORE_TAX)
)
_STEPS = LAW_STEPS + 1
_ARRAYS = "int64[::1]"
_FORMS = f"Tuple((uint64[::1], {', '.join([_ARRAYS] * 11)}))"
_FACTS = f"Tuple(({', '.join([_ARRAYS] * 8)}, int64))"


@inlined
def _item(law, first, materials, lot, facts, u):  # type: ignore[no-untyped-def]
    """Net, cost, material and quantity."""
    high = np.int64(u >> _S40)
    material = first + (((high * high) >> 24) * materials >> 24)
    quantity = facts[2][np.int64((u >> _S32) & _BYTE)]
    if law >= _AMOUNTS:
        place = (law - _AMOUNTS) * _STEPS + np.int64(u >> _S52)
        low = facts[4][place]
        drawn = low + ((facts[4][place + 1] - low) * np.int64((u >> _S40) & _TWELVE) >> 12)
        if np.int64((u >> _S8) & _BYTE) < 64 and drawn >= 1000:
            drawn = drawn // 100 * 100
        return drawn, facts[0][material] * quantity, material, quantity
    if law == _PURCHASE:
        quantity = max(1, (quantity * lot + 50) // 100)
        cost = facts[0][material] * quantity
        return cost, cost, material, quantity
    rebate = facts[3][np.int64((u >> _S24) & _BYTE)]
    price = (facts[1][material] * (10_000 - rebate) + 5_000) // 10_000
    return price * quantity, facts[0][material] * quantity, material, quantity


@inlined
def _fill_sums(sums, forms, form, facts, key):  # type: ignore[no-untyped-def]
    """The terms from FREIGHT on, at their own places; BEFORE_TAX's too."""
    law, tax = forms[1][form], forms[3][form]
    first, materials, lot = forms[9][form], forms[10][form], forms[11][form]
    total, first_net, first_cost = np.int64(0), np.int64(0), np.int64(0)
    for item in range(forms[2][form]):
        net, cost, _, _ = _item(law, first, materials, lot, facts, mixed(key, np.uint64(item)))
        if item == 0:
            first_net, first_cost = net, cost
        total += net
    variance = total * forms[6][form] // 10_000
    freight = forms[7][form] * (total // 4_000 * 100 + 1_500)
    before_tax = total + variance + freight
    value = (before_tax * tax + 5_000) // 10_000
    gross = before_tax + value
    part = gross * forms[5][form] // 10_000
    discount = (gross * forms[4][form] + 5_000) // 10_000
    with_tax = 10_000 + tax
    discount_tax = (discount * tax + with_tax // 2) // with_tax
    return_tax = (first_net * tax + 5_000) // 10_000
    returned = first_net + return_tax
    sums[3], sums[4], sums[5], sums[6], sums[7] = freight, value, gross, part, gross - part
    sums[8], sums[9], sums[10] = gross - discount, discount - discount_tax, discount_tax
    sums[11], sums[12], sums[13] = first_net, return_tax, returned
    sums[14], sums[15], sums[16] = gross - returned, first_cost, variance
    sums[18] = before_tax


@kernel(
    f"void({_FORMS}, UniTuple({_ARRAYS}, 6), {_FACTS}, {_ARRAYS}, {_ARRAYS}, {_ARRAYS}, uint64[::1],"
    f" UniTuple({_ARRAYS}, 6))"
)
def _postings(forms, lines, facts, counts, rate, form, chain, out):  # type: ignore[no-untyped-def]
    sums = np.zeros(20, np.int64)
    at = 0
    for document in range(len(form)):
        own = form[document]
        key = mixed(forms[0][own], chain[document])
        law, first, materials, lot = forms[1][own], forms[9][own], forms[10][own], forms[11][own]
        worth_of = rate[document]
        _fill_sums(sums, forms, own, facts, key)
        running, before = np.int64(0), np.int64(0)
        for template in range(forms[8][own], forms[8][own] + counts[own]):
            term, account, centre = lines[2][template], lines[0][template], lines[5][template]
            of_item = term in (_NET, _PAIR, _COST)
            u, material, quantity = np.uint64(0), np.int64(0), np.int64(0)
            if of_item or account < 0 or centre == 1:
                u = mixed(key, np.uint64(lines[3][template]))
                net, cost, material, quantity = _item(law, first, materials, lot, facts, u)
                amount = cost if term == _COST else net
            if term == _LITERAL:
                amount = lines[4][template]
            elif not of_item:
                amount = sums[term]
            amount *= lines[1][template]
            if account < 0:
                choice = -1 - account
                by = material if choice == 0 else np.int64((u >> _S16) & _BYTE)
                account = facts[7][facts[5][choice] + by % facts[6][choice]]
            running += amount
            worth = (running * worth_of + 500_000) // 1_000_000
            itemised = term in (_NET, _COST) and law < _AMOUNTS
            out[0][at] = account
            out[1][at] = amount
            out[2][at] = worth - before
            out[3][at] = material if itemised else -1
            out[4][at] = quantity if itemised else 0
            if centre == 1:
                out[5][at] = np.int64(u & _BYTE) % facts[8]
            else:
                out[5][at] = -1 - centre if centre < 0 else -1
            before = worth
            at += 1


def postings(
    forms: Forms, lines: Lines, facts: Facts, counts: I64, rate: I64, form: I64, chain: U64
) -> Posted:
    form = np.ascontiguousarray(form)
    size = int(counts[form].sum())
    out = tuple(np.empty(size, np.int64) for _ in Posted._fields)
    given = tuple(forms), tuple(lines), tuple(facts)
    _postings(*given, counts, np.ascontiguousarray(rate), form, np.ascontiguousarray(chain), out)
    return Posted(*out)


@kernel(f"{_ARRAYS}({_ARRAYS}, {_ARRAYS})")
def _numbered(before, key):  # type: ignore[no-untyped-def]
    reached = before.copy()
    numbers = np.empty(len(key), np.int64)
    for i in range(len(key)):
        numbers[i] = reached[key[i]]
        reached[key[i]] += 1
    return numbers


def numbered(before: I64, key: I64) -> I64:
    found: I64 = _numbered(np.ascontiguousarray(before), np.ascontiguousarray(key))
    return found
