"""The books as they are planned: who does how much on which day, and so which documents there are on each.

Chains of one flow, company and day are a cell. Their ways are cut out of the cell's numbers in proportion, so
that how many documents of which form a day has is counted, never drawn: no pass over chains is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.mix import I64, key, mix
from synthmill.generators.strategies.accounting.calendar import Calendar
from synthmill.generators.strategies.accounting.rewritten import Rewritten, split
from synthmill.generators.strategies.accounting.ways.forms import TYPES, Drafts, Shift

PLACES = 16
"""Documents of a chain at most."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Of shape (cells,) each."""

    company: I64
    day: I64
    """The chains' first, counted from that of the books."""
    count: I64
    """Chains."""
    first: I64
    """The number of the first chain."""
    same: I64
    """The number by which the first chain's amounts and partner are found: contracts come every month."""
    stride: I64
    offset: I64
    """Place q of the ways is chain first + (q * stride + offset) % count: neighbours go different ways."""


@dataclass(frozen=True, eq=False)
class Stretches:
    """Documents of one form and cell, by day, company and type. Of shape (stretches,) each."""

    form: I64
    cell: I64
    first: I64
    """The place among the cell's ways of the first one's chain."""
    count: I64


@dataclass(frozen=True)
class Flow:
    """Chains of one company to be spread over days, and the ways that they can go."""

    company: int
    routes: Sequence[tuple[int, int]]
    """The forms of each, from the first to before the last."""
    days: I64
    counts: I64
    """Chains that begin on each of the days."""
    same: bool = False
    """Whether the chains of all days are the same ones, again and again."""
    rewritten: Rewritten | None = None
    """The anomalous ways that some chains go instead."""
    mirror: tuple[int, int] | None = None
    """The first cell and the first chain of the flow whose other side this is, where it is one."""


