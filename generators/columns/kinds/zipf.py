"""Ranks of which the first are far more common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.numbers import mean_digits
from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.zipf import Zipf, zipf
from synthmill.generators.schema.fields import Number, Whole

_MIDDLE = np.array([2**63], np.uint64)


class ZipfParameters(ColumnParameters):
    max = Whole("The greatest rank.", 1, 10**10, examples=[1000])
    exponent = Number("Rank r comes in proportion to r to minus this power.", 0.01, 10.0, default=1.0)


@dataclass(frozen=True)
class _Cells:
    rank_key: int
    place_key: int
    law: Zipf

    def __call__(self, rows: Rows) -> Cells:
        ranks = self.law.draw(rows.draw(self.rank_key), rows.draw(self.place_key))
        return Integers(ranks.view(np.int64) + np.int64(1))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    law = zipf(parameters["max"], parameters["exponent"])
    cells = _Cells(scope.key("rank"), scope.key("place"), law)
    middle = int(law.draw(_MIDDLE, _MIDDLE)[0]) + 1
    return Column(pa.int64(), cells, mean_digits(middle, middle))


KIND = Kind(
    name="zipf",
    title="Zipf number",
    description="A rank from 1 to `max` by Zipf's law: how often words, songs and pages come.",
    Parameters=ZipfParameters,
    compile=_compile,
    costs=usual_and(plan_time=8e-3),
    example={"max": 1000, "exponent": 1.1},
)
