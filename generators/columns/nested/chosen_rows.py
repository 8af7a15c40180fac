"""Rows that are some of others, or several of each: what inner columns are made for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

import numpy as np

from synthmill.generators.columns.children import Children
from synthmill.generators.columns.kind import Rows
from synthmill.generators.engine.arrow_cells import gathered
from synthmill.generators.engine.cells import Cells
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64, U64, mix

T = TypeVar("T")


class ChosenRows:
    """Some of the rows of others. Satisfies `columns.kind.Rows`."""

    def __init__(self, rows: Rows, places: I64) -> None:
        self._rows, self._places = rows, places
        self._once: dict[Hashable, Any] = {}

    @property
    def numbers(self) -> U64:
        return self._rows.numbers[self._places]

    def __len__(self) -> int:
        return len(self._places)

    def draw(self, key: int) -> U64:
        return self._rows.draw(key)[self._places]

    def choose(self, key: int, count: int) -> U64:
        return self._rows.choose(key, count)[self._places]

    def once(self, purpose: Hashable, make: Callable[[], T]) -> T:
        if purpose not in self._once:
            self._once[purpose] = make()
        found: T = self._once[purpose]
        return found

    def parents(self) -> U64:
        return self._rows.parents()[self._places]

    def sibling_index(self) -> U64:
        return self._rows.sibling_index()[self._places]

    def look(self, link: str | None, column: str) -> Cells:
        return gathered(self._rows.look(link, column), self._places)

    def follow(self, link: str) -> tuple[Rows, I64 | None]:
        rows, places = self._rows.follow(link)
        return rows, self._places if places is None else places[self._places]

    def children(self, table: str) -> Iterator[Children]:
        # All are made and some are left out: a row's children can't be had without those between.
        chosen = np.zeros(len(self._rows), np.bool_)
        chosen[self._places] = True
        done = 0
        for some in self._rows.children(table):
            kept = chosen[some.start : some.stop]
            count = int(kept.sum())
            places = np.flatnonzero(np.repeat(kept, some.counts))
            yield Children(done, done + count, ChosenRows(some.rows, places), some.counts[kept])
            done += count

    def child_numbers(self, table: str) -> tuple[U64, I64]:
        first, counts = self._rows.child_numbers(table)
        return first[self._places], counts[self._places]

    def rows_at(self, table: str, numbers: U64) -> Rows:
        return self._rows.rows_at(table, numbers)

    def siblings(self) -> tuple[Rows, I64]:
        rows, places = self._rows.siblings()
        return rows, places[self._places]


class Items(ChosenRows):
    """Some items of each of some rows, as rows of their own that draw for themselves."""

    def __init__(self, rows: Rows, counts: I64) -> None:
        """So many items of each row."""
        of = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
        super().__init__(rows, of)
        starts = np.cumsum(counts) - counts
        self._numbers = (np.arange(len(of)) - starts[of]).astype(np.uint64)

    def draw(self, key: int) -> U64:
        return mix(super().draw(key), self._numbers)

    def choose(self, key: int, count: int) -> U64:
        return bounded(self.draw(key), count)
