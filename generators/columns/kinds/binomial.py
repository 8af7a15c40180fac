"""How many of a number of trials succeed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators.columns.counting import count_column
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Scope
from synthmill.generators.schema.fields import Number, Whole


class BinomialParameters(ColumnParameters):
    trials = Whole("How many trials there are.", 1, 10**7, examples=[10])
    probability = Number("How likely each is to succeed.", 1e-12, 1.0 - 1e-12, default=0.5)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    trials, p = parameters["trials"], parameters["probability"]
    odds = p / (1.0 - p)
    mode = min(int((trials + 1) * p), trials)
    return count_column(scope, mode, lambda k: (trials - k) / (k + 1) * odds, "trials", trials)


KIND = Kind(
    name="binomial",
    title="Binomial number",
    description="How many of `trials` succeed if each does with the same probability.",
    Parameters=BinomialParameters,
    compile=_compile,
    example={"trials": 10, "probability": 0.3},
)
