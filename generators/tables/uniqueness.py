"""Choices that differ from row to row, or from sibling to sibling: what makes a composite key unique.

A permutation of all combinations of the columns' choices is read at the row's number, or, under a key of
the parent's own, at the child's place. So no two rows, or siblings, have the same combination, and none
needs to know another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from synthmill.generators.columns.kind import Rows
from synthmill.generators.columns.nested.chosen_rows import ChosenRows
from synthmill.generators.kernels.integers import distinct
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.kernels.permutation import Permutation, shuffled_by
from synthmill.generators.kernels.repeats import repeated
from synthmill.generators.tables.rows import TableRows

DRAWS = 64
"""How often a child draws for a row that none of its earlier siblings has."""


@dataclass(frozen=True)
class Combination:
    """A combination of choices for each row, all different."""

    key: int
    size: int
    """How many combinations there are."""
    of_siblings: bool
    """Whether only children of one parent must differ."""

    def __call__(self, rows: TableRows) -> U64:
        return rows.once(self, lambda: self._combinations(rows))

    def _combinations(self, rows: TableRows) -> U64:
        if not self.of_siblings:
            return Permutation(self.size, self.key).apply(rows.numbers)
        parents, places = rows.distinct_parents
        return shuffled_by(mix(self.key, parents)[places], self.size, rows.sibling_index())


@dataclass(frozen=True)
class Digit:
    """One column's choice out of a combination: digit by digit, in a number whose digits have bases of their
    own."""

    combination: Combination
    stride: int
    base: int

    def __call__(self, rows: TableRows) -> U64:
        return self.combination(rows) // np.uint64(self.stride) % np.uint64(self.base)


@dataclass(frozen=True, eq=False)
class Apart:
    """The rows that a foreign key leads to by a law of its own, none twice for children of one parent.

    A child whose draw an earlier sibling has already draws again, up to `DRAWS` times; after that it takes
    the rows one by one, in an order of its parent's own.
    """

    key: int
    law: Callable[[Rows], U64]
    size: int
    """Rows of the other table, at least as many as a parent has children."""

    def __call__(self, rows: Rows) -> U64:
        siblings, places = rows.siblings()
        return siblings.once(self, lambda: self._apart(siblings))[places]

    def _apart(self, siblings: Rows) -> U64:
        parents, places = distinct(siblings.parents())
        chosen = self.law(siblings)
        trying = repeated(places, np.zeros(len(siblings), np.bool_), chosen)
        attempt = 0
        while len(trying):
            attempt += 1
            if attempt <= DRAWS:
                chosen[trying] = self.law(_DrawnAgain(siblings, trying, attempt))
            else:
                turn = np.full(len(trying), attempt - DRAWS - 1, np.uint64)
                orders = mix(self.key, parents)[places[trying]]
                chosen[trying] = shuffled_by(orders, self.size, turn)
            new = np.zeros(len(siblings), np.bool_)
            new[trying] = True
            trying = repeated(places, new, chosen)
        return chosen


class _DrawnAgain(ChosenRows):
    """Rows whose randomness is another one with every attempt."""

    def __init__(self, rows: Rows, places: I64, attempt: int) -> None:
        super().__init__(rows, places)
        self._attempt = np.full(len(places), attempt, np.uint64)

    def draw(self, key: int) -> U64:
        return mix(super().draw(key), self._attempt)
