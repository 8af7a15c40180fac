"""A row of the same table above each row but the first: a manager, a wider category."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.costs import Costing, usual_cost
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.linking.alive import held
from synthmill.generators.columns.linking.found import FoundRows
from synthmill.generators.columns.linking.groups import can_be_matched
from synthmill.generators.columns.linking.index import MAX_INDEXED_ROWS
from synthmill.generators.columns.linking.ranks import Ranks, ranks_of
from synthmill.generators.columns.linking.wanted import check_times, ends_of, numbers
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.cells import Cells, Flags
from synthmill.generators.engine.costs import NOTHING, Cost
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.schema.fields import Choice, Name, Whole, refused


class HierarchyParameters(ColumnParameters):
    column = Name(
        "The column of this table whose values these are; left out: its primary key.",
        default=None,
        examples=["id"],
    )
    span = Whole("How many rows stand under one row.", 1, 10**6, default=8, examples=[8])
    shape = Choice(
        "even: exactly so many; random: so many on average, shared out among rows of about one height.",
        ("even", "random"),
        default="random",
    )
    within = Name(
        "A column: a row stands under one with the same value there. The first of each value is at the top, "
        "and so are those with a null there.",
        default=None,
        examples=["department_id"],
    )
    since = Name(
        "The column of times or days since when a row exists: it stands under one that exists before it.",
        default=None,
        examples=["hired_on"],
    )
    until = Name(
        "Beside since, the column that says when a row ends, if it isn't null: a row stands under the "
        "nearest above it that hasn't ended when it begins; it is at the top where there is none.",
        default=None,
        examples=["left_on"],
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["until"] is not None and data["since"] is None:
            raise refused("means nothing without since", "name the column with the times of begin", "until")
        if data["until"] is not None and data["span"] < 2:
            raise refused("would make one chain of all rows", "give a span of at least 2 with until", "span")


@dataclass(frozen=True)
class _Above:
    key: int
    span: int
    random: bool

    def __call__(self, rows: Rows) -> U64:
        """Row n > 0 stands under row (n - 1) // span, or under one of the `span` rows around that one: always
        under a row before it, so that there are no circles.
        """
        return self.rank(rows, rows.numbers)

    def rank(self, rows: Rows, ranks: U64) -> U64:
        """The same of ranks, one for each row."""
        span = np.uint64(self.span)
        above = (np.maximum(ranks, np.uint64(1)) - np.uint64(1)) // span
        if not self.random:
            return above
        first = above // span * span
        mixed = first + rows.choose(self.key, self.span)
        # Of the first rows some would come to stand under themselves or later ones.
        return np.where(mixed < ranks, mixed, above)


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Under rows of the same group that came before, and haven't ended."""

    table: str
    above: _Above
    ranks: Ranks
    since: I64 | None
    until: I64 | None
    """Of all rows, where any ends."""

    def __call__(self, rows: Rows) -> I64:
        found = self._next(rows)
        if self.until is None:
            return found
        assert self.since is not None
        begin = self.since[rows.numbers.view(np.int64)]
        ended = np.flatnonzero(found >= 0)
        # Every step leads to a lower rank, so there are as few of them as a tree is high.
        while len(ended := ended[self.until[found[ended]] <= begin[ended]]):
            found[ended] = self._next(rows.rows_at(self.table, found[ended].view(np.uint64)))
            ended = ended[found[ended] >= 0]
        return found

    def _next(self, rows: Rows) -> I64:
        """The rows right above, -1 for those at the top."""
        ranks = self.ranks.of(rows)
        above = self.above.rank(rows, np.maximum(ranks, 0).view(np.uint64)).view(np.int64)
        return np.where(ranks > 0, self.ranks.at(rows, above), -1)


@dataclass(frozen=True)
class _Keys:
    link: str
    column: str

    def __call__(self, rows: Rows) -> Cells:
        return rows.look(self.link, self.column)


def _is_first(rows: Rows) -> Flags:
    first: Flags = rows.numbers == np.uint64(0)
    return first


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    there = scope.key_of(scope.table, parameters["column"])
    if there.nullable:
        raise ParameterError("column", f"{there.column} can be null", "refer to one that can't")
    above = _Above(scope.key("above"), parameters["span"], parameters["shape"] == "random")
    rows_of: _Above | FoundRows = above
    absent: Callable[[Rows], Flags] = _is_first
    bytes_held = 0
    if parameters["within"] is not None or parameters["since"] is not None:
        rows_of = _ranked(parameters, above, scope)
        absent, bytes_held = rows_of.absent, rows_of.bytes
    return Column(
        there.type,
        _Keys(parameters["name"], there.column),
        there.width,
        nullable=True,
        refers_to=(there.table, there.column),
        rows_of=rows_of,
        absent=absent,
        held=bytes_held,
    )


def _ranked(parameters: Mapping[str, Any], above: _Above, scope: Scope) -> FoundRows:
    sources: dict[str, Source | None] = {}
    for name in ("within", "since", "until"):
        column = parameters[name]
        sources[name] = None if column is None else scope.source_in(scope.table, column, parameter=name)
    within, since, until = sources.values()
    if within is not None and not can_be_matched(within.type):
        raise ParameterError(
            "within", f"{within.column} is of type {within.type}", "name a column of text or whole numbers"
        )
    if since is not None:
        check_times({"since": since, "until": until or since})
    ranks = ranks_of(within, since, scope)
    begins = ends = None
    if since is not None and until is not None:
        begins = numbers(scope.every_cell(since, MAX_INDEXED_ROWS))
        ends = ends_of(scope.every_cell(until, MAX_INDEXED_ROWS))
    return FoundRows(_Ranked(scope.table, above, ranks, begins, ends), ranks.bytes + held(begins, ends))


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    named = [parameters[name] for name in ("within", "since", "until") if parameters[name] is not None]
    cost = usual_cost(parameters, costing)
    rows = costing.rows_of(None)
    if not named or rows > MAX_INDEXED_ROWS:
        return cost
    planned = sum(costing.whole(None, name) for name in named) + rows * 0.5e-6 * len(named)
    return cost.with_(replace(NOTHING, time=0.5e-6, plan_time=planned, plan_size=rows * 20.0 + rows * 16.0))


KIND = Kind(
    name="hierarchy",
    title="Row above",
    description="The key of the row above, in the same table: an earlier row, and none for the first.",
    Parameters=HierarchyParameters,
    compile=_compile,
    costs=_cost,
    example={"span": 8},
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [
                {"name": "id", "kind": "sequence"},
                {"name": "number", "kind": "sequence", "start": 100},
            ],
            "primary_key": ["number"],
        },
    ),
)
