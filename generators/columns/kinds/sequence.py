"""Consecutive numbers, or text with them in it: the usual primary key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.numbers import mean_digits
from synthmill.generators.engine.cells import Cells, Concat, Digits, Integers
from synthmill.generators.engine.plan import Packing
from synthmill.generators.schema.fields import Text, Whole

_LARGEST = 2**62


class SequenceParameters(ColumnParameters):
    start = Whole("The number of the first row.", -_LARGEST, _LARGEST, default=1)
    step = Whole("From a row's number to the next one's; not 0.", -(10**8), 10**8, default=1)
    prefix = Text(
        "What stands before the number. Makes the column text.", shortest=0, default="", examples=["CUST-"]
    )
    width = Whole(
        "Digits, filled up with zeros. Makes the column text, if not 0.", 0, 30, default=0, examples=[10]
    )


@dataclass(frozen=True)
class _Numbers:
    start: int
    step: int

    def __call__(self, rows: Rows) -> Integers:
        return Integers(rows.numbers.view(np.int64) * np.int64(self.step) + np.int64(self.start))


@dataclass(frozen=True)
class _Labels:
    numbers: _Numbers
    prefix: bytes
    width: int

    def __call__(self, rows: Rows) -> Cells:
        return Concat((self.prefix, Digits(self.numbers(rows).values, self.width)))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    start, step, prefix, width = (parameters[name] for name in ("start", "step", "prefix", "width"))
    if step == 0:
        raise ParameterError(
            "step", "is 0, so that all rows would be equal", "use the kind constant for that"
        )
    numbers = _Numbers(start, step)
    if not prefix and not width:
        last = start + step * (scope.rows - 1)
        return Column(pa.int64(), numbers, mean_digits(start, last), unique=True, packing=Packing.NEIGHBOURS)
    if min(start, start + step * (scope.rows - 1)) < 0:
        raise ParameterError("start", "numbers below 0 have no place in text", "start higher")
    return Column(
        pa.string(),
        _Labels(numbers, prefix.encode(), width),
        len(prefix.encode()) + max(width, mean_digits(start, start + step * (scope.rows - 1))),
        unique=True,
        packing=Packing.NEIGHBOURS,
    )


KIND = Kind(
    name="sequence",
    title="Sequence",
    description="Consecutive whole numbers, one more (or `step` more) with every row; with a prefix, text.",
    Parameters=SequenceParameters,
    compile=_compile,
    example={"start": 1},
)
