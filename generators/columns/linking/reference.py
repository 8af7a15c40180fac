"""A reference to a row that fits: how it is found, and for which rows there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

import numpy as np

from synthmill.generators.columns.kind import ParameterError, Rows, Scope
from synthmill.generators.columns.linking.children import OfChildren, key_of_parents
from synthmill.generators.columns.linking.found import Find, FoundRows
from synthmill.generators.columns.linking.founding import check_founded, known_values
from synthmill.generators.columns.linking.groups import Groups, groups_of
from synthmill.generators.columns.linking.index import MAX_INDEXED_ROWS, Index, index_of
from synthmill.generators.columns.linking.ordered import Ordered
from synthmill.generators.columns.linking.wanted import Wanted, ends_of, numbers, period_of
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrow_cells import gathered, to_arrow
from synthmill.generators.engine.cells import Cells
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import I64

_MOST_COMBINED = 2**16
"""Combinations of the values of several columns that are all looked up."""


@dataclass(frozen=True, eq=False)
class _Wanted:
    """None for rows that want none."""

    wanted: Wanted
    find: Find
    required: str
    """The column, where planning found that there is a row for each; else nothing."""

    def __call__(self, rows: Rows) -> I64:
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
) -> FoundRows:
    """Rows for the reference of a column, so called: some that are wanted, by weights, or each as likely.

    Raises ParameterError where a row may find none, unless it is null `otherwise`, and where a table is too
    long.
    """
    rows = scope.rows_of(wanted.table)
    find: Find
    if rows <= MAX_INDEXED_ROWS:
        find = indexed = _indexed(wanted, None if weights is None else weights(), rows, scope)
        doubt = _doubt(indexed, scope) if otherwise == "refused" else None
    elif weights is None and (way := key_of_parents(wanted, scope)) is not None:
        find = children = OfChildren(scope.key("row"), wanted, way)
        doubt = None if children.always(scope) else ""
    elif weights is None and Ordered.possible(wanted, scope):
        find = ordered = Ordered(scope.key("row"), wanted, rows)
        doubt = None if ordered.always(scope) else ""
    else:
        raise _too_long(wanted, rows)
    if otherwise == "refused" and doubt is not None:
        check_founded(find, wanted, doubt, scope)
    required = f"{scope.table}.{name}" if otherwise == "refused" else ""
    held = find.index.bytes if isinstance(find, _Indexed) else 0
    return FoundRows(_Wanted(wanted, find, required), held)


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


def _doubt(found: _Indexed, scope: Scope) -> str | None:
    """A value for which there may be no row at some time, or nothing where that isn't known; None where every
    value that a row can have, at every time, finds a row."""
    wanted, low, high = found.wanted, None, None
    if wanted.at is not None:
        period = period_of(wanted.at)
        if period is None:
            return ""
        low, high = period
    if not wanted.own:
        always = found.index.always(np.zeros(1, np.int64), low, high)
        return None if always.all() else ""
    known = [known_values(source, scope) for source in wanted.own]
    found_values = [values for values in known if values is not None]
    counts = [len(values) for values in found_values]
    if len(found_values) < len(known) or prod(counts) > _MOST_COMBINED:
        return ""
    # Each value with each: more than there may be, so that only what is certain is taken for certain.
    places = np.indices(counts).reshape(len(counts), -1)
    combined = [gathered(values, at) for values, at in zip(found_values, places, strict=True)]
    groups = found.groups.of(combined, places.shape[1])
    lost = groups < 0
    lost[~lost] = ~found.index.always(groups[~lost], low, high)
    if not lost.any():
        return None
    first = np.flatnonzero(lost)[:1]
    shown = [
        f"{source.column} {to_arrow(gathered(values, first), source.type)[0].as_py()}"
        for source, values in zip(wanted.own, combined, strict=True)
    ]
    return " and ".join(shown)
