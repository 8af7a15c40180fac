"""A value for each value of another column, from a list in the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.value_index import ValueIndex, value_index
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import plain_values
from synthmill.generators.engine.cells import Cells, Dictionary, coded
from synthmill.generators.engine.plan import Packing
from synthmill.generators.schema.column_name import ColumnName
from synthmill.generators.schema.fields import Items, Parameters, Scalar, refused


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
    inputs: ValueIndex
    words: Dictionary
    """What each input gives, and then perhaps what all others do."""

    def __call__(self, rows: Rows) -> Cells:
        codes = self.inputs(rows)
        if len(self.words) > len(self.inputs.values):
            return coded(codes, self.words)
        missing = codes == len(self.inputs.values)
        return coded(np.where(missing, 0, codes), self.words, missing)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    source = scope.source(parameters["column"])
    inputs = value_index(source, [entry["at"] for entry in parameters["entries"]], "entries")
    given = _values(parameters)
    values = plain_values(given)
    nullable = parameters["otherwise"] is None
    return Column(
        values.type,
        _Cells(inputs, Dictionary(values)),
        mean_length(given),
        nullable=nullable,
        filled=source.filled if nullable else 1.0,
        packing=Packing.WORDS,
        domain=values.unique(),
    )


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
