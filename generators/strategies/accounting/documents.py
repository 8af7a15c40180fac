"""The documents of any days: which form and chain each has, and its number."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from synthmill.generators.engine.cells import Flags
from synthmill.generators.kernels.ledger.postings import Posted, postings
from synthmill.generators.kernels.mix import I64, U64, key, mix
from synthmill.generators.strategies.accounting.books import PLACES, coprime, shifts
from synthmill.generators.strategies.accounting.ways.forms import TYPES
from synthmill.generators.strategies.accounting.world import World


@dataclass(frozen=True, eq=False)
class Documents:
    """Of shape (documents,) each, in the order of the journal."""

    form: I64
    cell: I64
    chain: I64
    same: I64
    """The number by which the chain's amounts and partner are found."""
    group: I64
    """Its day and company."""
    number: I64
    """Counted from 1 in its company, fiscal year and type."""
    within: I64
    """Its place among those of its type and group."""

    def __len__(self) -> int:
        return len(self.form)

    def part(self, places: slice | I64) -> Documents:
        return Documents(*(getattr(self, one.name)[places] for one in fields(self)))


PAR = 1_000_000
"""The rate of the group's own currency."""


class Journal:
    """Documents and lines of a world, by their places in the journal."""

    def __init__(self, world: World) -> None:
        self.world = world
        drafts = world.drafts
        self.place = np.array(drafts.place, np.int64)
        self.clearing = np.array(drafts.clearing, np.int64)
        self.matching = np.array(drafts.matching, np.int64)
        self.type = np.array(world.form_values("type"), np.int64)
        self.after = np.array(world.form_values("after"), np.int64)
        self.shift = np.array(world.form_values("shift"), np.int64)
        self.partner = np.array([deal.partner for deal in drafts.deals], np.int64)
        self.favoured = np.array([draft.partner for draft in drafts.drafts], np.int64)
        self.affiliate = np.array([deal.affiliate for deal in drafts.deals], np.int64)
        self.partners = np.array([deal.group for deal in drafts.deals], np.int64)
        self.first_day = world.companies[0].calendar.first
        self.days = world.companies[0].calendar.days
        self._partner_key = key(world.seed, "accounting", "partners")

    @property
    def companies(self) -> int:
        return len(self.world.companies)

    @cached_property
    def _shifted(self) -> I64:
        """By company, shift and day: the day to which a document is put off."""
        found: I64 = np.stack([shifts(one.calendar) for one in self.world.companies])
        return found

    @cached_property
    def months(self) -> I64:
        """By day of the books its month."""
        return self.world.companies[0].calendar.month[: self.days]

    @cached_property
    def fiscal(self) -> tuple[I64, I64]:
        """By company and month: fiscal year and period."""
        calendars = [one.calendar for one in self.world.companies]
        years, periods = (
            np.stack([getattr(one, name)[: self.world.months] for one in calendars])
            for name in ("year", "period")
        )
        return years, periods

    @cached_property
    def _numbers_before(self) -> I64:
        """By slot: the documents of its company, year and type that come before."""
        by_day = np.diff(self.world.documents_before).reshape(self.days, self.companies, TYPES)
        before = np.cumsum(by_day, axis=0) - by_day
        years = self.fiscal[0][:, self.months]
        for company in range(self.companies):
            starts = np.flatnonzero(np.diff(years[company], prepend=years[company, 0] - 1))
            base = before[starts, company]
            before[:, company] -= base[np.cumsum(np.isin(np.arange(self.days), starts)) - 1]
        found: I64 = before.reshape(-1)
        return found

    def day_of_form(self, company: I64, cell: I64, form: I64) -> I64:
        """The day of another document of the same chains, counted from the books' first."""
        found: I64 = self._shifted[company, self.shift[form], self.world.cells.day[cell] + self.after[form]]
        return found

    def documents(self, start: int, stop: int) -> Documents:
        """Those from `start` to before `stop`; whole slots are made for them."""
        before = self.world.documents_before
        first, last = _covering(before, start, stop)
        return self._of_slots(first, last).part(slice(start - before[first], stop - before[first]))

    def lines(self, start: int, stop: int) -> tuple[Documents, I64, slice]:
        """Documents with the lines from `start` to before `stop`, how many each has, and which are meant."""
        before = self.world.lines_before
        first, last = _covering(before, start, stop)
        made = self._of_slots(first, last)
        ends = np.cumsum(self.world.counts[made.form]) + before[first]
        some = slice(int(np.searchsorted(ends, start, "right")), int(np.searchsorted(ends, stop, "left")) + 1)
        chosen = made.part(some)
        counts = self.world.counts[chosen.form]
        skipped = start - (int(ends[some.start] - counts[0]) if len(counts) else start)
        return chosen, counts, slice(skipped, skipped + stop - start)

    def _of_slots(self, first: int, last: int) -> Documents:
        """All documents of slots `first` to `last - 1`."""
        world = self.world
        some = slice(int(world.slot_starts[first]), int(world.slot_starts[last]))
        stretches, cells = world.stretches, world.cells
        counts = stretches.count[some]
        stretch = np.repeat(np.arange(some.start, some.stop), counts)
        within = np.arange(len(stretch)) - np.repeat(np.cumsum(counts) - counts, counts)
        slots = np.arange(first, last)
        sizes = np.diff(world.documents_before[first : last + 1])
        slot = np.repeat(slots, sizes)
        begin = np.repeat(np.cumsum(sizes) - sizes, sizes)
        place = np.arange(len(stretch)) - begin
        # Documents of a day and type come mixed: no stride has a divisor in common with their number. The
        # first stays the first: books begin with the opening balance. Nothing here depends on documents of
        # another type, so what moves payments moves nothing else.
        stride = np.repeat(coprime(np.maximum(sizes, 1), slots % 7 * 3), sizes)
        order = begin + place * stride % np.repeat(sizes, sizes)
        stretch, within = stretch[order], within[order]
        form, cell = stretches.form[stretch], stretches.cell[stretch]
        size = cells.count[cell]
        local = ((stretches.first[stretch] + within) * cells.stride[cell] + cells.offset[cell]) % size
        number = self._numbers_before[slot] + place + 1
        return Documents(
            form, cell, cells.first[cell] + local, cells.same[cell] + local, slot // TYPES, number, place
        )

    def posted(self, documents: Documents) -> Posted:
        """All lines of documents."""
        world = self.world
        rate = self.rates[documents.group % self.companies, self.months[documents.group // self.companies]]
        affiliated = self.affiliate[documents.form] != 0
        made = postings(
            world.forms,
            world.lines,
            world.facts,
            world.counts,
            np.where(affiliated, PAR, rate),
            documents.form,
            documents.same.view(np.uint64),
        )
        if affiliated.any():
            counts = world.counts[documents.form]
            _converted(made, np.repeat(affiliated, counts), np.repeat(rate, counts))
        return made

    @cached_property
    def rates(self) -> I64:
        """By company and month: what a unit of its currency is worth in the group's, in millionths."""
        found: I64 = np.stack([one.rates for one in self.world.companies])
        return found

    def identities(self, chain: I64, form: I64) -> I64:
        """The numbers by which documents are known everywhere: of the chain, and of the place in it."""
        return (chain * PLACES + self.place[form]) + 1_000_000_000

    def partner_of(self, documents: Documents) -> I64:
        """The customer or vendor of each document, by its row; -1 where there is none."""
        company = documents.group % self.companies
        kind = self.partner[documents.form]
        ranges = np.array([[(0, 1), one.customers, one.vendors] for one in self.world.companies], np.int64)
        first, count = ranges[company, kind, 0], ranges[company, kind, 1]
        # Customers stand in turn by their term of payment, vendors by that and by what they sell.
        step = np.array([1, 3, 6])[kind]
        group = self.partners[documents.form] % step
        size = (count - group + step - 1) // step
        u = _high(mix(self._partner_key, documents.same.view(np.uint64)))
        own = ((u * u >> 24) * u >> 24) * size >> 24
        # The favoured of a chain is another than its own.
        last, none = size - 1, np.zeros_like(own)
        place = np.stack(
            [own, (own + 1) % size, np.where(own == 0, last, none), np.where(own == last, none, last)]
        )
        found = first + group + place[self.favoured[documents.form], np.arange(len(own))] * step
        return np.where(kind > 0, found, -1)


def _converted(posted: Posted, some: Flags, rate: I64) -> None:
    """Write amounts of some lines, which are in the group's currency, in that of their companies.

    They are differences of rounded sums so far; documents balance, so each begins where none is left.
    """
    rates = rate[some]
    reached = np.cumsum(posted.group[some])
    worth, before = ((one * PAR + rates // 2) // rates for one in (reached, reached - posted.group[some]))
    posted.amount[some] = worth - before


def _high(u: U64) -> I64:
    return (u >> np.uint64(40)).view(np.int64)


def _covering(before: I64, start: int, stop: int) -> tuple[int, int]:
    """The slots that have all from `start` to before `stop`."""
    first = max(0, int(np.searchsorted(before, start, "right")) - 1)
    last = int(np.searchsorted(before, stop, "left"))
    return min(first, len(before) - 1), max(last, min(first, len(before) - 1))
