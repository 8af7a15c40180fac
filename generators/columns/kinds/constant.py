"""The same value in every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.engine.arrays import plain_values
from synthmill.generators.engine.cells import Cells, Dictionary, DictionaryCells
from synthmill.generators.engine.plan import Packing
from synthmill.generators.schema.fields import Scalar


class ConstantParameters(ColumnParameters):
    value = Scalar("The value.", examples=["EUR"])


@dataclass(frozen=True)
class _Cells:
    words: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        return DictionaryCells(np.zeros(len(rows), np.uint32), self.words)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    value = plain_values([parameters["value"]])
    width = len(str(parameters["value"]).encode())
    return Column(value.type, _Cells(Dictionary(value)), width, packing=Packing.WORDS, domain=value)


KIND = Kind(
    name="constant",
    title="Constant",
    description="The same value in every row.",
    Parameters=ConstantParameters,
    compile=_compile,
    example={"value": "EUR"},
)
