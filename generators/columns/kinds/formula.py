"""A value that follows from the row's other columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.computed import Computed, computed
from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.parsed import formula_field
from synthmill.generators.engine.arrays import TIMESTAMP, flags, null_where
from synthmill.generators.engine.cells import Arrow, Booleans, Cells, Floats, Integers
from synthmill.generators.engine.costs import Cost
from synthmill.generators.formulas.grammar import Call, Literal, Name, parse
from synthmill.generators.formulas.values import DATE, NUMBER, TEXT, TIME, TRUTH, WHOLE, Type, either

_LONGEST_REPEATED = 100_000
"""The same, where what is repeated is counted as often as it is."""
_LONGEST = 20_000
"""Bytes that a text is likely to have at most."""
_DECIMALS = np.int64(10**18)
"""Of 18 digits, as many as the type has."""


class FormulaParameters(ColumnParameters):
    formula = formula_field(
        "Columns of the row, numbers, text in quotes, operators and functions; see formulas.md.",
        "if(age < 18, 'minor', 'adult')",
    )


@dataclass(frozen=True)
class _Cells:
    formula: Computed

    def __call__(self, rows: Rows) -> Cells:
        value, type_ = self.formula(rows), self.formula.type
        if type_ == TEXT:
            array = value.values
            return Arrow(array if value.null is None else null_where(flags(value.null), array))
        if type_ == TRUTH:
            return Booleans(value.values, value.null)
        if type_ == NUMBER:
            return Floats(value.values, value.null)
        if type_.name == "decimal":
            return Integers(value.values, either(value.null, np.abs(value.values) >= _DECIMALS))
        return Integers(value.values, value.null)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    formula = computed(parameters["formula"], scope, "formula")
    width = len(parameters["formula"]) + formula.width
    if formula.type == TEXT and width > _LONGEST:
        raise ParameterError("formula", "its text would be too long", "put fewer long columns together")
    longest = len(parameters["formula"]) + formula.longest
    if formula.type == TEXT and longest > _LONGEST_REPEATED:
        raise ParameterError(
            "formula",
            f"its text could have {longest:,} bytes, with all that is repeated in it",
            f"repeat less: at most {_LONGEST_REPEATED:,}",
        )
    cells = _Cells(formula)
    pii = any(source.pii for source, _ in formula.sources.values())
    return Column(
        _stored(formula.type),
        cells,
        _width(formula.type, width),
        formula.formula.nullable,
        pii=pii,
        longest=longest if formula.type == TEXT else 0,
    )


def _stored(type_: Type) -> pa.DataType:
    if type_.name == "decimal":
        return pa.decimal128(18, type_.scale)
    stored = {
        WHOLE: pa.int64(),
        NUMBER: pa.float64(),
        TEXT: pa.string(),
        TRUTH: pa.bool_(),
        DATE: pa.date32(),
        TIME: TIMESTAMP,
    }
    if type_ not in stored:
        raise ParameterError(
            "formula", f"its result is a {type_}", "make it a number (in_hours), a date or a text of it"
        )
    return stored[type_]


def _width(type_: Type, text: int) -> int:
    return text if type_ == TEXT else {DATE: 10, TIME: 27, TRUTH: 5}.get(type_, 12)


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    """Every function's result is taken for as long as all that it is given; a number is short."""
    size, nodes, waiting = 0.0, 0, [parse(parameters["formula"])]
    while waiting:
        node = waiting.pop()
        nodes += 1
        if isinstance(node, Name):
            size += costing.column(node.name).size
        elif isinstance(node, Literal):
            size += len(str(node.value))
        elif isinstance(node, Call):
            waiting.extend(node.arguments)
    # Of texts put together one by one, the first is copied as often as others follow, and each copy is held.
    copies = size * max(1, nodes // 4)
    return Cost(
        size=max(24.0, size),
        time=nodes * 0.05e-6 + copies * 0.3e-9,
        plan_time=0.2e-3 + nodes * 20e-6,
        plan_size=4_096.0 + nodes * 500.0,
        once_time=0.1e-3 + nodes * 20e-6,
        held=copies,
    )


KIND = Kind(
    name="formula",
    title="Formula",
    description="What follows from the row's other columns: numbers, text, dates and conditions.",
    Parameters=FormulaParameters,
    compile=_compile,
    costs=_cost,
    example={"formula": "if(id % 2 = 0, 'even', 'odd')"},
)
