"""What the children of a row come to: an order's amount, an account's balance, a patient's last visit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.columns.condition import Condition, ConditionField, condition
from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.sums import LARGEST_SUM, Numbers, checked_sum, summed
from synthmill.generators.engine.arrow_cells import gathered, numbers_of, to_arrow
from synthmill.generators.engine.cells import Arrow, Cells, Flags, Floats, Integers, masked
from synthmill.generators.engine.costs import NOTHING, Cost
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Choice, Name, TableName, refused

FUNCTIONS = ("sum", "count", "min", "max", "mean", "first", "last")


_ENDS = ("first", "last")


class AggregateParameters(ColumnParameters):
    function = Choice(
        "sum, and 0 of no children; count of children; min, max and mean, and null of none; first and last: "
        "of the children in their order, so the earliest and the latest where their times rise, as those of "
        "an `event_time` do.",
        FUNCTIONS,
    )
    table = TableName("The table whose rows are children of this table's rows.", examples=["order_items"])
    column = Name(
        "The children's column; needed unless they are counted. Its nulls don't count.",
        default=None,
        examples=["amount"],
    )
    where = ConditionField("Only children for which this holds.", default=None)
    plus = Name("Of a sum: a column of this table that is added.", default=None, examples=["opening_balance"])

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["column"] is None and data["function"] != "count":
            raise refused("is missing", "name a column of the children", "column")
        if data["plus"] is not None and data["function"] != "sum":
            raise refused(f"means nothing to {data['function']}", "leave it out", "plus")


@dataclass(frozen=True, eq=False)
class _Cells:
    function: str
    table: str
    source: Source | None
    where: Condition | None
    plus: Source | None
    name: str

    def __call__(self, rows: Rows) -> Cells:
        if self.source is not None and self.function in _ENDS:
            return self._ends(rows, self.source)
        made: list[Integers | Floats] = []
        for children in rows.children(self.table):
            kept = self._kept(children.rows)
            owners = np.repeat(np.arange(children.stop - children.start), children.counts)
            if kept is not None:
                owners = owners[kept]
            made.append(self._one(children.rows, kept, owners, children.stop - children.start))
        values: Numbers = np.concatenate([one.values for one in made])
        nulls = [np.zeros(len(one), np.bool_) if one.null is None else one.null for one in made]
        null = np.concatenate(nulls) if any(one.null is not None for one in made) else None
        if isinstance(made[0], Floats):
            return self._with_plus(rows, Floats(values, null))
        return self._with_plus(rows, Integers(values, null))

    def _ends(self, rows: Rows, source: Source) -> Cells:
        """The cell of each row's first or last child; null of none."""
        made: list[Cells] = []
        for children in rows.children(self.table):
            kept = self._kept(children.rows)
            if kept is None:
                kept = np.ones(len(children.rows), np.bool_)
            places = np.flatnonzero(kept)
            owners = np.repeat(np.arange(len(children.counts)), children.counts)[kept]
            ends = np.cumsum(np.bincount(owners, minlength=len(children.counts)))
            starts = np.concatenate((np.zeros(1, np.int64), ends[:-1]))
            none = starts == ends
            if not len(places):
                made.append(Arrow(pa.nulls(len(none), source.type)))
                continue
            at = np.where(none, 0, starts if self.function == "first" else ends - 1)
            found = gathered(source.cells(children.rows), places[at])
            made.append(masked(found, none) if none.any() else found)
        if len(made) == 1:
            return made[0]
        return Arrow(pa.concat_arrays([to_arrow(cells, source.type) for cells in made]))

    def _kept(self, children: Rows) -> Flags | None:
        """The children that count, unless all do."""
        kept = None if self.where is None else self.where(children)
        if self.source is not None:
            null = self.source.cells(children).null
            if null is not None:
                kept = ~null if kept is None else kept & ~null
        return kept

    def _one(self, children: Rows, kept: Flags | None, owners: I64, count: int) -> Integers | Floats:
        counts = np.bincount(owners, minlength=count)
        if self.function == "count":
            return Integers(counts)
        assert self.source is not None
        cells = numbers_of(self.source.cells(children))
        values = cells.values if kept is None else cells.values[kept]
        none = counts == 0
        if self.function == "sum":
            sums = summed(values, owners, count, self.name)
            return Integers(sums) if sums.dtype == np.int64 else Floats(sums)
        null = none if none.any() else None
        if self.function == "mean":
            sums = summed(values, owners, count, self.name).astype(np.float64)
            return Floats(sums / np.maximum(counts, 1), null)
        extreme: Numbers = np.zeros(count, values.dtype)
        if len(values):
            reduce = np.minimum.reduceat if self.function == "min" else np.maximum.reduceat
            first = (np.cumsum(counts) - counts)[~none]
            extreme[~none] = reduce(values, first)
        return Integers(extreme, null) if extreme.dtype == np.int64 else Floats(extreme, null)

    def _with_plus(self, rows: Rows, cells: Integers | Floats) -> Cells:
        if self.plus is None:
            return cells
        added = numbers_of(self.plus.cells(rows))
        other: Numbers = added.values if added.null is None else np.where(added.null, 0, added.values)
        if isinstance(cells, Floats):
            return Floats(cells.values + other, cells.null)
        return Integers(checked_sum(cells.values, other, self.name), cells.null)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    function, table = parameters["function"], parameters["table"]
    scope.children_of(table)
    source = None
    if parameters["column"] is not None:
        source = scope.source_of_children(table, parameters["column"])
    where = condition(
        parameters["where"],
        lambda name: scope.source_of_children(table, name, parameter="where"),
        "where",
    )
    plus = None if parameters["plus"] is None else scope.source(parameters["plus"], parameter="plus")
    if function != "count" and function not in _ENDS:
        assert source is not None
        _check_type(source, function)
    type_ = _type(source, function)
    if plus is not None and plus.type != type_:
        raise ParameterError(
            "plus", f"{plus.column} is of type {plus.type}, and the sum of type {type_}", "give both one type"
        )
    cells = _Cells(function, table, source, where, plus, f"{scope.table}.{parameters['name']}")
    if function in _ENDS:
        assert source is not None
        return Column(
            type_,
            cells,
            source.width,
            nullable=True,
            filled=_some(scope, table) * source.filled,
            pii=source.pii,
            values=source.values,
            packing=source.packing,
            longest=source.longest,
            period=source.period,
        )
    none = function in ("min", "max", "mean")
    width = _width(source, function, round(scope.rows_of(table) / max(1, scope.rows)))
    return Column(type_, cells, width, nullable=none, filled=_some(scope, table) if none else 1.0)


