"""A sum that goes on from sibling to sibling: the balance of an account after each of its movements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import (
    PARENT,
    Column,
    ColumnParameters,
    Kind,
    ParameterError,
    Rows,
    Scope,
)
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.sums import Numbers, checked_sum, running
from synthmill.generators.engine.arrow_cells import numbers_of
from synthmill.generators.engine.cells import Cells, Floats, Integers
from synthmill.generators.engine.costs import Cost
from synthmill.generators.kernels.mix import I64
from synthmill.generators.kernels.relations.segments import upper_bounds
from synthmill.generators.schema.fields import Items, Name, Parameters, TableName, refused


class OtherParameters(Parameters):
    """A table whose rows are children of the same rows."""

    table = TableName("The table.", examples=["fees"])
    column = Name("Its column whose values are added up, too.", examples=["amount"])
    time = Name("Its column that says when: an `event_time`.", examples=["charged_at"])


class RunningTotalParameters(ColumnParameters):
    column = Name("The column whose values are added up; nulls add nothing.", examples=["amount"])
    start = Name(
        "The parents' column that the sum starts from; left out: from 0.",
        default=None,
        examples=["opening_balance"],
    )
    time = Name(
        "With `others`: the column that says when, an `event_time`.", default=None, examples=["booked_at"]
    )
    others = Items(
        "Other tables of the parents' children that are added up in the same order of time; at the same "
        "moment tables go in the order of their names.",
        ma.fields.Nested(OtherParameters),
        most=20,
        default=None,
        examples=[[{"table": "fees", "column": "amount", "time": "charged_at"}]],
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if (data["time"] is None) != (data["others"] is None):
            raise refused("needs both time and others", "give both, or none", "time")


@dataclass(frozen=True, eq=False)
class _Other:
    """Another table's part of the sum."""

    table: str
    column: Source
    time: Source
    first: bool
    """Whether its rows come before ours at the same moment."""

    def reached(self, siblings: Rows, times: I64, name: str) -> Numbers:
        """For each sibling what this table comes to by its time."""
        parents, found = siblings.follow(PARENT)
        owners = np.arange(len(siblings)) if found is None else found
        made = []
        for children in parents.children(self.table):
            start, stop = np.searchsorted(owners, (children.start, children.stop))
            own = slice(start, stop)
            made.append(
                self._reached(children.rows, children.counts, owners[own] - children.start, times[own], name)
            )
        return np.concatenate(made)

    def _reached(self, others: Rows, counts: I64, owners: I64, times: I64, name: str) -> Numbers:
        values, starts = _values(self.column, others), np.cumsum(counts) - counts
        sums = running(values, starts, counts, name)
        theirs = _moments(self.time, others)
        if not len(sums):
            return np.zeros(len(times), sums.dtype)
        first = starts[owners]
        reached = upper_bounds(theirs, first, first + counts[owners], times if self.first else times - 1)
        found: Numbers = np.where(reached > first, sums[np.maximum(reached - 1, 0)], sums.dtype.type(0))
        return found


@dataclass(frozen=True, eq=False)
class _Cells:
    source: Source
    start: Source | None
    time: Source | None
    others: tuple[_Other, ...]
    name: str

    def __call__(self, rows: Rows) -> Cells:
        siblings, places = rows.siblings()
        sums = siblings.once(self, lambda: self._sums(siblings))[places]
        if self.start is not None:
            sums = _added(_values(self.start, rows), sums, self.name)
        return Floats(sums) if sums.dtype == np.float64 else Integers(sums)

    def _sums(self, siblings: Rows) -> Numbers:
        values = _values(self.source, siblings)
        # Siblings lie together in their order: a parent's children begin at every index 0.
        starts = np.flatnonzero(siblings.sibling_index() == 0)
        counts = np.diff(np.append(starts, len(values)))
        sums = running(values, starts, counts, self.name)
        if self.time is not None:
            times = _moments(self.time, siblings)
            for other in self.others:
                sums = _added(other.reached(siblings, times, self.name), sums, self.name)
        return sums


