"""Labels of a grammar: which of its values each row has, by another column or by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.types as pt

from synthmill.generators.columns.kind import ParameterError, Rows
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.value_index import ValueIndex, value_index
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Parameters, Scalar, Text
from synthmill.generators.schema.json_values import shown


class EntryParameters(Parameters):
    """What a value of a column means."""

    at = Scalar("The column's value.", examples=[5])
    value = Text("The label's value there.", examples=["positive"])


@dataclass(frozen=True, eq=False)
class Label:
    """Compiled by `bound_label` or `drawn_label`."""

    values: int
    """How many it can have."""
    by: ValueIndex | None
    meanings: I64
    """For each value of the column the label's, and then -1 for all others."""
    key: int
    law: Discrete | None
    nullable: bool

    def __call__(self, rows: Rows) -> I64:
        """For each row the number of its value; -1 where the column has none that means something."""
        if self.by is not None:
            return self.meanings[self.by(rows)]
        assert self.law is not None
        return self.law.draw(rows.draw(self.key))


def drawn_label(key: int, values: Mapping[str, float]) -> Label:
    """A label that no column says."""
    return Label(len(values), None, np.empty(0, np.int64), key, discrete(list(values.values())), False)


def bound_label(
    source: Source, values: Sequence[str], entries: Sequence[Mapping[str, Any]], field: str
) -> Label:
    """A label that a column says, by loaded entries or in the label's own words. Raises ParameterError."""
    pairs = [(entry["at"], entry["value"]) for entry in entries] or [(value, value) for value in values]
    for _, value in pairs:
        if value not in values:
            raise ParameterError(
                f"{field}.entries", f"the label is never {shown(value)}", f"its values: {', '.join(values)}"
            )
    index = value_index(source, [at for at, _ in pairs], f"{field}.entries" if entries else field)
    if len(set(index.values)) < len(index.values):
        raise ParameterError(f"{field}.entries", "a value is named twice", "give each one meaning")
    meanings = np.array([*(values.index(value) for _, value in pairs), -1], np.int64)
    unknown = _unknown(source, [at for at, _ in pairs])
    if unknown:
        raise ParameterError(
            field,
            f"{source.column} can be {shown(unknown[0])}, which is no value of the label",
            f"say in entries which of {', '.join(values)} it means",
        )
    nullable = source.nullable or source.domain is None
    return Label(len(values), index, meanings, 0, None, nullable)


def _unknown(source: Source, known: Sequence[Any]) -> list[Any]:
    """Values that the column can have and nothing is said of; none where it isn't known which it can have."""
    if source.domain is None or pt.is_temporal(source.type):
        return []
    return [one for one in source.domain.to_pylist() if one not in known]
