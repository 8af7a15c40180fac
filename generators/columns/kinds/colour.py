"""Colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.patterned import pattern_column
from synthmill.generators.columns.pieces import one_of_each
from synthmill.generators.columns.wordlist import mean_length, words
from synthmill.generators.engine.cells import Cells, Concat, Integers
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.schema.fields import Choice


class ColourParameters(ColumnParameters):
    form = Choice(
        "hex: #1f77b4; rgb: rgb(31, 119, 180); name: one of CSS.", ("hex", "rgb", "name"), default="hex"
    )


@dataclass(frozen=True)
class _Channels:
    red: int
    green: int
    blue: int

    def __call__(self, rows: Rows) -> Cells:
        keys = (self.red, self.green, self.blue)
        red, green, blue = (Integers(bounded(rows.draw(key), 256).view(np.int64)) for key in keys)
        return Concat((b"rgb(", red, b", ", green, b", ", blue, b")"))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    if parameters["form"] == "hex":
        return pattern_column(scope, "#[0-9a-f]{6}")
    if parameters["form"] == "name":
        cells = one_of_each(scope, [words("colours")])
        return Column(pa.string(), cells, mean_length(words("colours")), packing=Packing.WORDS)
    return Column(pa.string(), _Channels(*(scope.key(channel) for channel in ("red", "green", "blue"))), 18)


KIND = Kind(
    name="colour",
    title="Colour",
    description="A colour by its channels, in hexadecimal or decimal digits, or by its name in CSS.",
    Parameters=ColourParameters,
    compile=_compile,
    example={"form": "hex"},
)
