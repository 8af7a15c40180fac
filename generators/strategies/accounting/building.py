"""A world made from parameters: how much everybody does, so that documents come to the number asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.books import (
    Flow,
    Planner,
    apportioned,
    spread_over,
)
from synthmill.generators.strategies.accounting.companies import companies_of
from synthmill.generators.strategies.accounting.money import (
    PAYROLL,
    Prices,
    facts_of,
    lot_of,
    means_of,
    prices_of,
    reserve,
)
from synthmill.generators.strategies.accounting.parameters import USUAL, sizes
from synthmill.generators.strategies.accounting.rewritten import Anomalies, Rewritten
from synthmill.generators.strategies.accounting.ways.anomalous import KINDS
from synthmill.generators.strategies.accounting.ways.forms import Drafts
from synthmill.generators.strategies.accounting.ways.general import CENTRES, LARGEST, LINE_SHARES, general
from synthmill.generators.strategies.accounting.ways.intercompany import charges
from synthmill.generators.strategies.accounting.ways.monthly import accruals, contracts
from synthmill.generators.strategies.accounting.ways.purchases import purchases, services
from synthmill.generators.strategies.accounting.ways.routes import Firm, Route
from synthmill.generators.strategies.accounting.ways.sales import sales
from synthmill.generators.strategies.accounting.ways.standing import (
    FEWEST_HEADS,
    MAX_HEADS,
    Standing,
    add_all,
    assets_of,
    depreciation,
    opening,
    payroll,
    people_of,
)
from synthmill.generators.strategies.accounting.world import World

FLOWS: dict[str, Callable[[Firm], list[Route]]] = {
    "sales": sales,
    "purchases": purchases,
    "services": services,
    "accruals": accruals,
    "contracts": contracts,
}
_SHARES = {"sales": 0.35, "purchases": 0.14, "services": 0.12, "accruals": 0.2, "contracts": 0.06}
_INTERCOMPANY = 0.02
"""Of all documents, those between companies of the group, where there are several."""
"""Of all documents, those of each flow, about; what is missing are documents of the general ledger."""
_DOCUMENTS = {"sales": 3.1, "purchases": 3.1, "services": 2.0, "accruals": 2.0, "contracts": 1.0}
"""Of a chain, all told; those beyond the books' end don't count."""
_ITEMS = 1.4
"""Of an order, on average."""
_SMALL = 0.4
"""Small amounts for each document, about."""
_STANDING = 0.3
"""The share of all documents that payroll and depreciation may have."""
_PAYROLL_DOCUMENTS, _CHARGE_DOCUMENTS = 3, 4
_GENERAL = 0.12
"""The least share of the general ledger's own documents."""
_MEDIAN_PAY = 4_100_00


def build(parameters: Mapping[str, Any], seed: int) -> World:
    """The world of loaded parameters."""
    return _Builder(dict(parameters), seed).world()


