"""What looks like a digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Scope
from synthmill.generators.columns.patterned import pattern_column, pattern_cost
from synthmill.generators.engine.plan import Packing
from synthmill.generators.schema.fields import Choice

_DIGITS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}


class HashParameters(ColumnParameters):
    algorithm = Choice("Whose digests they look like.", tuple(_DIGITS), default="sha256")


def _pattern(parameters: Mapping[str, Any]) -> str:
    return f"[0-9a-f]{{{_DIGITS[parameters['algorithm']]}}}"


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    column = pattern_column(scope, _pattern(parameters))
    return replace(column, packing=Packing.RANDOM)


KIND = Kind(
    name="hash",
    title="Hash",
    description="Random hexadecimal digits, as many as a digest has; to hash another column use mask.",
    Parameters=HashParameters,
    compile=_compile,
    costs=lambda parameters, costing: pattern_cost(_pattern(parameters)),
    example={"algorithm": "sha1"},
)
