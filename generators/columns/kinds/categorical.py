"""One of some given values, by weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.columns.kind import Choices, Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import flags, plain_values
from synthmill.generators.engine.cells import Cells, Dictionary, coded
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.discrete import Discrete, discrete
from synthmill.generators.schema.fields import Items, Number, Scalar, refused


class CategoricalParameters(ColumnParameters):
    values = Items(
        "The values: all text, all numbers, or all true or false.",
        Scalar("A value."),
        examples=[["new", "paid", "shipped"]],
    )
    weights = Items(
        "How likely each value is, in proportion. All equally, if left out.",
        Number("A weight.", 0.0, 1e15),
        default=None,
        examples=[[5, 3, 1]],
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        values, weights = data["values"], data.get("weights")
        if len({_type_of(value) for value in values}) > 1:
            raise refused("values of different types", "make them all text or all numbers", "values")
        if weights is not None and len(weights) != len(values):
            raise refused(
                f"{len(weights)} weights for {len(values)} values", "give one for each value", "weights"
            )
        if weights is not None and not any(weights):
            raise refused("every weight is 0", "give some value a weight above 0", "weights")


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


@dataclass(frozen=True)
class _Cells:
    key: int
    law: Discrete
    words: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        return coded(self.law.draw(rows.draw(self.key)), self.words)


@dataclass(frozen=True)
class _EvenCells:
    key: int
    words: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        return coded(rows.choose(self.key, len(self.words)).view(np.int64), self.words)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    given = parameters["values"]
    values = plain_values(given)
    width = mean_length(given, parameters["weights"])
    if len(set(parameters["weights"] or (1.0,))) == 1 and len(set(given)) == len(given):
        choices = Choices(scope.key(), len(given))
        even = _EvenCells(choices.key, Dictionary(values))
        return Column(
            values.type, even, width, choices=choices, packing=Packing.WORDS, domain=values.unique()
        )
    weights = parameters["weights"] or [1.0] * len(given)
    drawn = values.filter(flags(np.array(weights) > 0))
    cells = _Cells(scope.key(), discrete(weights), Dictionary(values))
    return Column(values.type, cells, width, packing=Packing.WORDS, domain=drawn.unique())


KIND = Kind(
    name="categorical",
    title="Category",
    description="One of the given values, each as likely as its weight says.",
    Parameters=CategoricalParameters,
    compile=_compile,
    example={"values": ["new", "paid", "shipped"], "weights": [5, 3, 1]},
)
