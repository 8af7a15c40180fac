"""An exact number of children, whose parents have them by their exposure: how long they were there.

Parents come in groups of 256. A group has its share of all children by its exposure, rounded so that they
add up. Each of these goes to a parent of the group by its exposure, or to another where that one is full.
Given their sum, the counts of Poisson events of parents are spread like this.

Where a group has very many children, all but a few are a Poisson number of each parent, whose sum is almost
never above the group's share; what is missing goes to parents one by one. That is the same law: given their
sum the Poisson numbers are as if they had been given out one by one, too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.derived.poisson import GREATEST, poisson
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.kernels.relations.one_to_many import GROUP, GROUPS_AT_ONCE, OneToMany

TRIES = 8
"""How many parents are drawn for each child of a group, before what is left goes to whoever has room."""

_MANY = 4_096
"""Children of a group from which most of them are Poisson numbers."""
_SPREAD = 6.0
"""By how many standard deviations these are fewer on average than the group has."""

Exposures = Callable[[U64], tuple[I64, I64]]
"""Of some parents the exposure, below 2**54 and 0 for none, and how many children each may have."""


class CrowdedError(ValueError):
    """The parents of a group may not have as many children as would be their share."""


@dataclass(frozen=True, eq=False)
class ExposedOneToMany(OneToMany):
    """Exactly `children` in all, compiled by `exposed_one_to_many`."""

    starts: I64
    """How many children come before each group's first one; the last entry is their total."""
    exposures: Exposures
    key: int

    def counts(self, groups: U64) -> I64:
        members, exists = self._members(groups)
        exposures, room = np.zeros((2, *members.shape), np.int64)
        exposures[exists], room[exists] = self.exposures(members[exists])
        room[exposures == 0] = 0
        at = groups.view(np.int64)
        quota, keys = self.starts[at + 1] - self.starts[at], mix(self.key, groups)
        counts = np.zeros(members.shape, np.int64)
        many = np.flatnonzero(quota > _MANY)
        if len(many):
            counts[many] = self._most_of(members[many], quota[many], exposures[many], room[many])
        left = quota - counts.sum(axis=1)
        found = shared_out(keys, left, exposures.ravel(), (room - counts).ravel())
        return counts + found.reshape(members.shape)

    def _most_of(self, members: U64, quota: I64, exposures: I64, room: I64) -> I64:
        """Children of all parents of groups, fewer than there are; none where they came to more."""
        share = quota.astype(np.float64)
        total = np.maximum(exposures.sum(axis=1), 1).astype(np.float64)
        means = exposures.astype(np.float64) * ((share - _SPREAD * np.sqrt(share)) / total)[:, None]
        drawn = poisson(np.minimum(means, GREATEST - 1.0).ravel(), mix(self.key ^ 1, members.ravel()))
        counts = np.minimum(drawn.reshape(members.shape), room)
        counts[counts.sum(axis=1) > quota] = 0
        return counts

    def _group_of(self, rows: U64) -> U64:
        return (np.searchsorted(self.starts, rows.view(np.int64), side="right") - 1).view(np.uint64)

    def _first_child(self, groups: U64) -> U64:
        return self.starts[groups.view(np.int64)].view(np.uint64)


def exposed_one_to_many(
    parents: int, children: int, most: int, exposures: Exposures, key: int
) -> ExposedOneToMany:
    """Compile a relation of so many children in all. All parents' exposures are added up here.

    Raises CrowdedError, and ValueError where no parent has any exposure.
    """
    sums, rooms = [0], list[int]()
    for start in range(0, parents, GROUP * GROUPS_AT_ONCE):
        stop = min(start + GROUP * GROUPS_AT_ONCE, parents)
        found, room = exposures(np.arange(start, stop, dtype=np.uint64))
        groups = np.arange(0, stop - start, GROUP)
        sums += np.add.reduceat(found, groups).tolist()
        rooms += np.add.reduceat(np.where(found > 0, room, 0), groups).tolist()
    reached = list(itertools.accumulate(sums))
    if not reached[-1]:
        raise ValueError("there is no exposure")
    starts = [children * before // reached[-1] for before in reached]
    if any(
        stop - start > room for (start, stop), room in zip(itertools.pairwise(starts), rooms, strict=True)
    ):
        raise CrowdedError
    return ExposedOneToMany(parents, children, most, np.array(starts, np.int64), exposures, key)


@Twin
def shared_out(keys: U64, quota: I64, exposures: I64, room: I64) -> I64:
    """How many of a group's `quota` of children each parent gets; a group is 256 parents in a row.

    Parent after parent is drawn by exposure and gets a child if there is room, TRIES times as often as there
    are children; what is left then fills the room from the first parent on.
    """
    counts = np.empty(len(room), np.int64)
    for group, wanted in enumerate(quota.tolist()):
        own = slice(group * GROUP, (group + 1) * GROUP)
        ends, tries = np.cumsum(exposures[own]), wanted
        counts[own] = _drawn(int(keys[group]), wanted, tries, ends, room[own])
        while counts[own].sum() < wanted and tries < wanted * TRIES:
            tries *= 2
            counts[own] = _drawn(int(keys[group]), wanted, tries, ends, room[own])
        free = room[own] - counts[own]
        counts[own] += np.clip(wanted - counts[own].sum() - (np.cumsum(free) - free), 0, free)
    return counts


def _drawn(key: int, wanted: int, tries: int, ends: I64, room: I64) -> I64:
    """Children of a group's parents, one by one while there is room, out of so many that are drawn."""
    drawn = bounded.plain(mix.plain(key, np.arange(tries, dtype=np.uint64)), int(ends[-1]))
    chosen = np.searchsorted(ends, drawn.view(np.int64), side="right")
    order = np.argsort(chosen, kind="stable")
    earlier = np.empty(tries, np.int64)
    earlier[order] = np.arange(tries) - np.searchsorted(chosen[order], chosen[order], side="left")
    kept = chosen[earlier < room[chosen]][:wanted]
    return np.bincount(kept, minlength=GROUP)
