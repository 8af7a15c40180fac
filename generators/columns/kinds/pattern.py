"""Text by a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Scope
from synthmill.generators.columns.parsed import pattern_field
from synthmill.generators.columns.patterned import pattern_column, pattern_cost
from synthmill.generators.engine.costs import Cost


class PatternParameters(ColumnParameters):
    pattern = pattern_field(
        "A regular expression of characters, classes, groups, | and repetitions; * and + stop at 8.",
        r"[A-Z]{3}-\d{4}",
    )


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    return pattern_column(scope, parameters["pattern"])


def _cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    return pattern_cost(parameters["pattern"])


KIND = Kind(
    name="pattern",
    title="Text by a pattern",
    description="Text that matches a regular expression: articles' numbers, codes, references.",
    Parameters=PatternParameters,
    compile=_compile,
    costs=_cost,
    example={"pattern": r"[A-Z]{3}-\d{4}(-(EU|US))?"},
)