class _Builder:
    def __init__(self, parameters: dict[str, Any], seed: int) -> None:
        self.asked, self.seed = parameters, seed
        self.sizes = sizes(parameters)
        self.entries = self.sizes["journal_entries"]
        self.months: int = parameters["months"]
        self.companies = companies_of(parameters, self.sizes, seed)
        self.drafts = Drafts()
        self.planner = Planner(seed, self.drafts, [one.calendar for one in self.companies])
        self.by_form: I64 = np.zeros(0, np.int64)
        self.anomalies = Anomalies(
            seed,
            parameters["anomalies"],
            parameters["anomaly_difficulty"],
            parameters["anomaly_kinds"] or list(KINDS),
        )
        self.chains = {
            name: max(1, int(self.entries * share / _DOCUMENTS[name])) for name, share in _SHARES.items()
        }
        items = self.chains["sales"] * _ITEMS
        self.prices = self._prices(items)
        self.sales = items * self.prices.mean_sale
        heads = [
            min(MAX_HEADS, max(FEWEST_HEADS, int(one * PAYROLL / self.months / _MEDIAN_PAY)))
            for one in self._shared(self.sales)
        ]
        self.people, self.assets = people_of(seed, heads), assets_of(seed, heads)

    def world(self) -> World:
        self.plan_flows()
        self._general()
        forms, lines, counts = self.drafts.arrays()
        cells, stretches, starts = self.planner.finished(len(self.companies))
        means = means_of(self.sales, {**self.chains, "small": self.entries * _SMALL})
        return World(
            self.seed,
            self.companies,
            self.months,
            self.asked["group_currency"],
            self.prices,
            self.people,
            self.assets,
            self.drafts,
            forms,
            lines,
            counts,
            facts_of(self.prices, means, CENTRES),
            cells,
            stretches,
            starts,
        )

    def plan_flows(self) -> None:
        """What stands and comes every month, and all flows."""
        self._stand()
        self._intercompany()
        self._flow(self.entries - int(self.by_form.sum()))

    def _prices(self, items: float) -> Prices:
        """Prices at which the smallest company's sales pay for the fewest people."""
        prices = prices_of(self.seed, self.sizes["materials"], self.asked["gross_margin"], 1.0)
        least = min(self._shared(items * prices.mean_sale)) * PAYROLL / self.months
        times = FEWEST_HEADS * 1.2 * _MEDIAN_PAY / least
        if times <= 1.0:
            return prices
        return prices_of(self.seed, self.sizes["materials"], self.asked["gross_margin"], times)

    def _shared(self, total: float) -> list[float]:
        """Each company's share."""
        weights = [one.weight for one in self.companies]
        return [total * one / sum(weights) for one in weights]

    def _count(self, by_form: I64) -> None:
        self.by_form = by_form + np.pad(self.by_form, (0, len(by_form) - len(self.by_form)))

    def _stand(self) -> None:
        """The opening balances, wages and depreciation."""
        left = int(self.entries * _STANDING)
        items, bought = (self._shared(self.chains[name] * _ITEMS) for name in ("sales", "purchases"))
        standing = []
        for at, company in enumerate(self.companies):
            month = items[at] * self.prices.mean_sale / self.months
            pay = int(self.people.pay[self.people.company == at].sum())
            chance = reserve(self.prices.spread_cost, items[at], bought[at])
            bank = int(3.0 * month + 2.0 * chance) + 4 * pay
            stock = int(2.0 * items[at] * self.prices.mean_cost / self.months + chance)
            of = Standing(
                at, company.country, company.calendar, self.months, self.people, self.assets, bank, stock
            )
            # A handful of documents doesn't go round: not every company begins then.
            begun = [(opening(of), int(company.calendar.working[0]))] if at < self.entries else []
            standing.append((of, begun))
            left -= 1
        for make, size in ((payroll, _PAYROLL_DOCUMENTS), (depreciation, 1)):
            for of, made in standing:
                if left >= size * self.months:
                    left -= size * self.months
                    found = [one for month in range(self.months) for one in make(of, month)]
                    made += [one for one in found if one[1] < of.calendar.days]
        for of, made in standing:
            if made:
                self._count(self.planner.add_single(of.company, *add_all(self.drafts, self.seed, made)))

    def _flow(self, left: int) -> None:
        """The flows, so that at least _GENERAL of all documents are left."""
        chains = self.chains
        most = left - int(_GENERAL * self.entries)
        wanted = sum(chains[name] * _DOCUMENTS[name] for name in chains)
        scale = max(0.0, min(1.0, most / wanted))
        for name in chains:
            chains[name] = int(chains[name] * scale)
        lot = lot_of(chains["sales"], chains["purchases"])
        routes: dict[tuple[str, str], list[tuple[int, int]]] = {}
        rewritten: dict[tuple[str, str], Rewritten | None] = {}
        weights = [one.weight for one in self.companies]
        for name, total in chains.items():
            of_each = apportioned(total, weights)
            for at, company in enumerate(self.companies):
                country = company.country_code
                place = (name, country)
                if place not in routes:
                    firm = Firm(self.seed, company.country, self.sizes["materials"], lot, self.asked)
                    ways = FLOWS[name](firm)
                    routes[place] = [self.drafts.add(*route) for route in ways]
                    rewritten[place] = self.anomalies.of(name, country, ways, self.drafts)
                flow = self._daily(at, name, of_each[at], routes[place])
                self._count(self.planner.add(replace(flow, rewritten=rewritten[place])))

    def _intercompany(self) -> None:
        """Charges of each company to the next, posted by both on days when both work."""
        companies = self.companies
        if len(companies) == 1:
            return
        serving, served = ([self.drafts.add(*route) for route in routes] for routes in charges(self.seed))
        total = int(self.entries * _INTERCOMPANY / _CHARGE_DOCUMENTS)
        for at, some in enumerate(apportioned(total, [one.weight for one in companies])):
            other = (at + 1) % len(companies)
            ours, theirs = companies[at].calendar, companies[other].calendar
            days, counts = np.arange(ours.days), spread_over(some, ours.weights * (theirs.weights > 0))
            place = self.planner.reached
            self._count(self.planner.add(Flow(at, serving, days, counts)))
            self._count(self.planner.add(Flow(other, served, days, counts, mirror=place)))

    def _daily(self, company: int, name: str, total: int, routes: Sequence[tuple[int, int]]) -> Flow:
        calendar = self.companies[company].calendar
        if name == "accruals":
            ends = calendar.month_end
            return Flow(company, routes, ends, spread_over(total, np.ones(len(ends), np.int64)))
        if name == "contracts":
            days = calendar.working[calendar.month_starts[: self.months]]
            return Flow(company, routes, days, np.full(len(days), total // self.months), same=True)
        return Flow(company, routes, np.arange(calendar.days), spread_over(total, calendar.weights))

    def _there(self) -> I64:
        """How many documents of each number of lines there are."""
        lengths = np.array([len(draft.lines) for draft in self.drafts.drafts], np.int64)
        return np.bincount(lengths, self.by_form, 1_000_000).astype(np.int64)

    def _usually_there(self) -> I64:
        """The same where customers and vendors do what they usually do.

        What else is posted doesn't depend on whether they do: a payment that comes after the books' end is
        missing, and nothing is posted in its place.
        """
        if all(self.asked[name] == share for name, share in USUAL.items()):
            return self._there()
        usual = _Builder({**self.asked, **USUAL}, self.seed)
        usual.plan_flows()
        return usual._there()

    def _general(self) -> None:
        """Documents of their own: as many of each number of lines as the flows usually leave open."""
        there = self._usually_there()
        total = self.entries - int(there.sum())
        wanted: dict[int, int] = defaultdict(int)
        gaps = []
        for numbers, share in LINE_SHARES.items():
            last = numbers[0] + 1 if numbers[0] < LARGEST else numbers[0] * 10
            gaps.append(max(0.0, self.entries * share / 100 - float(there[numbers[0] : last].sum())))
        for numbers, count in zip(LINE_SHARES, apportioned(total, gaps), strict=True):
            # The more lines a document has, the fewer there are of it.
            for number, some in zip(numbers, apportioned(count, [1 / one for one in numbers]), strict=True):
                wanted[number] += some
        weights = [one.weight for one in self.companies]
        for number, count in wanted.items():
            if not count:
                continue
            ways = general(self.seed, number)
            routes = [self.drafts.add(*route) for route in ways]
            flow_name = "general" if number == 2 else "claims" if number < LARGEST else "allocations"
            rewritten = self.anomalies.of(flow_name, str(number), ways, self.drafts)
            for at, some in enumerate(apportioned(count, weights)):
                if some:
                    calendar = self.companies[at].calendar
                    counts = spread_over(some, calendar.weights)
                    flow = Flow(at, routes, np.arange(calendar.days), counts, rewritten=rewritten)
                    self._count(self.planner.add(flow))