def _values(source: Source, rows: Rows) -> Numbers:
    """Its cells, 0 where they are null."""
    cells = numbers_of(source.cells(rows))
    return (
        cells.values if cells.null is None else np.where(cells.null, cells.values.dtype.type(0), cells.values)
    )


def _moments(source: Source, rows: Rows) -> I64:
    cells = numbers_of(source.cells(rows))
    assert isinstance(cells, Integers)
    return cells.values


def _added(first: Numbers, sums: Numbers, name: str) -> Numbers:
    return first + sums if sums.dtype == np.float64 else checked_sum(first, sums, name)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    if scope.parent() is None:
        raise ParameterError("kind", "the table has no parent table", "give the table children_of")
    source = scope.source(parameters["column"])
    type_ = _sum_of(source, "column")
    start = time = None
    if parameters["start"] is not None:
        start = scope.source(parameters["start"], PARENT, parameter="start")
        if start.type != type_:
            raise ParameterError(
                "start",
                f"{start.column} is of type {start.type}, and the sum of type {type_}",
                "give both one type",
            )
    others: list[_Other] = []
    if parameters["others"] is not None:
        time = scope.source(parameters["time"], parameter="time")
        _check_time(time, "time")
        others = [_other(one, f"others[{at}]", scope, type_) for at, one in enumerate(parameters["others"])]
    name = f"{scope.table}.{parameters['name']}"
    return Column(type_, _Cells(source, start, time, tuple(others), name), source.width + 1, of_siblings=True)


def _other(parameters: Mapping[str, Any], path: str, scope: Scope, type_: pa.DataType) -> _Other:
    table = parameters["table"]
    try:
        column = scope.source_of_others(table, parameters["column"])
        time = scope.source_of_others(table, parameters["time"], parameter="time")
        if _sum_of(column, "column") != type_:
            raise ParameterError(
                "column",
                f"{column.column} is of type {column.type}, and the sum of type {type_}",
                "give both one type",
            )
        _check_time(time, "time")
    except ParameterError as error:
        raise ParameterError(f"{path}.{error.parameter}", error.reason, error.fix) from error
    return _Other(table, column, time, table < scope.table)


def _sum_of(source: Source, parameter: str) -> pa.DataType:
    type_ = source.type
    if not (pt.is_int64(type_) or pt.is_float64(type_) or pt.is_decimal128(type_)):
        raise ParameterError(parameter, f"{source.column} is of type {type_}", "name a column of numbers")
    return pa.decimal128(18, type_.scale) if pt.is_decimal(type_) else type_


def _check_time(source: Source, parameter: str) -> None:
    if not source.rises or source.nullable:
        raise ParameterError(
            parameter,
            f"{source.column} may be null"
            if source.rises
            else f"{source.column} doesn't rise from sibling to sibling",
            "name an event_time without nulls",
        )
    if not pt.is_timestamp(source.type):
        raise ParameterError(parameter, f"{source.column} is of type {source.type}", "let it be a timestamp")


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    most, cell = costing.children(), costing.column(parameters["column"])
    each, size = cell.time + 0.1e-6, cell.size
    for other in parameters["others"] or ():
        for name in (other["column"], other["time"]):
            found = costing.of_child(other["table"], name)
            each, size = each + found.time + 0.2e-6, size + found.size
    return Cost(
        time=1e-6 + (each if parameters["others"] else 0.0),
        once_time=0.4e-3 + most * each,
        once_size=most * size,
    )


KIND = Kind(
    name="running_total",
    title="Running total",
    description="The sum of a column over the row and its siblings before it, such as an account's balance.",
    Parameters=RunningTotalParameters,
    compile=_compile,
    costs=_cost,
    example={"column": "amount", "start": "opening_balance"},
    check_tables=(
        {
            "name": "accounts",
            "rows": 500,
            "columns": [{"name": "opening_balance", "kind": "integer", "max": 999}],
        },
        {
            "name": "cells",
            "rows": 3_000,
            "children_of": {"table": "accounts", "max": 12},
            "columns": [{"name": "amount", "kind": "integer", "max": 99}],
        },
    ),
)
