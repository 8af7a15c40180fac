"""A row among those that exist already, of a table of any length whose rows are in the order of their times.

Which these are is found by looking at times of single rows, half of what is left each time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthmill.generators.columns.kind import Rows, Scope
from synthmill.generators.columns.linking.wanted import Wanted, numbers, period_of
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64


@dataclass(frozen=True, eq=False)
class Ordered:
    """One of the rows up to the last whose time is no later than the row's, each as likely."""

    key: int
    wanted: Wanted
    size: int

    @staticmethod
    def possible(wanted: Wanted, scope: Scope) -> bool:
        since = wanted.since
        if since is None or wanted.until is not None or wanted.own or since.nullable:
            return False
        return scope.column_of(since.table, since.column).in_order

    def __call__(self, rows: Rows) -> I64:
        at = self.wanted.times(rows)
        assert at is not None and self.wanted.since is not None
        low, high = np.zeros(len(rows), np.int64), np.full(len(rows), self.size, np.int64)
        for _ in range(self.size.bit_length()):
            middle = (low + high) >> 1
            there = rows.rows_at(self.wanted.table, np.minimum(middle, self.size - 1).view(np.uint64))
            later = numbers(self.wanted.since.cells(there)) > at
            searching = low < high
            high = np.where(searching & later, middle, high)
            low = np.where(searching & ~later, middle + 1, low)
        chosen = bounded(rows.draw(self.key), np.maximum(low, 1).view(np.uint64)).view(np.int64)
        return np.where(low > 0, chosen, -1)

    def always(self, scope: Scope) -> bool:
        """Whether the first row is there before any row refers to it, as far as that is known."""
        wanted = self.wanted
        assert wanted.since is not None
        at = period_of(wanted.at)
        first = scope.rows_at(wanted.table, np.zeros(1, np.uint64))
        return at is not None and int(numbers(wanted.since.cells(first))[0]) <= at[0]
