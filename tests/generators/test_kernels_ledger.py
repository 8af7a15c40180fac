"""Lines of documents have the same bits from both kernels."""

from __future__ import annotations

import inspect
from functools import cache

import numpy as np

from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.kernels.backend import load, use
from synthmill.generators.kernels.ledger import postings as plain
from synthmill.generators.kernels.ledger.postings import Posted, postings
from synthmill.generators.kernels.mix import mix
from synthmill.generators.strategies.accounting.building import build
from synthmill.generators.strategies.accounting.world import World
from tests.generators.strategy_examples import EXAMPLES


@cache
def world() -> World:
    return build(make_recipe("accounting", EXAMPLES["accounting"], 5).parameters, 5)


def every_form(rate: int) -> Posted:
    """The lines of some documents of every form that there is."""
    of = world()
    forms = np.repeat(np.arange(len(of.counts)), 3)
    chains = mix(9, np.arange(len(forms), dtype=np.uint64))
    rates = np.full(len(forms), rate, np.int64)
    return postings(of.forms, of.lines, of.facts, of.counts, rates, forms, chains)


def test_lines_of_every_form_have_the_same_bits_both_ways() -> None:
    for rate in (1_000_000, 1_083_457):
        with use("numpy"):
            one = every_form(rate)
        with use("numba"):
            other = every_form(rate)
        for name, expected, found in zip(Posted._fields, one, other, strict=True):
            assert found.dtype == expected.dtype, name
            assert np.array_equal(found, expected), name


def test_every_form_balances_in_both_currencies_and_has_no_line_of_nothing() -> None:
    made = every_form(917_431)
    document = np.repeat(np.arange(3 * len(world().counts)), np.repeat(world().counts, 3))
    for amounts in (made.amount, made.group):
        sums = np.zeros(document[-1] + 1, np.int64)
        np.add.at(sums, document, amounts)
        assert not sums.any()
    assert (made.amount != 0).all()


def test_the_group_s_amounts_are_within_a_cent_of_the_rounded_ones() -> None:
    made = every_form(1_083_457)
    off = made.group * 1_000_000 - made.amount * 1_083_457
    assert int(np.abs(off).max()) <= 1_000_000


def test_both_kernels_have_the_same_parameters() -> None:
    fast = load("ledger.postings").postings
    assert list(inspect.signature(fast).parameters) == list(inspect.signature(postings.plain).parameters)
    assert plain.MOST_ITEMS < plain.REST
