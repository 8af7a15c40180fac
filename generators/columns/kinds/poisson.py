"""How many of many rare things happen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators.columns.counting import count_column
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Scope
from synthmill.generators.schema.fields import Number


class PoissonParameters(ColumnParameters):
    mean = Number("The mean, which is the variance, too.", 0.0, 1e7, above=True, examples=[3.2])


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    mean = parameters["mean"]
    return count_column(scope, int(mean), lambda k: mean / (k + 1), "mean")


KIND = Kind(
    name="poisson",
    title="Poisson number",
    description="How many events there are in a time, if they come at a steady rate: 0, 1, 2 ...",
    Parameters=PoissonParameters,
    compile=_compile,
    example={"mean": 3.2},
)
