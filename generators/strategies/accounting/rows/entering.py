"""When documents are entered, and by whom: days, hours, clerks, approvals."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, DictionaryCells, Digits, Flags
from synthmill.generators.kernels.mix import I64, U64, key, mix
from synthmill.generators.strategies.accounting.documents import Documents, Journal
from synthmill.generators.strategies.accounting.ways.forms import MANUAL, TYPES, Hours

_DAY_US = 86_400_000_000
_MINUTE_US = 60_000_000
_NIGHT_MINUTES = 240
"""After midnight, in which nobody works."""
_SATURDAY = 2
"""A day since 1970 that is one has this remainder by seven."""
_CLERKS = 10
"""Of each company, who enter what isn't posted by itself."""
_MINUTES = 512
_HOURS = (1, 1, 1, 1, 2, 4, 8, 30, 90, 150, 160, 150, 60, 90, 150, 150, 130, 70, 25, 10, 6, 4, 3, 2)
"""How busy the hours of a day are: few enter anything at night, and fewer at noon."""


class Entering:
    """Of documents: when they are dated and entered, by whom, and who approves them."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._clerk_key = key(journal.world.seed, "accounting", "clerks")

    @cached_property
    def _lags(self) -> I64:
        return np.array(self.journal.world.form_values("lag"), np.int64)

    def lag(self, of: Documents) -> I64:
        """Days that a document's own date lies before its posting: up to what its form says, and more where
        it says so."""
        most = self._lags[of.form]
        found: I64 = (self._draws(of, 3) >> np.uint64(33)).view(np.int64) % (most + 1)
        return found + self._earlier[of.form]

    @cached_property
    def _earlier(self) -> I64:
        return np.array(self.journal.world.form_values("earlier"), np.int64)

    @cached_property
    def _hours(self) -> I64:
        return np.array(self.journal.world.form_values("hours"), np.int64)

    @cached_property
    def _working(self) -> I64:
        found: I64 = np.stack([one.calendar.working for one in self.journal.world.companies])
        return found

    @cached_property
    def _entered(self) -> I64:
        return np.array(self.journal.world.form_values("entered"), np.int64)

    def day(self, of: Documents) -> I64:
        day = of.group // self.journal.companies
        found: I64 = self._working[of.group % self.journal.companies, day + self._entered[of.form]]
        found = found + self.journal.first_day
        saturday = found + (_SATURDAY - found) % 7
        return np.where(self._hours[of.form] == Hours.WEEKEND, saturday, found)

    @cached_property
    def _minutes(self) -> I64:
        """Minutes of a day at equal steps of what is entered by then."""
        reached = np.cumsum(np.repeat(np.array(_HOURS, np.int64), 60))
        steps = (np.arange(_MINUTES, dtype=np.int64) * 2 + 1) * int(reached[-1]) // (2 * _MINUTES)
        return np.searchsorted(reached, steps, side="right").astype(np.int64)

    def moment(self, of: Documents) -> I64:
        """When each is entered, in microseconds since 1970."""
        return self.day(of) * _DAY_US + self._time(of)

    def _time(self, of: Documents) -> I64:
        """Microseconds since midnight: a day's numbers of a type rise with them."""
        slot = of.group * TYPES + self.journal.type[of.form]
        sizes = np.diff(self.journal.world.documents_before)[slot]
        u = (self._draws(of, 0) >> np.uint64(44)).view(np.int64)
        place = ((of.within << 20) + u) * (_MINUTES - 1) // np.maximum(sizes, 1)
        at, part = place >> 20, place & ((1 << 20) - 1)
        low, high = self._minutes[at] * _MINUTE_US, self._minutes[at + 1] * _MINUTE_US
        found: I64 = low + ((high - low) >> 20) * part
        night = u % _NIGHT_MINUTES * _MINUTE_US + part
        return np.where(self._hours[of.form] == Hours.NIGHT, night, found)

    def _draws(self, of: Documents, purpose: int) -> U64:
        places = self.journal.identities(of.chain, of.form) * 4 + purpose
        return mix(self._clerk_key, places.view(np.uint64))

    @cached_property
    def _heads(self) -> tuple[I64, I64]:
        """The first employee of each company, and how many of them enter documents."""
        counts = np.bincount(self.journal.world.people.company, minlength=self.journal.companies)
        # The last of a small company enters nothing but where he shouldn't.
        return np.cumsum(counts) - counts, np.minimum(counts - 1, _CLERKS)

    def users(self, of: Documents) -> tuple[Cells, Cells]:
        """Who entered each, and who approved what isn't posted by itself: never the same person."""
        company = of.group % self.journal.companies
        first, clerks = (one[company] for one in self._heads)
        by_hand = self._by_hand[of.form]
        u = self._draws(of, 1)
        clerk = (u & np.uint64(0xFFFF)).view(np.int64) % clerks
        own = self._self_approved[of.form]
        other = (clerk + 1 + (u >> np.uint64(16) & np.uint64(0xFFFF)).view(np.int64) % (clerks - 1)) % clerks
        other = np.where(own, clerk, other)
        clerk = np.where(self._outsider[of.form], clerks, clerk)
        people = Dictionary(strings(["E", "BATCH"]))
        kind = DictionaryCells(np.where(by_hand, 0, 1).astype(np.uint32), people)
        # A batch has the number of its company, a person that of an employee.
        number = np.where(by_hand, first + clerk + 1, company + 1)
        return (
            Concat((kind, Digits(number, 6))),
            Concat((b"E", Digits(first + other + 1, 6)), ~by_hand | self._unapproved[of.form]),
        )

    @cached_property
    def _outsider(self) -> Flags:
        return np.array(self.journal.world.form_values("outsider"), np.bool_)

    @cached_property
    def _unapproved(self) -> Flags:
        return np.array(self.journal.world.form_values("unapproved"), np.bool_)

    @cached_property
    def _self_approved(self) -> Flags:
        return np.array(self.journal.world.form_values("self_approved"), np.bool_)

    @cached_property
    def _by_hand(self) -> Flags:
        return np.isin(self.journal.world.form_values("source"), MANUAL)
