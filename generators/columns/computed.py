"""Formulas over columns, compiled: what makes their values for rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.columns.kind import ParameterError, Rows, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import TIMESTAMP, strings
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import Arrow, Booleans, Cells, DictionaryCells, Floats, Integers
from synthmill.generators.formulas.estimate import Looks, estimated
from synthmill.generators.formulas.formula import Formula, Known, typed
from synthmill.generators.formulas.grammar import FormulaError, looked, names, parse
from synthmill.generators.formulas.values import (
    DATE,
    MOST_WORDS,
    NUMBER,
    TEXT,
    TIME,
    TRUTH,
    WHOLE,
    Coded,
    Type,
    Value,
    decimal,
)


@dataclass(frozen=True)
class Computed:
    """A formula over columns of the row."""

    formula: Formula
    looked: tuple[str, ...]
    """The columns that it looks at, as often as it names them."""
    sources: Mapping[str, tuple[Source, Type]]

    @property
    def type(self) -> Type:
        return self.formula.type

    @cached_property
    def looks(self) -> Looks:
        """What its results are like, by estimate."""
        return estimated(self.formula, {name: _looks(source) for name, (source, _) in self.sources.items()})

    @property
    def longest(self) -> int:
        """The length of all that it looks at put together, as often as it does: no text of it is longer."""
        return sum(self.sources[name][0].longest for name in self.looked)

    def __call__(self, rows: Rows) -> Value:
        @cache
        def column(name: str) -> Value:
            source, type_ = self.sources[name]
            return _value(source.cells(rows), source.type, type_)

        return self.formula.of(column, len(rows))


def computed(text: str, scope: Scope, parameter: str) -> Computed:
    """A formula that a `formula_field` let through. Raises ParameterError for the parameter."""
    tree = parse(text)
    sources = {}
    for name in names(tree):
        source = scope.source(name, parameter=parameter)
        type_ = _known(source.type)
        if type_ is None:
            raise ParameterError(parameter, f"{name} is of a type that formulas don't know", "leave it out")
        sources[name] = (source, type_)
    try:
        formula = typed(tree, {name: Known(type_, one.nullable) for name, (one, type_) in sources.items()})
    except FormulaError as error:
        raise ParameterError(parameter, error.reason, error.fix) from None
    return Computed(formula, looked(tree), sources)


def _looks(source: Source) -> Looks:
    return Looks(source.width, source.filled, 2.0 if pt.is_boolean(source.type) else source.distinct)


def _value(cells: Cells, type_: pa.DataType, known: Type) -> Value:
    """A column's cells as values of a formula."""
    if known == TEXT and isinstance(cells, DictionaryCells) and len(cells.words) <= MOST_WORDS:
        return Value(Coded(cells.codes, cells.words.values), cells.null)
    if known == TEXT:
        return Value(pc.fill_null(to_arrow(cells, pa.string()), strings([""])[0]), cells.null)
    made = decoded(cells)
    if not isinstance(made, Integers | Floats | Booleans):
        made = decoded(Arrow(to_arrow(cells, type_)))
    assert isinstance(made, Integers | Floats | Booleans)
    values = made.values
    if isinstance(made, Floats) and made.null is not None:
        values = np.where(made.null, 0.0, values)
    return Value(values, made.null)


def _known(type_: pa.DataType) -> Type | None:
    """The type that a column has in formulas, if any."""
    if pt.is_integer(type_):
        return WHOLE
    if pt.is_decimal128(type_) and type_.precision <= 18:
        return decimal(type_.scale)
    return {
        pa.float64(): NUMBER,
        pa.string(): TEXT,
        pa.bool_(): TRUTH,
        pa.date32(): DATE,
        TIMESTAMP: TIME,
    }.get(type_)
