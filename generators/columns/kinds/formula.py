"""A value that follows from the row's other columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.computed import Computed, computed
from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.parsed import formula_field
from synthmill.generators.engine.arrays import TIMESTAMP, flags, null_where
from synthmill.generators.engine.cells import (
    Arrow,
    Booleans,
    Cells,
    Dictionary,
    Flags,
    Floats,
    Integers,
    coded,
)
from synthmill.generators.engine.costs import Cost
from synthmill.generators.engine.plan import Packing
from synthmill.generators.formulas.grammar import Literal, Name, Node, parse
from synthmill.generators.formulas.values import DATE, NUMBER, TEXT, TIME, TRUTH, WHOLE, Coded, Type, either
from synthmill.generators.kernels.mix import I64

_LONGEST_REPEATED = 100_000
"""The same, where what is repeated is counted as often as it is."""
_LONGEST = 20_000
"""Bytes that all columns of a text may have together on average."""
_FEW = 256
"""Different texts that are kept in hardly more than a byte each."""
_DECIMALS = np.int64(10**18)
"""Of 18 digits, as many as the type has."""


_NUMBER = 24.0
"""Bytes of a number, a time or a truth value at most."""


def _short(sizes: Sequence[float]) -> float:
    return _NUMBER


_LONGEST_OF: Mapping[str, Callable[[Sequence[float]], float]] = {
    "&": sum,
    "if": lambda sizes: max(sizes[1:], default=_NUMBER),
    **dict.fromkeys(("coalesce", "min", "max"), max),
    **dict.fromkeys(("text", "upper", "lower", "substring"), lambda sizes: sizes[0]),
}
"""Functions whose results are as long as what they are given; those of all others are numbers."""


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
        if type_ == TEXT and isinstance(value.values, Coded):
            return _words(value.values, value.null)
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


def _words(texts: Coded, null: Flags | None) -> Cells:
    """The same texts, of words that are all different."""
    distinct = texts.words.unique()
    codes: I64 = pc.index_in(texts.words, distinct).to_numpy().astype(np.int64)[texts.codes]
    return coded(codes, Dictionary(distinct), null)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    formula = computed(parameters["formula"], scope, "formula")
    looks = formula.looks
    if formula.type == TEXT and sum(source.width for source, _ in formula.sources.values()) > _LONGEST:
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
        max(1, round(looks.width)),
        formula.formula.nullable,
        looks.filled,
        pii=pii,
        distinct=looks.distinct,
        packing=_packing(formula),
        longest=longest if formula.type == TEXT else 0,
    )


def _packing(formula: Computed) -> Packing:
    if formula.type == TEXT and formula.looks.distinct <= _FEW:
        return Packing.WORDS
    if formula.type == TIME:
        # It mostly has the clock of another.
        return Packing.NEIGHBOURS
    varying = {source.packing for source, _ in formula.sources.values() if source.distinct > _FEW}
    return Packing.NEIGHBOURS if formula.type == TEXT and varying == {Packing.NEIGHBOURS} else Packing.USUAL


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


def _longest(node: Node, costing: Costing, made: list[tuple[str, float]]) -> float:
    """Bytes of a node's result at most, put behind those of all nodes below it with their functions."""
    function = ""
    if isinstance(node, Name):
        size = costing.column(node.name).size
    elif isinstance(node, Literal):
        size = float(len(str(node.value)))
    else:
        given = [_longest(argument, costing, made) for argument in node.arguments]
        function = node.function
        size = _LONGEST_OF.get(function, _short)(given or [_NUMBER])
        if function == "substring" and isinstance(node.arguments[-1], Literal):
            size = min(size, float(node.arguments[-1].value or 0))
    made.append((function, size))
    return size


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    """The result, and all that is held on the way to it, are taken for as long as they can be."""
    made: list[tuple[str, float]] = []
    size = _longest(parse(parameters["formula"]), costing, made)
    nodes, calls = len(made), sum(function != "" for function, _ in made)
    copies = sum(size for _, size in made)
    texts = sum(size for function, size in made if function in _LONGEST_OF)
    return Cost(
        size=max(_NUMBER, size),
        time=20e-9 + calls * 3.5e-9 + texts * 0.1e-9,
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
