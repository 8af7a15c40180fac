"""True or false."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.engine.cells import Booleans, Cells
from synthmill.generators.kernels.integers import below
from synthmill.generators.schema.fields import Number


class BooleanParameters(ColumnParameters):
    probability = Number("How likely true is.", 0.0, 1.0, default=0.5, examples=[0.9])


@dataclass(frozen=True)
class _Cells:
    key: int
    probability: float

    def __call__(self, rows: Rows) -> Cells:
        return Booleans(below(rows.draw(self.key), self.probability))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    return Column(pa.bool_(), _Cells(scope.key(), parameters["probability"]), 5)


KIND = Kind(
    name="boolean",
    title="True or false",
    description="True with a probability, otherwise false.",
    Parameters=BooleanParameters,
    compile=_compile,
    example={"probability": 0.9},
)
