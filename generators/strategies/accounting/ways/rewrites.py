"""Mechanisms of anomalies: each rewrites a way that a chain can go, but for types and days of its documents.

So numbers without gaps stay as they are, and of a dataset with anomalies all other rows are those without.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from synthmill.generators.kernels.ledger.postings import Law, Term
from synthmill.generators.strategies.accounting.chart import BANK, account
from synthmill.generators.strategies.accounting.money import of_law
from synthmill.generators.strategies.accounting.ways.forms import MANUAL, Deal, Draft, Line, is_control
from synthmill.generators.strategies.accounting.ways.routes import Route

Rewrite = Callable[[Route], Route | None]
"""A route rewritten; None for a route that the mechanism has no hold on."""


def all_of(*rewrites: Rewrite) -> Rewrite:
    """One after the other; None where one of them has no hold."""

    def rewritten(route: Route) -> Route | None:
        for one in rewrites:
            made = one(route)
            if made is None:
                return None
            route = made
        return route

    return rewritten


def dealt(condition: Callable[[Deal], bool] = lambda deal: True, **changes: Any) -> Rewrite:
    """What documents of the chain share is something else, given or as a function of the deal: its law of
    amounts, tax, discount, price."""

    def rewritten(route: Route) -> Route | None:
        deal, drafts = route
        made = {name: value(deal) if callable(value) else value for name, value in changes.items()}
        return (replace(deal, **made), drafts) if condition(deal) else None

    return rewritten


def drafted(
    about: str | None, /, condition: Callable[[Draft], bool] = lambda draft: True, **changes: Any
) -> Rewrite:
    """Documents of a label, or all, have something else: who enters them and when, what they say."""

    def one(draft: Draft) -> Draft | None:
        return replace(draft, **changes) if about in (None, draft.label) and condition(draft) else None

    return _each(one)


def by_hand(draft: Draft) -> bool:
    return draft.source in MANUAL


def automated(draft: Draft) -> bool:
    return draft.source == "automated"


def reposted(label: str, number: int) -> Rewrite:
    """Lines of a document are posted elsewhere, but for the bank's, control accounts' and tax."""

    def line(one: Line) -> Line:
        free = not is_control(one.account) and one.account != BANK and one.term != Term.TAX
        centre = one.centre if 6_000 <= number < 7_000 else 0
        return replace(one, account=account(number), centre=centre) if free else one

    return _lines(label, line)


def turned(label: str) -> Rewrite:
    """Debits are credits, and credits debits."""
    return _lines(label, lambda one: replace(one, side=-one.side))


def law(number: int) -> Rewrite:
    """Amounts are of another law of `money`, where they are of a law at all."""
    return dealt(lambda deal: deal.law >= Law.AMOUNTS, law=lambda deal: of_law(deal.law, number))


def with_term(term: Term) -> Rewrite:
    """Routes with a line of this term, as they are."""
    return lambda route: route if any(line.term == term for one in route[1] for line in one.lines) else None


def _lines(label: str, change: Callable[[Line], Line]) -> Rewrite:
    def one(draft: Draft) -> Draft | None:
        if draft.label != label:
            return None
        lines = tuple(map(change, draft.lines))
        return replace(draft, lines=lines) if lines != draft.lines else None

    return _each(one)


def _each(change: Callable[[Draft], Draft | None]) -> Rewrite:
    def rewritten(route: Route) -> Route | None:
        deal, drafts = route
        made: Sequence[Draft | None] = [change(one) for one in drafts]
        if all(one is None for one in made):
            return None
        return deal, tuple(new or old for new, old in zip(made, drafts, strict=True))

    return rewritten
