"""Cells made in one way or another, as the row's other columns say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.columns.column_field import InnerColumn
from synthmill.generators.columns.condition import Condition, ConditionField, condition
from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.nested.chosen_rows import ChosenRows
from synthmill.generators.columns.nested.inner import (
    Inner,
    common_packing,
    common_width,
    compile_inner,
    distinct_of,
    share_filled,
)
from synthmill.generators.engine.arrays import fixed_width
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import Arrow, Booleans, Cells, Floats, Integers, masked
from synthmill.generators.engine.costs import Cost
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Items, Parameters


class CaseParameters(Parameters):
    """What cells are where a condition holds."""

    when = ConditionField("When it holds: on columns of the row.")
    then = InnerColumn("A column's definition without a name: what the cells are then.")


class ConditionalParameters(ColumnParameters):
    cases = Items(
        "Tried in their order; the first whose condition holds makes the cell.",
        ma.fields.Nested(CaseParameters),
        most=100,
        examples=[
            [{"when": {"column": "country", "equals": "DE"}, "then": {"kind": "constant", "value": "EUR"}}]
        ],
    )
    otherwise = InnerColumn("What the cell is where no condition holds; left out: null.", default=None)


@dataclass(frozen=True, eq=False)
class _Cells:
    conditions: tuple[Condition, ...]
    columns: tuple[Inner, ...]
    """One for each condition, and perhaps one for all other rows."""
    type: pa.DataType

    def __call__(self, rows: Rows) -> Cells:
        open_rows = np.ones(len(rows), np.bool_)
        chosen: list[I64] = []
        for holds in self.conditions:
            here = open_rows & holds(rows)
            chosen.append(np.flatnonzero(here))
            open_rows &= ~here
        left = np.flatnonzero(open_rows)
        if len(self.columns) > len(self.conditions):
            chosen.append(left)
        made = [
            decoded(column.cells(ChosenRows(rows, places)))
            for column, places in zip(self.columns, chosen, strict=True)
        ]
        merged = _merged(made, chosen, len(rows), self.type)
        return masked(merged, open_rows) if len(self.columns) == len(self.conditions) else merged


def _merged(made: list[Cells], chosen: list[I64], count: int, type_: pa.DataType) -> Cells:
    """One column of cells that were made for different rows; what is nobody's means nothing."""
    form, dtype = _form(type_)
    if form is None or not all(isinstance(cells, form | Integers) for cells in made):
        arrays = [to_arrow(cells, type_) for cells in made]
        places = np.zeros(count, np.int64)
        places[np.concatenate(chosen)] = np.arange(sum(map(len, chosen)))
        whole = pa.concat_arrays([*arrays, pa.nulls(1, type_)])
        return Arrow(whole.take(fixed_width(places, pa.int64())))
    values, null = np.zeros(count, dtype), np.zeros(count, np.bool_)
    for cells, places in zip(made, chosen, strict=True):
        assert isinstance(cells, Integers | Floats | Booleans)
        values[places] = cells.values
        if cells.null is not None:
            null[places] = cells.null
    merged: Cells = form(values, null if null.any() else None)
    return merged


def _form(type_: pa.DataType) -> tuple[Any, Any]:
    if pt.is_boolean(type_):
        return Booleans, np.bool_
    if pt.is_float64(type_):
        return Floats, np.float64
    if pt.is_string(type_):
        return None, None
    return Integers, np.int64


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    conditions, columns, paths = [], [], []
    for at, case in enumerate(parameters["cases"]):
        try:
            holds = condition(case["when"], lambda name: scope.source(name, parameter="when"), "when")
        except ParameterError as error:
            raise ParameterError(f"cases[{at}].{error.parameter}", error.reason, error.fix) from error
        assert holds is not None
        conditions.append(holds)
        paths.append(f"cases[{at}].then")
        columns.append(compile_inner(case["then"], scope, f"case {at}", paths[-1]))
    if parameters["otherwise"] is not None:
        paths.append("otherwise")
        columns.append(compile_inner(parameters["otherwise"], scope, "otherwise", paths[-1]))
    type_ = _common_type([inner.column.type for inner in columns], paths)
    pii = any(inner.column.pii for inner in columns)
    nullable = parameters["otherwise"] is None or any(column.nullable for column in columns)
    cells = _Cells(tuple(conditions), tuple(columns), type_)
    # Each case, and what is left, is taken to be as common as any other.
    ways = [1.0] * (len(parameters["cases"]) + 1)
    values = max(inner.column.values for inner in columns)
    return Column(
        type_,
        cells,
        common_width(columns, ways),
        nullable=nullable,
        filled=share_filled(columns, ways),
        pii=pii,
        values=values,
        distinct=sum(map(distinct_of, columns)),
        domain=_domain(columns, type_),
        packing=common_packing(columns),
        longest=max(inner.column.longest for inner in columns),
    )


def _domain(columns: Sequence[Inner], type_: pa.DataType) -> pa.Array | None:
    """All values of all ways, where they are known of each."""
    known = [inner.column.domain for inner in columns]
    if any(domain is None or domain.type != type_ for domain in known):
        return None
    return pa.concat_arrays(known).drop_null().unique()


def _common_type(types: list[pa.DataType], paths: list[str]) -> pa.DataType:
    if set(types) == {pa.int64(), pa.float64()}:
        return pa.float64()
    for type_, path in zip(types, paths, strict=True):
        if type_ != types[0]:
            raise ParameterError(
                path,
                f"makes cells of type {type_}, and {paths[0]} of type {types[0]}",
                "give all cases one type",
            )
    return types[0]


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    cost = Cost(time=0.05e-6 * (1 + len(parameters["cases"])))
    inner = [case["then"] for case in parameters["cases"]]
    if parameters["otherwise"] is not None:
        inner.append(parameters["otherwise"])
    for definition in inner:
        cost = cost.or_(costing.inner(definition))
    return cost


KIND = Kind(
    name="conditional",
    title="Conditional column",
    description="Made in the way of the first case whose condition on the row's other columns holds.",
    Parameters=ConditionalParameters,
    compile=_compile,
    costs=_cost,
    example={
        "cases": [
            {"when": {"column": "country", "equals": "DE"}, "then": {"kind": "constant", "value": "EUR"}},
            {"when": {"column": "country", "in": ["US", "CA"]}, "then": {"kind": "constant", "value": "USD"}},
        ],
        "otherwise": {"kind": "categorical", "values": ["GBP", "CHF"]},
    },
    check_tables=(
        {"name": "cells", "rows": 3_000, "columns": [{"name": "country", "kind": "country", "form": "code"}]},
    ),
)