class Planner:
    """Cells and stretches in the making. Flows are numbered in the order in which they are added."""

    def __init__(self, seed: int, drafts: Drafts, calendars: Sequence[Calendar]) -> None:
        self._key = key(seed, "accounting", "order of ways")
        self._calendars = calendars
        self.drafts = drafts
        self._cells: list[tuple[I64, ...]] = []
        self._stretches: list[tuple[I64, ...]] = []
        self._chains = self._cell_count = 0

    @property
    def reached(self) -> tuple[int, int]:
        """Cells and chains so far."""
        return self._cell_count, self._chains

    def add(self, flow: Flow) -> I64:
        """How many documents of each form it has within the books."""
        worked = np.flatnonzero(flow.counts)
        days, counts = flow.days[worked], flow.counts[worked]
        number = np.arange(len(days), dtype=np.int64) + self._cell_count
        first = self._chains + np.cumsum(counts) - counts
        drawn = number if flow.mirror is None else np.arange(len(days), dtype=np.int64) + flow.mirror[0]
        u = mix(self._key, drawn.view(np.uint64))
        stride = coprime(counts, (u >> np.uint64(32)).view(np.int64))
        offset = (u & np.uint64(0x7FFFFFFF)).view(np.int64) % counts
        phase = (u >> np.uint64(11)).view(np.int64) % len(flow.routes)
        same = first if flow.mirror is None else first - self._chains + flow.mirror[1]
        if flow.same:
            # The same contract has the same place, and goes the same way, every month.
            same, phase = np.full(len(days), self._chains), np.zeros(len(days), np.int64)
            stride, offset = np.ones(len(days), np.int64), phase
        company = np.full(len(days), flow.company)
        self._cells.append((company, days, counts, first, same, stride, offset))
        self._chains += int(counts.sum())
        self._cell_count += len(days)
        made = self._spread(flow, number, days, counts, phase)
        self._stretches += made
        return self._totals([(form, count) for form, _, _, count, _ in made])

    def add_single(self, company: int, forms: I64, days: I64) -> I64:
        """Documents that are a chain by themselves, each of a form and on a day of its own."""
        size = len(forms)
        number = np.arange(size, dtype=np.int64)
        first, one, none = number + self._chains, np.ones(size, np.int64), np.zeros(size, np.int64)
        self._cells.append((np.full(size, company), days, one, first, first, one, none))
        self._stretches.append((forms, number + self._cell_count, none, one, days))
        self._chains += size
        self._cell_count += size
        return self._totals([(forms, one)])

    def _totals(self, made: Sequence[tuple[I64, I64]]) -> I64:
        totals = np.zeros(len(self.drafts.drafts), np.int64)
        for form, count in made:
            totals += np.bincount(form, count, len(totals)).astype(np.int64)
        return totals

    def _spread(self, flow: Flow, number: I64, days: I64, counts: I64, phase: I64) -> list[tuple[I64, ...]]:
        ways = len(flow.routes)
        edges = (np.arange(ways + 1)[None, :] * counts[:, None] + phase[:, None]) // ways
        sizes = np.diff(edges, axis=1)
        cell, way, start, count = split(sizes, flow.rewritten)
        routes = [*flow.routes, *(flow.rewritten.routes if flow.rewritten else ())]
        begins, ends = (np.array([route[at] for route in routes], np.int64) for at in (0, 1))
        calendar = self._calendars[flow.company]
        after = np.array([draft.after for draft in self.drafts.drafts], np.int64)
        shift = np.array([draft.shift for draft in self.drafts.drafts], np.int64)
        shifted = shifts(calendar)
        found: list[tuple[I64, ...]] = []
        for place in range(int((ends - begins).max())):
            there = np.flatnonzero(begins[way] + place < ends[way])
            form = begins[way[there]] + place
            day = shifted[shift[form], days[cell[there]] + after[form]]
            kept = np.flatnonzero(day < calendar.days)
            there, form = there[kept], form[kept]
            columns = (form, number[cell[there]], start[there], count[there], day[kept])
            found.append(columns)
        return found

    def finished(self, companies: int) -> tuple[Cells, Stretches, I64]:
        """Cells, stretches by day, company and type, and where those of each of these begin."""
        cells = Cells(*(np.concatenate(column) for column in zip(*self._cells, strict=True)))
        form, cell, first, count, day = (np.concatenate(one) for one in zip(*self._stretches, strict=True))
        days = self._calendars[0].days
        types = np.array([draft.type for draft in self.drafts.drafts], np.int64)
        slot = (day * companies + cells.company[cell]) * TYPES + types[form]
        order = np.argsort(slot, kind="stable")
        stretches = Stretches(form[order], cell[order], first[order], count[order])
        starts = np.searchsorted(slot[order], np.arange(days * companies * TYPES + 1))
        return cells, stretches, starts.astype(np.int64)


def shifts(calendar: Calendar) -> I64:
    """For each Shift and day the day to which it is put off."""
    month = np.minimum(calendar.month + 1, len(calendar.month_starts) - 1)
    following = calendar.working[np.minimum(calendar.month_starts[month], len(calendar.working) - 1)]
    by_shift = {Shift.WORKING: calendar.working, Shift.PAYING: calendar.paying, Shift.NEXT_MONTH: following}
    return np.stack([by_shift[one] for one in Shift])


def spread_over(total: int, weights: I64) -> I64:
    """Whole numbers in proportion to the weights, which come to the total: rounded sums so far."""
    reached = np.cumsum(weights)
    edges = reached * total // max(1, int(reached[-1]))
    found: I64 = np.diff(edges, prepend=0)
    return found


def apportioned(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the weights: those with the largest remainders are rounded up."""
    whole = sum(weights) or 1.0
    shares = [total * weight / whole for weight in weights]
    found = [int(share) for share in shares]
    by_rest = sorted(range(len(shares)), key=lambda at: found[at] - shares[at])
    for at in by_rest[: total - sum(found)]:
        found[at] += 1
    return found


def coprime(counts: I64, u: I64) -> I64:
    """For each count a number below it without a common divisor, somewhere about the golden section."""
    found: I64 = np.maximum(1, counts * (55 + u % 15) // 100)
    while True:
        common = np.gcd(found, counts) != 1
        if not common.any():
            return found
        found = np.where(common, found + 1, found)
