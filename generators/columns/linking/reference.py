"""A reference to a row that fits: how it is found, and for which rows there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from synthmill.generators.columns.kind import ParameterError, Rows, Scope, Source
from synthmill.generators.columns.linking.children import OfChildren, key_of_parents, way_to
from synthmill.generators.columns.linking.founding import check_founded, known_values
from synthmill.generators.columns.linking.groups import Groups, groups_of
from synthmill.generators.columns.linking.index import MAX_INDEXED_ROWS, Index, index_of
from synthmill.generators.columns.linking.ordered import Ordered
from synthmill.generators.columns.linking.wanted import Wanted, ends_of, numbers
from synthmill.generators.engine.cells import Cells, Flags
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import I64, U64

Find: TypeAlias = Callable[[Rows], I64]
"""For each row the number of one that it may refer to, -1 where there is none."""


@dataclass(frozen=True, eq=False)
class Reference:
    """The rows that rows refer to."""

    wanted: Wanted
    find: Find
    required: str
    """The column, where planning found that there is a row for each; else nothing."""

    def __call__(self, rows: Rows) -> U64:
        return np.maximum(self._found(rows), 0).view(np.uint64)

    def absent(self, rows: Rows) -> Flags:
        missing: Flags = self._found(rows) < 0
        return missing

    def _found(self, rows: Rows) -> I64:
        return rows.once(self, lambda: self._find(rows))

    def _find(self, rows: Rows) -> I64:
        found, nothing = self.find(rows), self.wanted.nothing(rows)
        if self.required and np.any((found < 0) & ~nothing):
            reason = f"no row of {self.wanted.table} fits a row that refers to one"
            raise InvalidRequestError.one(self.required, reason, "set otherwise to null")
        return np.where(nothing, -1, found)


@dataclass(frozen=True, eq=False)
class _Indexed:
    key: int
    wanted: Wanted
    groups: Groups
    index: Index

    def __call__(self, rows: Rows) -> I64:
        groups = self.groups.of([source.cells(rows) for source in self.wanted.own], len(rows))
        return self.index.choose(groups, self.wanted.times(rows), rows.draw(self.key))


def reference(
    name: str, wanted: Wanted, weights: Callable[[], I64] | None, otherwise: str, scope: Scope
) -> Reference:
    """The reference of a column, so called, to rows that are wanted, by weights, or each as likely.

    Raises ParameterError where a row may find none, unless it is null `otherwise`, and where a table is too
    long.
    """
    rows, proven = scope.rows_of(wanted.table), False
    find: Find
    if rows <= MAX_INDEXED_ROWS:
        found = _indexed(wanted, None if weights is None else weights(), rows, scope)
        find, proven = found, otherwise == "refused" and _always(found, scope)
    elif weights is None and (of_parents := key_of_parents(wanted, scope)) is not None:
        children = OfChildren(scope.key("row"), wanted, of_parents)
        find, proven = children, children.always(scope)
    elif weights is None and Ordered.possible(wanted, scope):
        ordered = Ordered(scope.key("row"), wanted, rows)
        find, proven = ordered, ordered.always(scope)
    else:
        raise _too_long(wanted, rows)
    if otherwise == "refused" and not proven:
        check_founded(find, wanted, scope)
    return Reference(wanted, find, f"{scope.table}.{name}" if otherwise == "refused" else "")


def _too_long(wanted: Wanted, rows: int) -> ParameterError:
    parameter = "match" if wanted.own else "existing"
    column = wanted.there[0].column if wanted.own else wanted.since.column if wanted.since else ""
    fix = (
        f"make {wanted.table} the children of the table with {column}, and choose among them evenly by that "
        f"one column; or draw the row of {wanted.table} first and read its {column} (kind parent, through)"
        if wanted.own
        else f"let {column} be of the kind rising, with neither `until` nor a distribution of its own"
    )
    return ParameterError(
        parameter,
        f"{wanted.table} has {rows} rows, and at most {MAX_INDEXED_ROWS} can be sorted by their columns",
        fix,
    )


def _indexed(wanted: Wanted, weights: I64 | None, rows: int, scope: Scope) -> _Indexed:
    def every(source: Source) -> Cells:
        return scope.every_cell(source, MAX_INDEXED_ROWS)

    types = [source.type for source in wanted.there]
    groups, of_rows = groups_of([every(source) for source in wanted.there], types, rows)
    since = until = None
    if wanted.since is not None:
        cells = every(wanted.since)
        since = numbers(cells)
        of_rows = of_rows if cells.null is None else np.where(cells.null, -1, of_rows)
    if wanted.until is not None:
        until = ends_of(every(wanted.until))
    return _Indexed(scope.key("row"), wanted, groups, index_of(of_rows, groups.count, since, until, weights))


def _always(found: _Indexed, scope: Scope) -> bool:
    """Whether every value that a row can have, at every time, is known to find a row."""
    wanted, low, high = found.wanted, None, None
    if wanted.at is not None:
        bounds = scope.column_of(wanted.at.table, wanted.at.column).bounds
        if bounds is None:
            return False
        low, high = bounds
    if not wanted.own:
        return bool(np.all(found.index.always(np.zeros(1, np.int64), low, high)))
    if len(wanted.own) > 1 or (known := known_values(wanted.own[0], scope)) is None:
        return False
    groups = found.groups.of([known], len(known))
    return bool(np.all(groups >= 0) and np.all(found.index.always(groups, low, high)))
