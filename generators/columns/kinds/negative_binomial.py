"""Counts that vary more than Poisson's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators.columns.counting import count_column
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Scope
from synthmill.generators.schema.fields import Number


class NegativeBinomialParameters(ColumnParameters):
    mean = Number("The mean.", 0.0, 1e6, above=True, examples=[4])
    size = Number(
        "The variance is mean + mean squared / size: the less, the wider. Also the number of successes.",
        0.01,
        1e6,
        default=1.0,
    )


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    mean, size = parameters["mean"], parameters["size"]
    failing = mean / (mean + size)
    mode = int((size - 1.0) / size * mean) if size > 1.0 else 0
    return count_column(scope, mode, lambda k: (k + size) / (k + 1) * failing, "mean")


KIND = Kind(
    name="negative_binomial",
    title="Negative binomial number",
    description="A count (0, 1, 2 ...) that varies more than Poisson's: purchases, visits or claims.",
    Parameters=NegativeBinomialParameters,
    compile=_compile,
    example={"mean": 4, "size": 1.5},
)
