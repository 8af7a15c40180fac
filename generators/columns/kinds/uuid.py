"""Random identifiers that are unique without asking anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.engine.cells import Cells, Fixed
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.characters import uuid4


class UuidParameters(ColumnParameters):
    pass


@dataclass(frozen=True)
class _Cells:
    high: int
    low: int

    def __call__(self, rows: Rows) -> Cells:
        return Fixed(uuid4(rows.draw(self.high), rows.draw(self.low)))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    cells = _Cells(scope.key("high"), scope.key("low"))
    return Column(pa.string(), cells, 36, unique=True, packing=Packing.RANDOM)


KIND = Kind(
    name="uuid",
    title="UUID",
    description="A random UUID (version 4) as text of 36 characters.",
    Parameters=UuidParameters,
    compile=_compile,
    costs=usual_and(size=24.0),
    example={},
)
