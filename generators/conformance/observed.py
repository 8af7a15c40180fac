"""A dataset's rows as column kinds see rows, so that what follows from other cells can be worked out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cached_property
from typing import Any, NoReturn, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.children import Children
from synthmill.generators.columns.kind import PARENT
from synthmill.generators.conformance.links import Link, Tables, links_of, places_of
from synthmill.generators.engine.cells import Arrow, Cells
from synthmill.generators.engine.plan import Plan
from synthmill.generators.kernels.mix import I64, U64

T = TypeVar("T")


class NotObservableError(Exception):
    """What was asked for isn't in the rows: randomness, or whose children they are."""


class Observed:
    """The tables of a dataset, and which columns of theirs lead from one to another."""

    def __init__(self, plan: Plan, parameters: Mapping[str, Any], tables: Tables) -> None:
        self.tables = tables
        self._targets: dict[tuple[str, str], tuple[str, I64]] = {}
        self._plan = plan
        self._parameters = {table["name"]: table for table in parameters["tables"]}
        self._links: dict[str, Mapping[str, Link]] = {}

    def rows(self, table: str) -> ObservedRows:
        """All rows of a table."""
        return ObservedRows(self, table, np.arange(self.tables[table].num_rows))

    def column(self, table: str, name: str) -> pa.Array:
        return self.tables[table].column(name).combine_chunks()

    def links(self, table: str) -> Mapping[str, Link]:
        """What leads from a table's rows to others, by foreign key or PARENT."""
        if table not in self._links:
            self._links[table] = links_of(self._plan, self._parameters[table], self.tables)
        return self._links[table]

    def target(self, table: str, link: str) -> tuple[str, I64]:
        """The table that a link leads to, and the row there for each of ours; -1 for none."""
        found = self.links(table).get(link)
        if found is None or not found.identifies_rows:
            raise NotObservableError
        if (table, link) not in self._targets:
            places = places_of(found, table, self.tables)
            self._targets[table, link] = found.table, np.maximum(places, -1)
        return self._targets[table, link]


class ObservedRows:
    """Rows of one table, in any order. Satisfies `columns.kind.Rows`, but for what isn't in them."""

    def __init__(self, observed: Observed, table: str, places: I64, index: I64 | None = None) -> None:
        self._observed, self._table, self._places, self._index = observed, table, places, index
        self._once: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self._places)

    def once(self, purpose: Hashable, make: Callable[[], T]) -> T:
        if purpose not in self._once:
            self._once[purpose] = make()
        found: T = self._once[purpose]
        return found

    def look(self, link: str | None, column: str) -> Cells:
        if link is None:
            return Arrow(self._observed.column(self._table, column).take(pa.array(self._places)))
        target, there = self._observed.target(self._table, link)
        places = there[self._places]
        return Arrow(self._observed.column(target, column).take(pa.array(places, mask=places < 0)))

    def children(self, table: str) -> Iterator[Children]:
        target, owners = self._observed.target(table, PARENT)
        if target != self._table or not self._whole:
            raise NotObservableError
        order = np.argsort(owners, kind="stable")
        order = order[np.count_nonzero(owners < 0) :]  # nobody's come first
        counts = np.bincount(owners[order], minlength=len(self)).astype(np.int64)
        yield Children(0, len(self), ObservedRows(self._observed, table, order), counts)

    def siblings(self) -> tuple[ObservedRows, I64]:
        order, index = self._of_siblings
        where = np.empty_like(order)
        where[order] = np.arange(len(order))
        return self.once("siblings", lambda: ObservedRows(self._observed, self._table, order, index)), where

    def sibling_index(self) -> U64:
        if self._index is not None:
            return self._index.view(np.uint64)
        order, index = self._of_siblings
        found = np.empty_like(index)
        found[order] = index
        return found.view(np.uint64)

    @cached_property
    def _of_siblings(self) -> tuple[I64, I64]:
        """All rows, parent by parent in their order, and each one's place among its siblings."""
        _, owners = self._observed.target(self._table, PARENT)
        if not self._whole:
            raise NotObservableError
        order = np.argsort(owners, kind="stable")
        counts = np.unique(owners, return_counts=True)[1]
        return order, np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)

    @property
    def _whole(self) -> bool:
        """Whether these are all rows of the table: others' children can't be found by their place here."""
        return len(self._places) == self._observed.tables[self._table].num_rows and self._index is None

    @property
    def numbers(self) -> U64:
        raise NotObservableError

    def draw(self, key: int) -> NoReturn:
        raise NotObservableError

    def choose(self, key: int, count: int) -> NoReturn:
        raise NotObservableError

    def parents(self) -> NoReturn:
        raise NotObservableError

    def follow(self, link: str) -> tuple[ObservedRows, I64]:
        target, there = self._observed.target(self._table, link)
        places = there[self._places]
        if (places < 0).any():
            raise NotObservableError
        return self.once(("link", link), lambda: self._observed.rows(target)), places

    def child_numbers(self, table: str) -> NoReturn:
        raise NotObservableError

    def rows_at(self, table: str, numbers: U64) -> NoReturn:
        raise NotObservableError


def apart(one: pa.Array, other: pa.Array) -> pa.Array:
    """For each place whether two arrays differ there; nulls are equal, and doubles nearly."""
    if pa.types.is_floating(one.type):
        first, second = (pc.fill_null(array, np.nan).to_numpy(zero_copy_only=False) for array in (one, other))
        return pa.array(~np.isclose(first, second, rtol=1e-9, atol=1e-9, equal_nan=True))
    differ = pc.fill_null(pc.not_equal(one, other), False)
    return pc.or_(differ, pc.not_equal(one.is_null(), other.is_null()))
