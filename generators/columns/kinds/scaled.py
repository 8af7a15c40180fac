"""Numbers of a law whose place and width follow from other columns: pay by grade, claims by sums insured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.columns.column_field import InnerColumn
from synthmill.generators.columns.computed import Computed, computed
from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.nested.inner import Inner, compile_inner
from synthmill.generators.columns.parsed import formula_field
from synthmill.generators.engine.arrow_cells import numbers_of
from synthmill.generators.engine.cells import Cells, Floats, Integers
from synthmill.generators.engine.costs import Cost
from synthmill.generators.formulas.values import NUMBER, WHOLE, Type, Value, either, finite, nulls
from synthmill.generators.kernels.elementary import rounded
from synthmill.generators.schema.fields import Choice, Whole, refused

_DIGITS = 9
_USUAL_WIDTH, _FLOAT_WIDTH = 5, 18
"""Characters of a number of which nothing is known, and of one that isn't rounded."""
_WHOLE = 9e15
"""Below it every whole number is a double."""


class ScaledParameters(ColumnParameters):
    of = InnerColumn("A column's definition without a name: the numbers that are stretched and moved.")
    scale = formula_field(
        "What they are multiplied by: a formula over columns of the row, and of rows that links lead to.",
        "grade_id.most - grade_id.least",
        "1",
    )
    offset = formula_field("What is added then.", "grade_id.least", "0")
    min = formula_field("Less than this becomes this.", "0", None)
    max = formula_field("More than this becomes this.", "sum_insured", None)
    decimals = Whole(
        "Decimals to round to, 0 for whole numbers; not rounded if left out.",
        0,
        _DIGITS,
        default=None,
        examples=[2],
    )
    type = Choice(
        "number: floating-point, or whole with 0 decimals; decimal: exact, with so many decimals.",
        ("number", "decimal"),
        default="number",
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["type"] == "decimal" and not data["decimals"]:
            raise refused("is needed for decimals", f"give 1 to {_DIGITS}", "decimals")


@dataclass(frozen=True)
class _Formula:
    formula: Computed

    def __call__(self, rows: Rows) -> Value:
        value, type_ = self.formula(rows), self.formula.type
        values = value.values.astype(np.float64)
        return Value(values / 10.0**type_.scale if type_.name == "decimal" else values, value.null)


@dataclass(frozen=True, eq=False)
class _Cells:
    of: Inner
    scale: _Formula
    offset: _Formula
    min: _Formula | None
    max: _Formula | None
    decimals: int | None
    exact: bool

    def __call__(self, rows: Rows) -> Cells:
        drawn, scale, offset = self._drawn(rows), self.scale(rows), self.offset(rows)
        # The product is rounded before the sum, as every processor rounds it.
        product = drawn.values * scale.values
        made = Value(product + offset.values, nulls(drawn, scale, offset))
        for limit, kept in ((self.min, np.maximum), (self.max, np.minimum)):
            if limit is not None:
                bound = limit(rows)
                made = Value(kept(made.values, bound.values), nulls(made, bound))
        made = finite(made.values, made.null)
        return Floats(made.values, made.null) if self.decimals is None else self._rounded(made)

    def _drawn(self, rows: Rows) -> Value:
        cells = numbers_of(self.of.cells(rows))
        values = cells.values.astype(np.float64)
        type_ = self.of.column.type
        return Value(values / 10.0**type_.scale if pt.is_decimal(type_) else values, cells.null)

    def _rounded(self, made: Value) -> Cells:
        if self.decimals and not self.exact:
            return Floats(rounded(made.values, self.decimals), made.null)
        units = rounded(made.values * 10.0 ** (self.decimals or 0), 0)
        beyond = ~(np.abs(units) < _WHOLE)
        return Integers(np.where(beyond, 0.0, units).astype(np.int64), either(made.null, beyond))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    inner = compile_inner(parameters["of"], scope, "of", "of")
    type_ = inner.column.type
    if not (pt.is_int64(type_) or pt.is_float64(type_) or (pt.is_decimal(type_) and type_.precision <= 18)):
        raise ParameterError("of", f"makes cells of type {type_}", "give a column of numbers")
    formulas = {name: _formula(parameters, name, scope) for name in ("scale", "offset", "min", "max")}
    scale, offset = formulas["scale"], formulas["offset"]
    assert scale is not None and offset is not None
    decimals, exact = parameters["decimals"], parameters["type"] == "decimal"
    made = pa.decimal128(18, decimals) if exact else pa.int64() if decimals == 0 else pa.float64()
    cells = _Cells(inner, scale, offset, formulas["min"], formulas["max"], decimals, exact)
    looks = (scale.formula.looks, offset.formula.looks)
    width = max(*(min(one.width, _USUAL_WIDTH) for one in looks), min(inner.column.width, _USUAL_WIDTH))
    return Column(
        made,
        cells,
        ceil(width) if decimals is not None else _FLOAT_WIDTH,
        nullable=True,
        filled=inner.filled * looks[0].filled * looks[1].filled,
    )


def _formula(parameters: Mapping[str, Any], name: str, scope: Scope) -> _Formula | None:
    if parameters[name] is None:
        return None
    found = computed(parameters[name], scope, name)
    if not _is_number(found.type):
        raise ParameterError(name, f"is a {found.type}", "give a number, or a column of numbers")
    return _Formula(found)


def _is_number(type_: Type) -> bool:
    return type_ in (WHOLE, NUMBER) or type_.name == "decimal"


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    formulas = sum(parameters[name] is not None for name in ("scale", "offset", "min", "max"))
    return costing.inner(parameters["of"]).with_(
        Cost(values=0.0, size=0.0, time=formulas * 30e-9, plan_time=formulas * 0.3e-3)
    )


KIND = Kind(
    name="scaled",
    title="Scaled number",
    description="A number of any law, stretched and moved as other columns say: pay within a grade's band.",
    Parameters=ScaledParameters,
    compile=_compile,
    costs=_cost,
    example={
        "of": {"kind": "beta", "alpha": 2, "beta": 3},
        "scale": "most - least",
        "offset": "least",
        "min": "40000",
        "decimals": 2,
        "type": "decimal",
    },
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [
                {"name": "least", "kind": "integer", "min": 30_000, "max": 60_000},
                {"name": "most", "kind": "integer", "min": 70_000, "max": 90_000},
            ],
        },
    ),
)
