"""A sum that goes on from sibling to sibling: the balance of an account after each of its movements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    Source,
)
from synthmill.generators.columns.sums import Numbers, checked_sum, running
from synthmill.generators.engine.arrow_cells import numbers_of
from synthmill.generators.engine.cells import Cells, Floats, Integers
from synthmill.generators.engine.costs import Cost
from synthmill.generators.schema.fields import Name


class RunningTotalParameters(ColumnParameters):
    column = Name("The column whose values are added up; nulls add nothing.", examples=["amount"])
    start = Name(
        "The parents' column that the sum starts from; left out: from 0.",
        default=None,
        examples=["opening_balance"],
    )


@dataclass(frozen=True, eq=False)
class _Cells:
    source: Source
    start: Source | None
    name: str

    def __call__(self, rows: Rows) -> Cells:
        siblings, places = rows.siblings()
        sums = siblings.once(self, lambda: self._sums(siblings))[places]
        if self.start is not None:
            start = numbers_of(self.start.cells(rows))
            first: Numbers = start.values if start.null is None else np.where(start.null, 0, start.values)
            sums = first + sums if sums.dtype == np.float64 else checked_sum(first, sums, self.name)
        return Floats(sums) if sums.dtype == np.float64 else Integers(sums)

    def _sums(self, siblings: Rows) -> Numbers:
        cells = numbers_of(self.source.cells(siblings))
        values = (
            cells.values
            if cells.null is None
            else np.where(cells.null, cells.values.dtype.type(0), cells.values)
        )
        # Siblings lie together in their order: a parent's children begin at every index 0.
        starts = np.flatnonzero(siblings.sibling_index() == 0)
        counts = np.diff(np.append(starts, len(values)))
        return running(values, starts, counts, self.name)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    if scope.parent() is None:
        raise ParameterError("kind", "the table has no parent table", "give the table children_of")
    source = scope.source(parameters["column"])
    type_ = source.type
    if not (pt.is_int64(type_) or pt.is_float64(type_) or pt.is_decimal128(type_)):
        raise ParameterError("column", f"{source.column} is of type {type_}", "name a column of numbers")
    if pt.is_decimal(type_):
        type_ = pa.decimal128(18, type_.scale)
    start = None
    if parameters["start"] is not None:
        start = scope.source(parameters["start"], PARENT, parameter="start")
        if start.type != type_:
            raise ParameterError(
                "start",
                f"{start.column} is of type {start.type}, and the sum of type {type_}",
                "give both one type",
            )
    return Column(type_, _Cells(source, start, f"{scope.table}.{parameters['name']}"), 12)


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    most, cell = costing.children(), costing.column(parameters["column"])
    return Cost(time=1e-6, once_time=0.4e-3 + most * (cell.time + 0.1e-6), once_size=most * cell.size)


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
