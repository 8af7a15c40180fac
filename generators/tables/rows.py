"""Cells of a plan's tables: the rows for which they are made, and the rows that these lead to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from synthmill.generators.columns.children import Children
from synthmill.generators.columns.kind import PARENT
from synthmill.generators.engine.arrow_cells import gathered
from synthmill.generators.engine.cells import CELLS, Cells, masked
from synthmill.generators.engine.plan import Plan
from synthmill.generators.kernels.integers import below, bounded, distinct
from synthmill.generators.kernels.mix import I64, U64, mix, mix_children
from synthmill.generators.kernels.relations.one_to_many import CountedOnce, OneToMany
from synthmill.generators.tables.table import Table

T = TypeVar("T")

KEPT_WHOLE = 65_536
"""Tables of at most so many rows are made once, column by column as needed, when others look at them."""

CHILDREN_AT_ONCE = 2**18
"""Children that are made together when their parents look at them (or one parent's, if he has more)."""

CHILDREN_KEPT = 2**20
"""Up to so many stay for the next column that looks at them: several aggregates make them once."""


_MORE_SIBLINGS = 0.5
"""The share by which siblings of some rows may be more than these, to be made instead of them."""
_MOST_SHARED = 4
"""Times that rows of one table are kept by which children are counted."""


def table_cells(
    plan: Plan, table: str, start: int, stop: int, columns: Sequence[str] | None
) -> Mapping[str, Cells]:
    """What `Strategy.cells` gives: chosen columns of rows, and no column that none of them depends on."""
    rows = TableRows(plan.data.tables[table], np.arange(start, stop, dtype=np.uint64))
    names = columns if columns is not None else [one.name for one in plan.table(table).columns]
    if any(rows.table.columns[name].of_siblings for name in names):
        rows.join_siblings()
    made = {name: rows.cells(name) for name in names}
    rows.shared.forget()
    return made


class TableRows:
    """Rows of a table, and what has been made for them so far. Satisfies `columns.kind.Rows`."""

    def __init__(
        self,
        table: Table,
        numbers: U64,
        located: tuple[U64, U64] | None = None,
        *,
        made: Mapping[str, Cells] | None = None,
        shared: SharedRows | None = None,
        whole: bool = False,
    ) -> None:
        """`located`: each row's parent and sibling index, where they are known; `made`: finished cells;
        `whole`: whether these are all children of some parents, in order."""
        self.table = table
        self.numbers = numbers
        self.shared = SharedRows() if shared is None else shared
        self.among: tuple[TableRows, I64] | None = None
        """Rows of which these are some, and where: what they have made needn't be made again."""
        self._known, self._whole, self._joined = located, whole, False
        self._made: dict[str, Cells] = dict(made or {})
        self._once: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def _located(self) -> tuple[U64, U64]:
        if self._known is not None:
            return self._known
        if self.among is not None and "_located" in vars(self.among[0]):
            (parents, index), places = self.among[0]._located, self.among[1]
            return parents[places], index[places]
        return self.shared.relation(self.table).locate(self.numbers)

    @cached_property
    def distinct_parents(self) -> tuple[U64, I64]:
        """The different parents, rising, and for each row the place of its own among them."""
        return distinct(self.parents())

    def parents(self) -> U64:
        return self._located[0]

    def sibling_index(self) -> U64:
        return self._located[1]

    def draw(self, key: int) -> U64:
        # A child's randomness depends on its parent and sibling index, not on its row: so a parent can make
        # its children without knowing how many rows come before them.
        if self.table.relation is None:
            return mix(key, self.numbers)
        parents, places = self.distinct_parents
        return mix_children(mix(key, parents), places, self.sibling_index())

    def choose(self, key: int, count: int) -> U64:
        chooser = self.table.choosers.get(key)
        return bounded(self.draw(key), count) if chooser is None else chooser(self)

    def once(self, purpose: Hashable, make: Callable[[], T]) -> T:
        if purpose not in self._once:
            self._once[purpose] = make()
        found: T = self._once[purpose]
        return found

    def cells(self, column: str) -> Cells:
        """The finished cells of a column, nulls included."""
        made = self._made.get(column)
        if made is None and self.among is not None:
            rows, places = self.among
            if self._joined or column in rows._made:
                made = self._made[column] = gathered(rows.cells(column), places)
        if made is None:
            ordering = self.table.orderings.get(column)
            drawn = self.drawn(column) if ordering is None else ordering.cells(self, column)
            made = self._hide(drawn, column)
            self._made[column] = made
        return made

    def drawn(self, column: str) -> Cells:
        """The cells of a column as its kind makes them, before what the table's rules do to them."""
        made = self.table.columns[column].cells(self)
        if not isinstance(made, CELLS):
            raise TypeError(
                f"the column kind of {self.table.name}.{column} gave a {type(made).__name__}: "
                "give cells, such as Integers(values), or Arrow(array) for a pyarrow.Array"
            )
        return made

    def _hide(self, cells: Cells, column: str) -> Cells:
        """The cells, null where the rows' cells in `column` are by that column's probability or condition."""
        nulls = self.table.nulls.get(column)
        if nulls is not None:
            cells = masked(cells, below(self.draw(nulls.key), nulls.probability))
        condition = self.table.conditions.get(column)
        if condition is not None:
            found = condition(self)
            cells = masked(cells, found.values if found.null is None else found.values & ~found.null)
        return cells

    def look(self, link: str | None, column: str) -> Cells:
        if link is None:
            return self.cells(column)
        rows, places = self.follow(link)
        found = rows.cells(column)
        if places is not None:
            found = gathered(found, places)
        absent = None if link == PARENT else self.table.columns[link].absent
        if absent is not None:
            found = masked(found, absent(self))
        return self._hide(found, link)

    def follow(self, link: str) -> tuple[TableRows, I64 | None]:
        return self.once(("link", link), lambda: self._resolve(link))

    def _resolve(self, link: str) -> tuple[TableRows, I64 | None]:
        relation = self.table.relation
        if link == PARENT:
            assert relation is not None
            parents, places = self.distinct_parents
            return self.shared.rows(self.table.tables[relation.table], parents), places
        column = self.table.columns[link]
        assert column.rows_of is not None and column.refers_to is not None
        target = self.table.tables[column.refers_to[0]]
        numbers = column.rows_of(self)
        if target.rows <= KEPT_WHOLE:
            return every_row(target), numbers.view(np.int64)
        return TableRows(target, numbers, shared=self.shared), None

    def children(self, table: str) -> Iterator[Children]:
        target = self.table.tables[table]
        first, counts = self.child_numbers(table)
        ends = np.cumsum(counts)
        if len(counts) == 0 or ends[-1] <= CHILDREN_AT_ONCE:
            # Few enough to stay for the next column that looks at them.
            rows = self.once(("children", table), lambda: self._children(target, self.numbers, first, counts))
            yield Children(0, len(self), rows, counts)
            return
        if ends[-1] <= CHILDREN_KEPT:
            yield from self.once(("sections", table), lambda: list(self._sections(target, first, counts)))
            return
        yield from self._sections(target, first, counts)

    def child_numbers(self, table: str) -> tuple[U64, I64]:
        target = self.table.tables[table]
        return self.once(("counts", table), lambda: self.shared.relation(target).children_of(self.numbers))

    def rows_at(self, table: str, numbers: U64) -> TableRows:
        return TableRows(self.table.tables[table], numbers, shared=self.shared)

    def _sections(self, target: Table, first: U64, counts: I64) -> Iterator[Children]:
        """The children of some rows, then those of the next."""
        start, ends = 0, np.cumsum(counts)
        while start < len(self):
            reached = ends[start] - counts[start] + CHILDREN_AT_ONCE
            stop = max(start + 1, int(np.searchsorted(ends, reached, side="right")))
            some = slice(start, stop)
            rows = self._children(target, self.numbers[some], first[some], counts[some])
            yield Children(start, stop, rows, counts[some])
            start = stop

    def siblings(self) -> tuple[TableRows, I64]:
        return self.once("siblings", self._siblings)

    def join_siblings(self) -> None:
        """Make all cells for all siblings at once, where these are few more: there is a column that needs all
        of them."""
        parents, _ = self.distinct_parents
        if self.shared.relation(self.table).children_of(parents)[1].sum() <= len(self) * (1 + _MORE_SIBLINGS):
            self.among, self._joined = self.siblings(), True

    def _siblings(self) -> tuple[TableRows, I64]:
        if self._whole:
            return self, np.arange(len(self))
        parents, places = self.distinct_parents
        first, counts = self.shared.relation(self.table).children_of(parents)
        starts = np.cumsum(counts) - counts
        index = self.sibling_index().view(np.int64)
        return self._children(self.table, parents, first, counts), starts[places] + index

    def _children(self, children: Table, parents: U64, first: U64, counts: I64) -> TableRows:
        """All children of some parents, by the row of each one's first child and their number."""
        index = np.arange(counts.sum(), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
        located = np.repeat(parents, counts), index.view(np.uint64)
        whole = bool(np.all(parents[1:] > parents[:-1]))
        numbers = np.repeat(first, counts) + located[1]
        return TableRows(children, numbers, located, shared=self.shared, whole=whole)


class SharedRows:
    """What rows have in common that are made together, such as those of a block, their parents and children.

    Satisfies `table.ParentRows`: parents by whose cells children are counted. Those that have children among
    the rows take these cells from there, and all that has been made for them.
    """

    def __init__(self) -> None:
        self._relations: dict[str, OneToMany] = {}
        self._counted: dict[str, list[TableRows]] = {}

    def relation(self, children: Table) -> OneToMany:
        """Of a table to its parents."""
        found = self._relations.get(children.name)
        if found is None:
            plain, with_ = children.parents.one_to_many, children.parents.counted_with
            found = CountedOnce(plain if with_ is None else with_(self))
            self._relations[children.name] = found
        return found

    def forget(self) -> None:
        """Nothing more is made: what refers to one another would stay until Python looks for such."""
        self._relations.clear()
        self._counted.clear()

    def of(self, table: Table, parents: U64, columns: Sequence[str]) -> TableRows:
        kept = self._counted.setdefault(table.name, [])
        for rows in kept:
            if np.array_equal(rows.numbers, parents):
                return rows
        found = TableRows(table, parents, shared=self)
        if len(kept) == _MOST_SHARED:
            kept.pop(0)
        kept.append(found)
        return found

    def rows(self, table: Table, numbers: U64) -> TableRows:
        """Rows of a table by their numbers, rising."""
        found = TableRows(table, numbers, shared=self)
        for rows in self._counted.get(table.name, ()):
            places = np.searchsorted(rows.numbers, numbers)
            if len(numbers) and places[-1] < len(rows) and np.array_equal(rows.numbers[places], numbers):
                found.among = rows, places
        return found


def every_row(table: Table) -> TableRows:
    """All rows of a table of at most KEPT_WHOLE; their cells stay once made."""
    if table.kept is None:
        table.kept = TableRows(table, np.arange(table.rows, dtype=np.uint64))
    return table.kept
