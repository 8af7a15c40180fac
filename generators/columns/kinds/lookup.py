"""A value for each value of another column, from a list in the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.condition import as_cell
from synthmill.generators.columns.kind import (
    Column,
    ColumnParameters,
    Kind,
    ParameterError,
    Rows,
    Scope,
    Source,
)
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import plain_values, strings
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import (
    Arrow,
    Booleans,
    Cells,
    Dictionary,
    DictionaryCells,
    Floats,
    Integers,
    coded,
)
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.column_name import ColumnName
from synthmill.generators.schema.fields import Items, Parameters, Scalar, refused
from synthmill.generators.schema.json_values import shown


class EntryParameters(Parameters):
    """What a value of the other column gives."""

    at = Scalar("The other column's value.", examples=["DE"])
    value = Scalar("The value there.", examples=["EUR"])


class LookupParameters(ColumnParameters):
    column = ColumnName(
        "The column that decides; `customer_id.country` is that of a linked row.",
        examples=["country"],
    )
    entries = Items(
        "Values of that column with the value that each gives; these are all text, all numbers, or all true "
        "or false.",
        ma.fields.Nested(EntryParameters),
        most=10_000,
        examples=[[{"at": "DE", "value": "EUR"}]],
    )
    otherwise = Scalar("The value where none of them is; left out: null.", default=None, examples=["USD"])

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if len({_type_of(value) for value in _values(data)}) > 1:
            raise refused("values of different types", "make them all text or all numbers", "entries")
        inputs = [entry["at"] for entry in data["entries"]]
        if len(set(inputs)) < len(inputs):
            raise refused("a value is named twice", "give each one value", "entries")


def _values(parameters: Mapping[str, Any]) -> list[Any]:
    values = [entry["value"] for entry in parameters["entries"]]
    return values if parameters["otherwise"] is None else [*values, parameters["otherwise"]]


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


@dataclass(frozen=True, eq=False)
class _Cells:
    source: Source
    inputs: tuple[Any, ...]
    words: Dictionary
    """What each input gives, and then perhaps what all others do."""

    def __call__(self, rows: Rows) -> Cells:
        cells = decoded(self.source.cells(rows))
        codes = self._codes(cells)
        if cells.null is not None:
            codes = np.where(cells.null, len(self.inputs), codes)
        if len(self.words) > len(self.inputs):
            return coded(codes, self.words)
        missing = codes == len(self.inputs)
        return coded(np.where(missing, 0, codes), self.words, missing)

    def _codes(self, cells: Cells) -> I64:
        """Which input each cell is; one past the last where it is none."""
        match cells:
            case DictionaryCells(codes, words):
                of_words = words.made(self, lambda values: self._codes(decoded(Arrow(values))))
                return of_words[codes]
            case Integers(values) | Floats(values) | Booleans(values):
                known = np.array(self.inputs, values.dtype)
                order = np.argsort(known, kind="stable")
                at = order[np.minimum(np.searchsorted(known[order], values), len(known) - 1)]
                return np.where(known[at] == values, at, len(known))
        texts = to_arrow(cells, self.source.type).cast(pa.string())
        found = decoded(Arrow(pc.index_in(texts, value_set=strings(self.inputs)).cast(pa.int64())))
        assert isinstance(found, Integers)
        return found.values if found.null is None else np.where(found.null, len(self.inputs), found.values)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    source = scope.source(parameters["column"])
    inputs = tuple(_input(entry["at"], source) for entry in parameters["entries"])
    given = _values(parameters)
    values = plain_values(given)
    cells = _Cells(source, inputs, Dictionary(values))
    nullable = parameters["otherwise"] is None
    return Column(values.type, cells, mean_length(given), nullable=nullable, packing=Packing.WORDS)


def _input(value: Any, source: Source) -> Any:
    try:
        found = as_cell(value, source.type)
    except (ValueError, TypeError, ArithmeticError):
        found = None
    if found is None:
        raise ParameterError(
            "entries",
            f"{source.column} is of type {source.type}, and {shown(value)} isn't",
            "give values of its type",
        )
    return found


KIND = Kind(
    name="lookup",
    title="Looked-up value",
    description="The value that the list gives for the row's value in another column: a currency by country.",
    Parameters=LookupParameters,
    compile=_compile,
    example={
        "column": "country",
        "entries": [{"at": "DE", "value": "EUR"}, {"at": "US", "value": "USD"}],
        "otherwise": "EUR",
    },
    check_tables=(
        {
            "name": "cells",
            "rows": 3_000,
            "columns": [{"name": "country", "kind": "categorical", "values": ["DE", "US", "FR"]}],
        },
    ),
)
