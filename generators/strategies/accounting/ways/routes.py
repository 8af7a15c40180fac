"""The ways that a chain can go: what those of all flows have in common.

The companies of a country have ROUTES ways for each flow. Each property is spread over them as evenly as it
can be, so that its share is what was asked for to half a way, and properties are unrelated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

import numpy as np

from synthmill.generators.kernels.ledger.postings import Term
from synthmill.generators.kernels.mix import key, mix
from synthmill.generators.strategies.accounting.chart import INVENTORY, account
from synthmill.generators.strategies.accounting.countries import Country
from synthmill.generators.strategies.accounting.ways.forms import CREDIT, DEBIT, Deal, Draft, Line, Type

T = TypeVar("T")

ROUTES = 160
TERMS = (14, 30, 60)
"""Days to pay; a partner has one of them."""
ITEMS = ((0.85, 0.06, 0.055, 0.01, 0.015, 0.01), (0.24, 0.62, 0.03, 0.08, 0.01, 0.02))
"""Shares of orders with one item, two and so on, without tax and with it: most documents have an even
number of lines."""
DISCOUNT = 200
"""Two per cent, within ten days."""
SECOND_LOT = (3, 5, 7, 10, 14)


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

    def taken(self, shares: Mapping[str, float], otherwise: str) -> list[str]:
        """For each route the name that has taken it, to each its share. A share that changes changes the
        routes that its name gains or loses, and next to no others: names take what is left in their order."""
        found = [otherwise] * ROUTES
        for name, share in shares.items():
            units = self.units()
            free = [at for at in sorted(range(ROUTES), key=units.__getitem__) if found[at] == otherwise]
            for at in free[: round(share * ROUTES)]:
                found[at] = name
        return found

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


def deliveries(items: int, two: bool, first: int, second: int) -> tuple[list[Draft], int]:
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
