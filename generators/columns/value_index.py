"""Which of some given values a cell is, whatever form the cells have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.condition import as_cell
from synthmill.generators.columns.kind import ParameterError, Rows
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import Arrow, Booleans, Cells, DictionaryCells, Floats, Integers
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.json_values import shown


@dataclass(frozen=True, eq=False)
class ValueIndex:
    """Different values of a column, compiled by `value_index`."""

    source: Source
    values: tuple[Any, ...]
    """As the column's cells hold them."""

    def __call__(self, rows: Rows) -> I64:
        """For each row, which of the values its cell is; as many as there are where it is none, or null."""
        cells = decoded(self.source.cells(rows))
        codes = self._codes(cells)
        return codes if cells.null is None else np.where(cells.null, len(self.values), codes)

    def _codes(self, cells: Cells) -> I64:
        match cells:
            case DictionaryCells(codes, words):
                of_words = words.made(self, lambda values: self._codes(decoded(Arrow(values))))
                return of_words[codes]
            case Integers(values) | Floats(values) | Booleans(values):
                known = np.array(self.values, values.dtype)
                order = np.argsort(known, kind="stable")
                at = order[np.minimum(np.searchsorted(known[order], values), len(known) - 1)]
                return np.where(known[at] == values, at, len(known))
        texts = to_arrow(cells, self.source.type).cast(pa.string())
        found = decoded(Arrow(pc.index_in(texts, value_set=strings(self.values)).cast(pa.int64())))
        assert isinstance(found, Integers)
        return found.values if found.null is None else np.where(found.null, len(self.values), found.values)


def value_index(source: Source, values: Sequence[Any], parameter: str) -> ValueIndex:
    """Of values as JSON has them. Raises ParameterError, naming the parameter, for one of another type."""
    return ValueIndex(source, tuple(_held(value, source, parameter) for value in values))


def _held(value: Any, source: Source, parameter: str) -> Any:
    try:
        found = as_cell(value, source.type)
    except (ValueError, TypeError, ArithmeticError):
        found = None
    if found is None:
        raise ParameterError(
            parameter,
            f"{source.column} is of type {source.type}, and {shown(value)} isn't",
            "give values of its type",
        )
    return found
