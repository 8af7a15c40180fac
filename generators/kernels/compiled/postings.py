"""See `synthmill.generators.kernels.ledger.postings`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.ledger.postings import LAW_STEPS, Facts, Forms, Law, Lines, Posted, Term
from synthmill.generators.kernels.mix import I64, U64

_S40, _S32, _S24, _S16, _S8, _S52 = (np.uint64(bits) for bits in (40, 32, 24, 16, 8, 52))
_BYTE, _TWELVE, _WHOLE, _ONE = (np.uint64(one) for one in (0xFF, 0xFFF, 64, 1))
_SALE, _PURCHASE, _AMOUNTS = int(Law.SALE), int(Law.PURCHASE), int(Law.AMOUNTS)
_LITERAL, _NET, _COST, _PAIR, _BEFORE_TAX = (
    int(one) for one in (Term.LITERAL, Term.NET, Term.COST, Term.PAIR, Term.BEFORE_TAX)
)
_STEPS = LAW_STEPS + 1
_ARRAYS = "int64[::1]"
_FORMS = f"Tuple((uint64[::1], {', '.join([_ARRAYS] * 11)}))"
_FACTS = f"Tuple(({', '.join([_ARRAYS] * 8)}, int64))"


# Arrays are taken out of their tuples once: each time costs a count of who holds them.


@inlined
def _item(law, first, materials, lot, costs, prices, quantities, rebates, laws, u):  # type: ignore[no-untyped-def]
    """Net, cost, material and quantity; amounts of a law are of no material."""
    if law >= _AMOUNTS:
        place = np.uint64((law - _AMOUNTS) * _STEPS) + (u >> _S52)
        low = laws[place]
        drawn = low + ((laws[place + _ONE] - low) * np.int64((u >> _S40) & _TWELVE) >> 12)
        if ((u >> _S8) & _BYTE) < _WHOLE and drawn >= 1000:
            drawn = drawn // 100 * 100
        return drawn, np.int64(0), np.int64(0), np.int64(0)
    high = np.int64(u >> _S40)
    material = first + (((high * high) >> 24) * materials >> 24)
    quantity = quantities[(u >> _S32) & _BYTE]
    if law == _PURCHASE:
        quantity = max(1, (quantity * lot + 50) // 100)
        cost = costs[material] * quantity
        return cost, cost, material, quantity
    rebate = rebates[(u >> _S24) & _BYTE]
    price = (prices[material] * (10_000 - rebate) + 5_000) // 10_000
    return price * quantity, costs[material] * quantity, material, quantity


@inlined
def _fill_sums(sums, total, first_net, first_cost, tax, discounted, parted, varied, freighted):  # type: ignore[no-untyped-def]
    """The terms from FREIGHT on, at their own places; BEFORE_TAX's too."""
    variance = total * varied // 10_000
    freight = freighted * (total // 4_000 * 100 + 1_500)
    before_tax = total + variance + freight
    value = (before_tax * tax + 5_000) // 10_000
    gross = before_tax + value
    part = gross * parted // 10_000
    discount = (gross * discounted + 5_000) // 10_000
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
    (
        keys,
        of_law,
        items,
        tax,
        discount,
        part,
        variance,
        freight,
        first_line,
        of_first,
        of_materials,
        of_lot,
    ) = forms
    of_account, of_side, of_term, of_item_number, of_amount, of_centre = lines
    costs, prices, quantities, rebates, laws, choice_start, choice_count, choices, centres = facts
    out_account, out_amount, out_group, out_material, out_quantity, out_centre = out
    sums = np.zeros(20, np.int64)
    at = 0
    for document in range(len(form)):
        own = form[document]
        key = mixed(keys[own], chain[document])
        law, first, materials, lot = of_law[own], of_first[own], of_materials[own], of_lot[own]
        worth_of = rate[document]
        total, first_net, first_cost = np.int64(0), np.int64(0), np.int64(0)
        for item in range(items[own]):
            u = mixed(key, np.uint64(item))
            net, cost, _, _ = _item(law, first, materials, lot, costs, prices, quantities, rebates, laws, u)
            if item == 0:
                first_net, first_cost = net, cost
            total += net
        _fill_sums(
            sums,
            total,
            first_net,
            first_cost,
            tax[own],
            discount[own],
            part[own],
            variance[own],
            freight[own],
        )
        running, before = np.int64(0), np.int64(0)
        for template in range(first_line[own], first_line[own] + counts[own]):
            term, account, centre = of_term[template], of_account[template], of_centre[template]
            of_item = term in (_NET, _PAIR, _COST)
            u, material, quantity, amount = np.uint64(0), np.int64(0), np.int64(0), np.int64(0)
            if of_item or account < 0 or centre == 1:
                u = mixed(key, np.uint64(of_item_number[template]))
                net, cost, material, quantity = _item(
                    law, first, materials, lot, costs, prices, quantities, rebates, laws, u
                )
                amount = cost if term == _COST else net
            if term == _LITERAL:
                amount = of_amount[template]
            elif not of_item:
                amount = sums[term]
            amount *= of_side[template]
            if account < 0:
                choice = -1 - account
                by = material if choice == 0 else np.int64((u >> _S16) & _BYTE)
                account = choices[choice_start[choice] + by % choice_count[choice]]
            running += amount
            worth = running if worth_of == 1_000_000 else (running * worth_of + 500_000) // 1_000_000
            itemised = term in (_NET, _COST) and law < _AMOUNTS
            out_account[at] = account
            out_amount[at] = amount
            out_group[at] = worth - before
            out_material[at] = material if itemised else -1
            out_quantity[at] = quantity if itemised else 0
            if centre == 1:
                out_centre[at] = np.int64(u & _BYTE) % centres
            else:
                out_centre[at] = -1 - centre if centre < 0 else -1
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
