"""A world made from parameters: how much everybody does, so that documents come to the number asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.books import (
    Flow,
    Planner,
    apportioned,
    spread_over,
)
from synthmill.generators.strategies.accounting.calendar import Calendar, calendar_of
from synthmill.generators.strategies.accounting.countries import COUNTRIES
from synthmill.generators.strategies.accounting.money import (
    PAYROLL,
    facts_of,
    lot_of,
    means_of,
    prices_of,
    rate_path,
    reserve,
)
from synthmill.generators.strategies.accounting.parameters import sizes
from synthmill.generators.strategies.accounting.ways.anomalous import ANOMALOUS_DOCUMENTS, anomalous
from synthmill.generators.strategies.accounting.ways.forms import Drafts
from synthmill.generators.strategies.accounting.ways.general import CENTRES, LARGEST, LINE_SHARES, general
from synthmill.generators.strategies.accounting.ways.monthly import accruals, contracts
from synthmill.generators.strategies.accounting.ways.purchases import purchases, services
from synthmill.generators.strategies.accounting.ways.routes import Firm, Route
from synthmill.generators.strategies.accounting.ways.sales import sales
from synthmill.generators.strategies.accounting.ways.standing import (
    FEWEST_HEADS,
    MAX_HEADS,
    Assets,
    People,
    Standing,
    add_all,
    assets_of,
    depreciation,
    opening,
    payroll,
    people_of,
)
from synthmill.generators.strategies.accounting.world import Company, World

FLOWS: dict[str, Callable[[Firm], list[Route]]] = {
    "sales": sales,
    "purchases": purchases,
    "services": services,
    "accruals": accruals,
    "contracts": contracts,
}
_SHARES = {"sales": 0.4, "purchases": 0.17, "services": 0.12, "accruals": 0.06, "contracts": 0.06}
"""Of all documents, those of each flow, about; what is missing are documents of the general ledger."""
_DOCUMENTS = {"sales": 3.1, "purchases": 3.1, "services": 2.0, "accruals": 2.0, "contracts": 1.0}
"""Of a chain, all told; those beyond the books' end don't count."""
_ITEMS = 1.4
"""Of an order, on average."""
_SMALL = 0.4
"""Small amounts for each document, about."""
_STANDING = 0.3
"""The share of all documents that payroll and depreciation may have."""
_PAYROLL_DOCUMENTS = 3
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
        self.companies = self._companies()
        self.drafts = Drafts()
        self.planner = Planner(seed, self.drafts, [one.calendar for one in self.companies])
        self.by_form: I64 = np.zeros(0, np.int64)

    def _companies(self) -> tuple[Company, ...]:
        given = self.asked["companies"]
        weights = [one["weight"] for one in given]
        start = date.fromisoformat(self.asked["start"])
        ranges = {}
        for table in ("customers", "vendors"):
            # Each has its six, and the others go by weight.
            more = apportioned(self.sizes[table] - 6 * len(given), weights)
            counts = [6 + one for one in more]
            ranges[table] = [(sum(counts[:at]), count) for at, count in enumerate(counts)]
        calendars: dict[tuple[str, int], Calendar] = {}
        found = []
        for at, one in enumerate(given):
            place = (one["country"], one["fiscal_year_start"])
            if place not in calendars:
                calendars[place] = calendar_of(place[0], start, self.months, place[1])
            country = COUNTRIES[one["country"]]
            rates = rate_path(self.seed, country.currency, self.asked["group_currency"], self.months)
            found.append(
                Company(
                    one["code"],
                    one["name"],
                    one["country"],
                    country,
                    one["weight"],
                    one["fiscal_year_start"],
                    calendars[place],
                    rates,
                    ranges["customers"][at],
                    ranges["vendors"][at],
                )
            )
        return tuple(found)

    def world(self) -> World:
        chains = {
            name: max(1, int(self.entries * share / _DOCUMENTS[name])) for name, share in _SHARES.items()
        }
        weights = [one.weight for one in self.companies]
        prices = prices_of(self.seed, self.sizes["materials"], self.asked["gross_margin"], 1.0)
        items = chains["sales"] * _ITEMS
        # The smallest company's sales have to pay for the fewest people.
        least = min(_shares(items * prices.mean_sale, weights)) * PAYROLL / self.months
        times = max(1.0, FEWEST_HEADS * 1.2 * _MEDIAN_PAY / least)
        if times > 1.0:
            prices = prices_of(self.seed, self.sizes["materials"], self.asked["gross_margin"], times)
        sales = items * prices.mean_sale
        heads = [
            min(MAX_HEADS, max(FEWEST_HEADS, int(one * PAYROLL / self.months / _MEDIAN_PAY)))
            for one in _shares(sales, weights)
        ]
        people, assets = people_of(self.seed, heads), assets_of(self.seed, heads)
        cost = items * prices.mean_cost
        reserves = [
            reserve(prices.spread_cost, sold, bought)
            for sold, bought in zip(
                _shares(items, weights), _shares(chains["purchases"] * _ITEMS, weights), strict=True
            )
        ]
        self._stand(people, assets, _shares(sales, weights), _shares(cost, weights), reserves)
        self._flow(chains, self.entries - int(self.by_form.sum()))
        self._general(self.entries - int(self.by_form.sum()))
        self._anomalies()
        forms, lines, counts = self.drafts.arrays()
        cells, stretches, starts = self.planner.finished(len(self.companies))
        means = means_of(sales, {**chains, "small": self.entries * _SMALL})
        return World(
            self.seed,
            self.companies,
            self.months,
            self.asked["group_currency"],
            prices,
            people,
            assets,
            self.drafts,
            forms,
            lines,
            counts,
            facts_of(prices, means, CENTRES),
            cells,
            stretches,
            starts,
        )

    def _count(self, by_form: I64) -> None:
        self.by_form = by_form + np.pad(self.by_form, (0, len(by_form) - len(self.by_form)))

    def _stand(
        self,
        people: People,
        assets: Assets,
        sales: Sequence[float],
        cost: Sequence[float],
        reserves: Sequence[float],
    ) -> None:
        left = int(self.entries * _STANDING)
        standing = []
        for at, company in enumerate(self.companies):
            month = sales[at] / self.months
            pay = int(people.pay[people.company == at].sum())
            bank = int(3.0 * month + 2.0 * reserves[at]) + 4 * pay
            stock = int(2.0 * cost[at] / self.months + reserves[at])
            of = Standing(at, company.country, company.calendar, self.months, people, assets, bank, stock)
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

    def _flow(self, chains: dict[str, int], left: int) -> None:
        """The flows, so that at least _GENERAL of all documents are left."""
        most = left - int(_GENERAL * self.entries)
        wanted = sum(chains[name] * _DOCUMENTS[name] for name in chains)
        scale = max(0.0, min(1.0, most / wanted))
        for name in chains:
            chains[name] = int(chains[name] * scale)
        lot = lot_of(chains["sales"], chains["purchases"])
        routes: dict[tuple[str, str], list[tuple[int, int]]] = {}
        weights = [one.weight for one in self.companies]
        for name, total in chains.items():
            of_each = apportioned(total, weights)
            for at, company in enumerate(self.companies):
                place = (name, company.country_code)
                if place not in routes:
                    firm = Firm(self.seed, company.country, self.sizes["materials"], lot, self.asked)
                    routes[place] = [self.drafts.add(*route) for route in FLOWS[name](firm)]
                self._count(self.planner.add(self._daily(at, name, of_each[at], routes[place])))

    def _daily(self, company: int, name: str, total: int, routes: Sequence[tuple[int, int]]) -> Flow:
        calendar = self.companies[company].calendar
        if name == "accruals":
            ends = calendar.month_end
            return Flow(company, routes, ends, spread_over(total, np.ones(len(ends), np.int64)))
        if name == "contracts":
            days = calendar.working[calendar.month_starts[: self.months]]
            return Flow(company, routes, days, np.full(len(days), total // self.months), same=True)
        return Flow(company, routes, np.arange(calendar.days), spread_over(total, calendar.weights))

    def _general(self, total: int) -> None:
        """Documents of their own: as many of each number of lines as the flows left open."""
        lengths = np.array([len(draft.lines) for draft in self.drafts.drafts], np.int64)
        there = np.bincount(lengths, self.by_form, 1_000_000)
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
            routes = [self.drafts.add(*route) for route in general(self.seed, number)]
            for at, some in enumerate(apportioned(count, weights)):
                if some:
                    calendar = self.companies[at].calendar
                    flow = Flow(at, routes, np.arange(calendar.days), spread_over(some, calendar.weights))
                    self._count(self.planner.add(flow))

    def _anomalies(self) -> None:
        """Chains that shouldn't be, besides all others, so that these stay as they are."""
        wanted = round(self.asked["anomalies"] * self.entries / ANOMALOUS_DOCUMENTS)
        if not wanted:
            return
        weights = [one.weight for one in self.companies]
        lot = lot_of(_SHARES["sales"], _SHARES["purchases"])
        routes: dict[str, list[tuple[int, int]]] = {}
        for at, some in enumerate(apportioned(wanted, weights)):
            company = self.companies[at]
            if company.country_code not in routes:
                firm = Firm(self.seed, company.country, self.sizes["materials"], lot, self.asked)
                routes[company.country_code] = [self.drafts.add(*one) for one in anomalous(firm)]
            calendar = company.calendar
            ways = routes[company.country_code]
            flow = Flow(at, ways, np.arange(calendar.days), spread_over(some, calendar.weights))
            self._count(self.planner.add(flow))


def _shares(total: float, weights: Sequence[float]) -> list[float]:
    return [total * one / sum(weights) for one in weights]
