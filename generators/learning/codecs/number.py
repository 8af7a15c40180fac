"""Numbers: whole ones, decimals, and doubles, which are whole numbers of a decimal place where all are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.cells import Cells, Floats, Integers
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.learning.codecs.codec import Drawn, Encoded
from synthmill.generators.learning.codecs.intervals import Values, encode_numbers
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.source import Column, doubles_of, units_of
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable

MAX_SCALE = 6


@dataclass(frozen=True, eq=False)
class Number:
    """A number, or a date as its days."""

    kind: ClassVar[str] = "number"
    needs: ClassVar[tuple[str, ...]] = ()
    type: pa.DataType
    nullable: bool
    scale: int | None
    """Of doubles: the decimals that all have; None where they have more. Of all others 0."""
    values: Values
    variable: Variable

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (self.variable,)

    def cells(self, drawn: Drawn) -> Cells:
        (codes,), (left,) = drawn.codes, drawn.left
        null = codes == 0 if self.nullable else None
        numbers = self.values.drawn(codes, left)
        if not pt.is_floating(self.type):
            return Integers(numbers, null)
        if self.scale is not None:
            numbers = numbers.astype(np.float64) / 10.0**self.scale
        return Floats(numbers, null)

    def save(self, tensors: Tensors) -> dict[str, Any]:
        self.variable.save(tensors)
        self.values.save(tensors)
        return {"nullable": self.nullable, "scale": self.scale}

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Number:
        """Raises ModelFileError."""
        scale = header["scale"]
        if scale is not None and not (isinstance(scale, int) and 0 <= scale <= MAX_SCALE):
            raise ModelFileError(f"a number can't have {str(scale)[:20]} decimals")
        variable = Variable.load(True, tensors)
        values = Values.load(np.float64 if scale is None else np.int64, tensors)
        if len(values.low) != len(variable):
            raise ModelFileError("a number's values don't fit its codes")
        if pt.is_date(type_) and not values.are_days:
            raise ModelFileError("a date lies beyond the years 1 to 9999")
        return cls(type_, bool(header["nullable"]), scale, values, variable)


def encode_number(column: Column, subjects: I64) -> Encoded:
    scale: int | None = 0
    if pt.is_floating(column.type):
        doubles = doubles_of(column.values)
        scale = scale_of(doubles[column.known])
        numbers: Any = doubles if scale is None else np.rint(doubles * 10.0**scale).astype(np.int64)
    else:
        numbers = units_of(column.values)
    values, variable, codes, nullable = encode_numbers(column.name, numbers, column.known, subjects)
    return Encoded(Number(column.type, nullable, scale, values, variable), (codes,))


def scale_of(values: F64) -> int | None:
    """The decimals, up to 6, that all of these have; None where some have more."""
    for scale in range(MAX_SCALE + 1):
        power = 10.0**scale
        units = np.rint(values * power)
        if (np.abs(units) < 2.0**53).all() and (units / power == values).all():
            return scale
    return None
