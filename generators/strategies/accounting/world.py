"""All that rows follow from: companies, their partners and days, and the documents of each day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from synthmill.generators.kernels.ledger.postings import Facts, Forms, Lines
from synthmill.generators.kernels.mix import I64
from synthmill.generators.strategies.accounting.books import Cells, Stretches
from synthmill.generators.strategies.accounting.calendar import Calendar
from synthmill.generators.strategies.accounting.countries import Country
from synthmill.generators.strategies.accounting.money import Prices
from synthmill.generators.strategies.accounting.ways.forms import TYPES, Drafts
from synthmill.generators.strategies.accounting.ways.standing import Assets, People


@dataclass(frozen=True)
class Company:
    code: str
    name: str
    country_code: str
    country: Country
    weight: float
    fiscal_year_start: int
    calendar: Calendar
    rates: I64
    """By month."""
    customers: tuple[int, int]
    """The first one, and how many."""
    vendors: tuple[int, int]


@dataclass(frozen=True, eq=False)
class World:
    """The plan's data."""

    seed: int
    companies: tuple[Company, ...]
    months: int
    group_currency: str
    prices: Prices
    people: People
    assets: Assets
    drafts: Drafts
    forms: Forms
    lines: Lines
    counts: I64
    """Lines of each form."""
    facts: Facts
    cells: Cells
    stretches: Stretches
    slot_starts: I64
    """Where the stretches of each slot begin: a day, a company and a type of document, in that order."""

    @cached_property
    def documents_before(self) -> I64:
        """Documents before each slot, and all."""
        return _before(self.stretches.count, self.slot_starts)

    @cached_property
    def lines_before(self) -> I64:
        return _before(self.stretches.count * self.counts[self.stretches.form], self.slot_starts)

    @property
    def groups(self) -> int:
        """Days of companies."""
        return (len(self.slot_starts) - 1) // TYPES

    def form_values(self, of: str) -> list[Any]:
        """An attribute of all forms' drafts."""
        return [getattr(draft, of) for draft in self.drafts.drafts]


def _before(sizes_: I64, starts: I64) -> I64:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes_)])[starts]