def _width(source: Source | None, function: str, each: int) -> int:
    """Characters of what so many children come to."""
    if function == "count" or source is None:
        return len(str(each))
    if function == "mean":
        return 16
    return source.width + (len(str(max(1, each))) - 1 if function == "sum" else 0)


def _some(scope: Scope, table: str) -> float:
    """The share of rows that have a child, roughly."""
    return min(1.0, scope.rows_of(table) / max(1, scope.rows))


def _type(source: Source | None, function: str) -> pa.DataType:
    if function == "count" or source is None:
        return pa.int64()
    if function == "mean":
        return pa.float64()
    if function == "sum" and pt.is_decimal(source.type):
        return pa.decimal128(18, source.type.scale)
    return source.type


def _check_type(source: Source, function: str) -> None:
    type_ = source.type
    number = pt.is_int64(type_) or pt.is_float64(type_) or (pt.is_decimal128(type_) and type_.precision <= 18)
    moment = pt.is_timestamp(type_) or pt.is_date32(type_)
    if function == "mean" and pt.is_decimal(type_):
        raise ParameterError(
            "function", "the mean of decimals isn't one", "take the sum, or a column of numbers"
        )
    if not number and not (moment and function in ("min", "max")):
        allowed = "numbers, dates or times" if function in ("min", "max") else "numbers"
        raise ParameterError(
            "column", f"{source.column} is of type {type_}", f"name a column of {allowed} for {function}"
        )


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    table = parameters["table"]
    each, cell = costing.children(table), replace(NOTHING, size=8.0)
    if parameters["column"] is not None:
        cell = costing.of_child(table, parameters["column"])
    return Cost(
        time=each * (cell.time + 0.03e-6) + 0.1e-6,
        once_time=0.4e-3 + cell.once_time,
        once_size=cell.once_size,
        held=each * (cell.size + 32.0),
    )


KIND = Kind(
    name="aggregate",
    title="Sum, count, least, greatest or latest of children",
    description=f"What the row's children in another table come to; sums of up to {LARGEST_SUM:.0e} units.",
    Parameters=AggregateParameters,
    compile=_compile,
    costs=_cost,
    example={"function": "sum", "table": "order_items", "column": "amount"},
    check_tables=(
        {"name": "cells", "rows": 1_000, "columns": [{"name": "id", "kind": "sequence"}]},
        {
            "name": "order_items",
            "rows": 3_000,
            "children_of": {"table": "cells", "max": 6},
            "columns": [{"name": "amount", "kind": "decimal", "max": 99}],
        },
    ),
)
