"""See `synthmill.generators.kernels.ledger.postings`."""

from __future__ import annotations

import numpy as np

from synthmill.generators.kernels.compiled import inlined, kernel
from synthmill.generators.kernels.compiled.mix import mixed
from synthmill.generators.kernels.ledger.postings import (
    LAW_STEPS,
    MOST_ITEMS,
    Facts,
    Forms,
    Law,
    Lines,
    Posted,
    Term,
)
from synthmill.generators.kernels.mix import I64, U64

_S40, _S32, _S24, _S16, _S8, _S52 = (np.uint64(bits) for bits in (40, 32, 24, 16, 8, 52))
_BYTE, _TWELVE, _WHOLE = (np.uint64(one) for one in (0xFF, 0xFFF, 64))
_PURCHASE, _AMOUNTS = int(Law.PURCHASE), int(Law.AMOUNTS)
_LITERAL, _NET, _COST, _PAIR, _BEFORE_TAX = (
    int(one) for one in (Term.LITERAL, Term.NET, Term.COST, Term.PAIR, Term.BEFORE_TAX)
)
_FREIGHT = int(Term.FREIGHT)
_STEPS = LAW_STEPS + 1
_ARRAYS = "int64[::1]"
_FORMS = f"Tuple((uint64[::1], {', '.join([_ARRAYS] * 11)}))"
_FACTS = f"Tuple(({', '.join([_ARRAYS] * 8)}, int64))"


# No array is handed to a function inside the loops: each time would cost a count of who holds it.


@inlined
def _drawn(low, after, u):  # type: ignore[no-untyped-def]
    """An amount between two steps of a law."""
    drawn = low + ((after - low) * np.int64((u >> _S40) & _TWELVE) >> 12)
    if ((u >> _S8) & _BYTE) < _WHOLE and drawn >= 1000:
        drawn = drawn // 100 * 100
    return drawn


@inlined
def _centre(centre, centres, u):  # type: ignore[no-untyped-def]
    if centre == 1:
        return np.int64(u & _BYTE) % centres
    return -1 - centre if centre < 0 else np.int64(-1)


@inlined
def _sums(total, first_net, first_cost, tax, discounted, parted, varied, freighted):  # type: ignore[no-untyped-def]
    """The terms from FREIGHT to VARIANCE in their order, and then BEFORE_TAX."""
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
    return (
        freight,
        value,
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
    sums = np.zeros(_BEFORE_TAX + 1, np.int64)
    draws = np.zeros(MOST_ITEMS, np.uint64)
    nets, spent = np.zeros(MOST_ITEMS, np.int64), np.zeros(MOST_ITEMS, np.int64)
    goods, numbers = np.zeros(MOST_ITEMS, np.int64), np.zeros(MOST_ITEMS, np.int64)
    at = 0
    for document in range(len(form)):
        own = form[document]
        key = mixed(keys[own], chain[document])
        law, first, materials, lot = of_law[own], of_first[own], of_materials[own], of_lot[own]
        step = (law - _AMOUNTS) * _STEPS
        worth_of = rate[document]
        total = np.int64(0)
        for item in range(items[own]):
            u = mixed(key, np.uint64(item))
            draws[item] = u
            if law >= _AMOUNTS:
                place = step + np.int64(u >> _S52)
                nets[item] = _drawn(laws[place], laws[place + 1], u)
                spent[item], goods[item], numbers[item] = 0, 0, 0
            else:
                high = np.int64(u >> _S40)
                material = first + (((high * high) >> 24) * materials >> 24)
                quantity = quantities[np.int64((u >> _S32) & _BYTE)]
                if law == _PURCHASE:
                    quantity = max(1, (quantity * lot + 50) // 100)
                cost = costs[material] * quantity
                rebate = rebates[np.int64((u >> _S24) & _BYTE)]
                price = (prices[material] * (10_000 - rebate) + 5_000) // 10_000
                nets[item] = cost if law == _PURCHASE else price * quantity
                spent[item], goods[item], numbers[item] = cost, material, quantity
            total += nets[item]
        made = _sums(
            total, nets[0], spent[0], tax[own], discount[own], part[own], variance[own], freight[own]
        )
        for term in range(14):
            sums[_FREIGHT + term] = made[term]
        sums[_BEFORE_TAX] = made[14]
        running, before = np.int64(0), np.int64(0)
        for template in range(first_line[own], first_line[own] + counts[own]):
            term, account, centre = of_term[template], of_account[template], of_centre[template]
            item = of_item_number[template]
            of_goods = _NET <= term <= _COST
            u, material, quantity = np.uint64(0), np.int64(-1), np.int64(0)
            if of_goods:
                u = draws[item]
                amount = nets[item] if term == _NET else spent[item]
                if law < _AMOUNTS:
                    material, quantity = goods[item], numbers[item]
            elif term == _PAIR:
                u = mixed(key, np.uint64(item))
                place = step + np.int64(u >> _S52)
                amount = _drawn(laws[place], laws[place + 1], u)
            else:
                amount = of_amount[template] if term == _LITERAL else sums[term]
                if account < 0 or centre == 1:
                    u = mixed(key, np.uint64(item))
            amount *= of_side[template]
            if account < 0:
                choice = -1 - account
                by = material if choice == 0 else np.int64((u >> _S16) & _BYTE)
                account = choices[choice_start[choice] + by % choice_count[choice]]
            running += amount
            worth = running if worth_of == 1_000_000 else (running * worth_of + 500_000) // 1_000_000
            out_account[at] = account
            out_amount[at] = amount
            out_group[at] = worth - before
            out_material[at] = material
            out_quantity[at] = quantity
            out_centre[at] = _centre(centre, centres, u)
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
