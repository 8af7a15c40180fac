"""How many children each parent has, and whose child a row is.

Parents come in groups of 256, and whose child a row is follows from its group's counts alone. With an exact
total there are no prefix sums: group g has exactly floor((g + 1) * 256 * N / P) - floor(g * 256 * N / P) of
the N children of P parents. Within a group the counts are drawn from a law whose mean is N / P and then
corrected, in an order that is random but fixed, until they add up. With a free total every parent's count
is drawn by itself, and the plan holds how many children come before each group.
"""

from __future__ import annotations

import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthmill.generators.kernels.backend import Twin
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.elementary import exp
from synthmill.generators.kernels.integers import distinct, multiply_divide
from synthmill.generators.kernels.mix import F64, I64, U64, mix

GROUP = 256

GROUPS_AT_ONCE = 256
"""Groups whose counts are held at once: bounds the memory where few rows lie in each."""


@dataclass(frozen=True, eq=False)
class OneToMany(ABC):
    """A relation of `parents` rows to their `children`, which follow one another in the parents' order."""

    parents: int
    children: int
    most: int
    """Children that a parent has at most."""

    @abstractmethod
    def counts(self, groups: U64) -> I64:
        """Children of each parent: a row of 256 for each group, zeros where the last group has fewer."""

    @abstractmethod
    def _group_of(self, rows: U64) -> U64:
        """The groups of children."""

    @abstractmethod
    def _first_child(self, groups: U64) -> U64:
        """How many children come before each group's first one; also for the group after the last."""

    def locate(self, rows: U64) -> tuple[U64, U64]:
        """For each child row its parent's row and its place among that parent's children, from 0.

        Rows in any order; quickest where neighbours have the same group.
        """
        groups, places = distinct(self._group_of(rows))
        offsets = rows - self._first_child(groups)[places]
        parents, indexes = np.empty_like(rows), np.empty_like(rows)
        for some, chosen, among in _few_at_once(groups, places):
            parents[chosen], indexes[chosen] = self._locate(some, among, offsets[chosen])
        return parents, indexes

    def _locate(self, groups: U64, places: I64, offsets: U64) -> tuple[U64, U64]:
        ends = np.cumsum(self.counts(groups).ravel())
        starts = np.concatenate((np.zeros(1, np.int64), ends))
        targets = starts[places * GROUP] + offsets.view(np.int64)
        return located(starts, groups.view(np.int64) * GROUP, targets)

    def children_of(self, parents: U64) -> tuple[U64, I64]:
        """For each parent the row of its first child, and how many children it has."""
        groups, places = distinct(parents // np.uint64(GROUP))
        members = (parents % np.uint64(GROUP)).view(np.int64)
        first, counts = np.empty_like(parents), np.empty(len(parents), np.int64)
        for some, chosen, among in _few_at_once(groups, places):
            of_group = self.counts(some)
            before = np.cumsum(of_group, axis=1) - of_group + self._first_child(some).view(np.int64)[:, None]
            first[chosen] = before[among, members[chosen]].view(np.uint64)
            counts[chosen] = of_group[among, members[chosen]]
        return first, counts

    def _members(self, groups: U64) -> tuple[U64, npt.NDArray[np.bool_]]:
        """The numbers of the groups' parents, 256 to a row, and whether there are such."""
        members: U64 = np.add.outer(groups * np.uint64(GROUP), np.arange(GROUP, dtype=np.uint64))
        return members, members < np.uint64(self.parents)


def _few_at_once(groups: U64, places: I64) -> Iterator[tuple[U64, I64 | slice, I64]]:
    """Groups of which the counts may be held together: which rows lie in them, and in which of them."""
    if len(groups) <= GROUPS_AT_ONCE:
        yield groups, slice(None), places
        return
    order = np.argsort(places, kind="stable")
    cuts = np.searchsorted(places[order], np.arange(0, len(groups) + GROUPS_AT_ONCE, GROUPS_AT_ONCE))
    for at, (start, stop) in enumerate(itertools.pairwise(cuts)):
        first, chosen = at * GROUPS_AT_ONCE, order[start:stop]
        yield groups[first : first + GROUPS_AT_ONCE], chosen, places[chosen] - first


@dataclass(frozen=True, eq=False)
class ExactOneToMany(OneToMany):
    """Exactly `children` in all, compiled by `one_to_many`."""

    least: int
    law: Discrete
    """Of a parent's children beyond `least`."""
    key: int

    def counts(self, groups: U64) -> I64:
        members, exists = self._members(groups)
        u = mix(self.key, members.ravel())
        counts = self.law.draw(u).reshape(members.shape) + self.least
        counts[~exists] = 0
        quota = (self._first_child(groups + np.uint64(1)) - self._first_child(groups)).view(np.int64)
        # The low bits of u aren't what the law looked at first, so their order favours no count.
        turns = np.argsort(u.astype(np.uint16).reshape(members.shape), axis=1, kind="stable")
        return corrected(exists.sum(axis=1), quota, self.least, self.most, turns, counts)

    def _group_of(self, rows: U64) -> U64:
        # The least m with floor(m * N / P) > row is ceil((row + 1) * P / N); its group is (m - 1) // 256.
        return multiply_divide(rows + np.uint64(1), self.parents, self.children, 1) // np.uint64(GROUP)

    def _first_child(self, groups: U64) -> U64:
        reached = np.minimum(groups * np.uint64(GROUP), np.uint64(self.parents))
        return multiply_divide(reached, self.children, self.parents)


@dataclass(frozen=True, eq=False)
class FreeOneToMany(OneToMany):
    """As many children as the parents' own counts come to, compiled by `free_one_to_many`."""

    starts: I64
    """How many children come before each group's first one; the last entry is their total."""
    count: Callable[[U64], I64]
    """The children of each of some parents."""

    def counts(self, groups: U64) -> I64:
        members, exists = self._members(groups)
        counts = np.zeros(members.shape, np.int64)
        counts[exists] = self.count(members[exists])
        return counts

    def _group_of(self, rows: U64) -> U64:
        return (np.searchsorted(self.starts, rows.view(np.int64), side="right") - 1).view(np.uint64)

    def _first_child(self, groups: U64) -> U64:
        return self.starts[groups.view(np.int64)].view(np.uint64)


class CountedOnce(OneToMany):
    """A relation that keeps the counts of the groups asked for last: for the rows of one block."""

    def __init__(self, relation: OneToMany) -> None:
        super().__init__(relation.parents, relation.children, relation.most)
        self._relation = relation
        self._last: tuple[U64, I64] | None = None

    def counts(self, groups: U64) -> I64:
        last = self._last
        if last is None or not np.array_equal(last[0], groups):
            last = self._last = groups, self._relation.counts(groups)
        return last[1]

    def _group_of(self, rows: U64) -> U64:
        return self._relation._group_of(rows)

    def _first_child(self, groups: U64) -> U64:
        return self._relation._first_child(groups)


@dataclass(frozen=True, eq=False)
class DrawnCounts:
    """Counts that are drawn for each parent from a law, and are `least` at least."""

    key: int
    law: Discrete
    least: int

    def __call__(self, parents: U64) -> I64:
        return self.law.draw(mix(self.key, parents)) + self.least


@Twin
def located(starts: I64, first: I64, targets: I64) -> tuple[U64, U64]:
    """The parents of children, and the children's places among theirs.

    `starts` says before which child each parent's first one comes, and ends with the number of children;
    `first` is the number of each group's first parent.
    """
    found = np.searchsorted(starts, targets, side="right") - 1
    parents = first[found // GROUP] + found % GROUP
    return parents.view(np.uint64), (targets - starts[found]).view(np.uint64)


@Twin
def corrected(members: I64, quota: I64, least: int, most: int, turns: I64, counts: I64) -> I64:
    """Counts that add up to each group's quota: a child is given to a parent or taken from him, in the order
    of `turns`, round after round. Only the first `members` of a group take part.
    """
    counts = np.take_along_axis(counts, turns, axis=1)
    exists = turns < members[:, None]
    missing = quota - counts.sum(axis=1)
    while missing.any():
        step = np.sign(missing)[:, None]
        able = exists & np.where(step > 0, counts < most, counts > least)
        able &= np.cumsum(able, axis=1) <= np.abs(missing)[:, None]
        counts += step * able
        missing = quota - counts.sum(axis=1)
    result = np.empty_like(counts)
    np.put_along_axis(result, turns, counts, axis=1)
    return result


def one_to_many(
    parents: int, children: int, least: int, most: int, weights: Sequence[float], key: int
) -> ExactOneToMany:
    """Compile a relation whose parents have least to most children each, `children` together.

    `weights`, all positive, say how common each count is; they are tilted exponentially so that the mean
    is children / parents. Raises ValueError unless least * parents <= children <= most * parents.
    """
    if not least * parents <= children <= most * parents:
        raise ValueError("the parents can't have that many children")
    law = discrete(_tilted(weights, children / parents - least))
    return ExactOneToMany(parents, children, most, least, law, key)


def free_one_to_many(parents: int, most: int, count: Callable[[U64], I64]) -> FreeOneToMany:
    """Compile a relation whose parents have as many children as `count`, at most `most`, says of each.

    All parents are counted here, some hundred million in a second where the counts are merely drawn.
    """
    sums = [np.zeros(1, np.int64)]
    for start in range(0, parents, GROUP * GROUPS_AT_ONCE):
        stop = min(start + GROUP * GROUPS_AT_ONCE, parents)
        counts = count(np.arange(start, stop, dtype=np.uint64))
        sums.append(np.add.reduceat(counts, np.arange(0, stop - start, GROUP)))
    starts = np.cumsum(np.concatenate(sums))
    return FreeOneToMany(parents, int(starts[-1]), most, starts, count)


def drawn_counts(least: int, weights: Sequence[float], mean: float | None, key: int) -> DrawnCounts:
    """Counts from `least` on with these weights, all positive; tilted to the mean, where one is given."""
    law = discrete(weights if mean is None else _tilted(weights, mean - least))
    return DrawnCounts(key, law, least)


def _tilted(weights: Sequence[float], mean: float) -> list[float]:
    """weights[k] * exp(tilt * k), for the tilt that gives k this mean (or as near as doubles come)."""
    k = np.arange(len(weights), dtype=np.float64)
    given = np.array(weights, np.float64) / max(weights)
    low, high = -750.0, 750.0
    result: F64 = given
    for _ in range(80):
        tilt = (low + high) / 2
        result = given * exp(tilt * k - max(0.0, tilt * (len(weights) - 1)))
        if math.fsum(result * k) < mean * math.fsum(result):
            low = tilt
        else:
            high = tilt
    return [float(weight) for weight in result]
