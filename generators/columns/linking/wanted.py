"""What a reference asks of the rows that it leads to, with the columns found that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.types as pt

from synthmill.generators.columns.kind import ParameterError, Rows, Scope
from synthmill.generators.columns.linking.groups import can_be_matched
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrow_cells import numbers_of
from synthmill.generators.engine.cells import Cells, Flags, Integers
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.times import UNITS

NEVER = np.iinfo(np.int64).max
"""Until when a row exists that doesn't end."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """Columns of the row (`own`, `at`) and of the other table (`there`, `since`, `until`)."""

    table: str
    own: tuple[Source, ...]
    there: tuple[Source, ...]
    at: Source | None
    since: Source | None
    until: Source | None

    def nothing(self, rows: Rows) -> Flags:
        """The rows that refer to nothing, as a column that decides is null there."""
        none = np.zeros(len(rows), np.bool_)
        for source in (*self.own, *((self.at,) if self.at else ())):
            null = source.cells(rows).null
            if null is not None:
                none |= null
        return none

    @property
    def nullable(self) -> bool:
        return any(source.nullable for source in (*self.own, *((self.at,) if self.at else ())))

    def times(self, rows: Rows) -> I64 | None:
        """At which the other row has to exist."""
        return None if self.at is None else numbers(self.at.cells(rows))


def numbers(cells: Cells) -> I64:
    """Times and days as whole numbers; what lies beneath a null means nothing."""
    found = numbers_of(cells)
    assert isinstance(found, Integers)
    return found.values


def period_of(source: Source | None) -> tuple[int, int] | None:
    """The first and the last time, or day, that a column can have, as its cells count; None if unknown."""
    if source is None or source.period is None:
        return None
    unit = UNITS["day"] if pt.is_date32(source.type) else 1
    return source.period[0] // unit, source.period[1] // unit


def ends_of(cells: Cells) -> I64:
    """Until when rows exist: NEVER where that is null."""
    found = numbers(cells)
    return found if cells.null is None else np.where(cells.null, NEVER, found)


def wanted(
    table: str, match: Mapping[str, str] | None, existing: Mapping[str, Any] | None, scope: Scope
) -> Wanted:
    """What parameters ask for, of rows of a table. Raises ParameterError."""
    own, there = [], []
    for name, mine in (match or {}).items():
        there.append(scope.source_in(table, name, parameter="match"))
        own.append(scope.source(mine, parameter="match"))
        _check_equal(own[-1], there[-1])
    if existing is None:
        return Wanted(table, tuple(own), tuple(there), None, None, None)
    at = scope.source(existing["at"], parameter="existing.at")
    since = scope.source_in(table, existing["since"], parameter="existing.since")
    until = None
    if existing["until"] is not None:
        until = scope.source_in(table, existing["until"], parameter="existing.until")
    check_times({"existing.at": at, "existing.since": since, "existing.until": until or since})
    return Wanted(table, tuple(own), tuple(there), at, since, until)


def check_times(sources: Mapping[str, Source]) -> None:
    """Columns by the parameters that name them: all of times, or all of days. Raises ParameterError."""
    first = next(iter(sources.values()))
    for parameter, source in sources.items():
        if not pt.is_timestamp(source.type) and not pt.is_date32(source.type):
            raise ParameterError(
                parameter,
                f"{source.column} is of type {source.type}",
                "name a column of timestamps or of dates",
            )
        if source.type != first.type:
            raise ParameterError(
                parameter,
                f"{source.column} is of type {source.type}, and {first.column} of type {first.type}",
                "compare times with times, and days with days",
            )


def _check_equal(own: Source, there: Source) -> None:
    if own.type != there.type:
        raise ParameterError(
            "match",
            f"{there.column} of {there.table} is of type {there.type}, and {own.column} of type {own.type}",
            "match columns of one type",
        )
    if not can_be_matched(own.type):
        raise ParameterError(
            "match",
            f"{own.column} is of type {own.type}",
            "match text, whole numbers, decimals of up to 18 digits, true or false, dates or times",
        )
